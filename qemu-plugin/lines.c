// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which instructions ran.
 *
 * Theory of operation. QEMU translates code block by block. Of each block the instructions of a wanted function are cut
 * into stretches: instructions that always complete (insn.h), and the one behind them that may fault, or that ends the
 * block. When that one begins, all of the stretch has run or is about to; so one callback a stretch is exact.
 */
#define _GNU_SOURCE
#include "lines.h"

#include <string.h>

#include "insn.h"
#include "ran.h"

enum {
	STRETCH_MOST = 64, /* instructions; a longer one is cut */
	KNOWN_SLOTS = 1 << 12
};

/* Instructions that run together. */
struct stretch {
	struct stretch *next; /* in its slot */
	struct text *text;
	uint64_t address;
	uint32_t count;
	bool branches; /* its last one is a conditional jump */
	uint32_t places[];
};

static struct text *texts;
static struct stretch *known[KNOWN_SLOTS];

/* The stretch under translation. */
static struct {
	struct text *text;
	struct qemu_plugin_insn *last;
	uint64_t address;
	uint32_t count;
	uint32_t places[STRETCH_MOST];
} cut;

static void stretch_runs(unsigned int vcpu, void *data)
{
	const struct stretch *stretch = data;
	struct text *text = stretch->text;
	struct call *call = ran_is_taken() ? ran_now(text) : NULL;

	(void)vcpu;
	if (!call)
		return;
	if (call->branch != RAN_NONE && call->behind == stretch->places[0])
		call->fell[call->branch]++;
	for (uint32_t i = 0; i < stretch->count; i++)
		if (!call->counts[stretch->places[i]]++)
			call->order[call->ran++] = stretch->places[i];
	call->behind = stretch->places[stretch->count - 1];
	call->branch = stretch->branches ? call->behind : RAN_NONE;
	call->behind += text->lengths[call->behind];
}

void lines_fault(struct tracer *tracer, uint64_t address)
{
	const struct plan_part *part = plan_part(tracer->plan, address);
	struct text *text = part ? &texts[part->text] : NULL;
	uint32_t place = part ? part->place + (uint32_t)(address - part->first) : 0;

	/* of all calls it is the one that began this instruction last */
	for (size_t i = 0; text && i < text->open_count; i++) {
		struct call *call = text->open[i];

		if (call->behind != place + text->lengths[place] || !call->counts[place])
			continue;
		if (!--call->counts[place])
			call->ran--;
		call->behind = call->branch = RAN_NONE;
		return;
	}
}

static struct stretch *stretch_new(bool branches)
{
	struct stretch *stretch =
		ran_memory(1, sizeof(*stretch) + cut.count * sizeof(cut.places[0]));

	*stretch = (struct stretch){
		.text = cut.text, .address = cut.address, .count = cut.count, .branches = branches
	};
	memcpy(stretch->places, cut.places, cut.count * sizeof(cut.places[0]));
	return stretch;
}

/* The stretch that was cut; each is made once, however often QEMU translates its block. */
static struct stretch *stretch_known(bool branches)
{
	struct stretch **slot = &known[(cut.address ^ cut.address >> 12) % KNOWN_SLOTS];

	for (struct stretch *stretch = *slot; stretch; stretch = stretch->next)
		if (stretch->address == cut.address && stretch->count == cut.count)
			return stretch;
	{
		struct stretch *stretch = stretch_new(branches);

		stretch->next = *slot;
		*slot = stretch;
		return stretch;
	}
}

/* The callback of the stretch that was cut, at its last instruction. */
static void stretch_end(bool branches)
{
	if (cut.count)
		qemu_plugin_register_vcpu_insn_exec_cb(
			cut.last, stretch_runs, QEMU_PLUGIN_CB_R_REGS, stretch_known(branches));
	cut.count = 0;
}

void lines_begin(void)
{
	cut.count = 0;
}

/* Adds an instruction to the stretch. */
static void stretch_add(struct text *text, struct qemu_plugin_insn *insn, uint32_t place)
{
	if (cut.count && (cut.text != text || cut.count == STRETCH_MOST))
		stretch_end(false);
	if (!cut.count)
		cut.address = qemu_plugin_insn_vaddr(insn);
	cut.text = text;
	cut.last = insn;
	cut.places[cut.count++] = place;
}

/* Whether an instruction leaves a function for good: it returns, or jumps into another one. */
static bool leaves(const struct tracer *tracer, const uint8_t *bytes, size_t length,
		   uint64_t address, uint32_t text)
{
	const struct plan_part *to;
	uint64_t target;

	if (insn_returns(bytes, length))
		return true;
	if (!insn_jumps(bytes, length, address, &target))
		return false;
	to = plan_part(tracer->plan, target);
	return !to || to->text != text;
}

void lines_watch(struct tracer *tracer, struct qemu_plugin_insn *insn, bool is_last)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn), target = 0;
	const struct plan_part *part = plan_part(tracer->plan, address);
	uint8_t bytes[INSN_BYTES];
	size_t length;
	struct text *text;
	uint32_t place;
	bool branches;

	if (!part || !texts) {
		stretch_end(false);
		return;
	}
	length = qemu_plugin_insn_data(insn, bytes, sizeof(bytes));
	text = &texts[part->text];
	place = part->place + (uint32_t)(address - part->first);
	text->lengths[place] = (uint8_t)length;
	if (!place) {
		stretch_end(false);
		clock_show(&tracer->clock, insn);
		qemu_plugin_register_vcpu_insn_exec_cb(insn, ran_entered, QEMU_PLUGIN_CB_R_REGS,
						       text);
	}
	branches = insn_branches(bytes, length, address, &target);
	text->targets[place] = (uint32_t)target;
	stretch_add(text, insn, place);
	if (is_last || !insn_completes(bytes, length))
		stretch_end(branches);
	if (!leaves(tracer, bytes, length, address, part->text))
		return;
	stretch_end(false);
	clock_show(&tracer->clock, insn);
	qemu_plugin_register_vcpu_insn_exec_cb(insn, ran_left, QEMU_PLUGIN_CB_R_REGS, text);
}

void lines_open(struct tracer *tracer, const char *path)
{
	if (tracer->plan->text_count && path)
		texts = ran_open(tracer, path);
}
