// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Executes the plan at each hit, as gdb-scripts/ktlab/engine.py does over the gdbstub.
 *
 * A return is watched at the function's return instructions: there rsp is what it was at the entry, which pairs it
 * with its entry also when several tasks sleep inside the function.
 */
#define _GNU_SOURCE
#include "tracer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "say.h"
#include "writes.h"

#define TELL_EVERY_S 0.2

/* The blocks taken so far, by their place in the record: bytes 0 is absent. */
struct taken {
	size_t offset;
	unsigned int bytes;
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A field of a block before; 0 if that is absent. */
static uint64_t field(const struct tracer *tracer, const struct taken *taken,
		      const struct term *term)
{
	const struct taken *block = &taken[term->block];
	uint64_t value = 0;

	if (block->bytes)
		memcpy(&value, tracer->record.bytes + block->offset + term->offset, term->bytes);
	return value;
}

/* Where a block lies; 0 when what leads there is absent or is no address. */
static uint64_t block_address(const struct tracer *tracer, const struct block *block,
			      const struct taken *taken, const uint64_t *regs, const uint64_t *in)
{
	uint64_t sum = 0, value;

	for (size_t i = 0; i < block->term_count; i++) {
		const struct term *term = &block->terms[i];

		switch (term->kind) {
		case TERM_REG:
			sum += regs[term->reg] * term->scale;
			break;
		case TERM_IN:
			sum += in[term->reg] * term->scale;
			break;
		case TERM_FIELD:
			value = field(tracer, taken, term);
			if (!value)
				return 0;
			sum += value * term->scale;
			break;
		case TERM_INDEX:
			if (!taken[term->block].bytes)
				return 0;
			sum += field(tracer, taken, term) * term->scale;
			break;
		case TERM_COUNT:
			break;
		}
	}
	sum = (sum & ~block->mask) + block->add;
	if (sum == block->end)
		return 0;
	return guest_may_read(&tracer->plan->facts, sum, block->is_stack ? sum : regs[REG_RSP])
		       ? sum
		       : 0;
}

/* What a guest program writes into its comm, to its first zero or newline; it may stand in two blocks. */
struct text {
	char line[64];
	bool complete;
};

static void text_add(struct text *text, const uint8_t *data, size_t bytes)
{
	size_t length = strlen(text->line);

	for (; bytes && !text->complete; data++, bytes--) {
		text->complete = *data == '\0' || *data == '\n' || length == sizeof(text->line) - 1;
		if (!text->complete)
			text->line[length++] = (char)*data;
	}
}

/* Takes the blocks of a site into the record. */
static void take(struct tracer *tracer, const struct takes *takes, const uint64_t *regs,
		 const uint64_t *in, struct text *text)
{
	struct taken taken[takes->count + 1];

	for (size_t i = 0; i < takes->count; i++) {
		const struct block *block = &takes->blocks[i];
		/* cppcheck-suppress uninitvar ; of those taken it reads the ones before */
		uint64_t address = block_address(tracer, block, taken, regs, in);
		unsigned int bytes = block->bytes
					     ? block->bytes
					     : block->top - (unsigned int)(address % block->top);
		const uint8_t *data = address ? guest_read(&tracer->guest, address, bytes) : NULL;

		taken[i].bytes = data ? bytes : 0;
		taken[i].offset = record_block(&tracer->record, address, data, bytes);
		if (data)
			writes_compare(address, data, bytes);
		if (data && block->is_text)
			text_add(text, data, bytes);
	}
}

/* Whether the guest's kernel is the plan's, by its notes; another one would be traced at wrong places. */
static bool kernel_check(struct tracer *tracer)
{
	const struct plan *plan = tracer->plan;
	const uint8_t *notes;

	if (!plan->notes)
		return true;
	notes = guest_read(&tracer->guest, plan->notes_address, plan->notes_bytes);
	return notes && !memcmp(notes, plan->notes, plan->notes_bytes);
}

/* The line `ktlab start` begins the lab, `ktlab end STATUS` ends it. */
static void marker(struct tracer *tracer, const char *line)
{
	char first[8] = "", second[8] = "";

	if (sscanf(line, "%7s %7s", first, second) < 2 || strcmp(first, "ktlab"))
		return;
	if (!strcmp(second, "start") && tracer->stage == STAGE_BOOT) {
		tracer->stage = STAGE_LAB;
		say_tell("phase lab\n");
		writes_begin();
	} else if (!strcmp(second, "end")) {
		tracer->stage = STAGE_END;
		say_tell("hits %u\nphase end\n", tracer->record.count);
	}
}

static void hits_tell(struct tracer *tracer)
{
	if (now_s() - tracer->told_s < TELL_EVERY_S)
		return;
	say_tell("hits %u\n", tracer->record.count);
	tracer->told_s = now_s();
}

static void regs_read(struct tracer *tracer, const struct site *site, uint64_t *regs)
{
	for (unsigned int reg = 0; reg < REG_COUNT; reg++)
		regs[reg] = guest_reg(&tracer->guest, reg);
	regs[REG_RIP] = site->address;
}

/* Whether a plan that only counts has enough of a site. */
static bool is_enough(const struct plan *plan, struct site *site)
{
	return plan->most && !site->is_marker && site->hits++ >= plan->most;
}

void tracer_hit(struct tracer *tracer, struct site *site)
{
	struct entry now = { .function = site->function, .record = tracer->record.count }, entered;
	struct text text = { 0 };

	if (tracer->stage == STAGE_END ||
	    (tracer->stage == STAGE_BOOT && !site->is_marker && !tracer->plan->from_boot) ||
	    is_enough(tracer->plan, site))
		return;
	if (!tracer->kernel_known && !kernel_check(tracer))
		say_refuse("the plan is for another kernel than the one that booted");
	tracer->kernel_known = true;
	regs_read(tracer, site, now.regs);
	entered = now;
	entered.record = RECORD_NONE;
	if (site->is_return)
		entries_take(&tracer->entries, site->function, now.regs[REG_RSP], &entered);
	else if (site->has_return)
		entries_add(&tracer->entries, &now);
	record_begin(&tracer->record, site, entered.record, clock_ns(&tracer->clock),
		     clock_instructions(&tracer->clock), tracer->plan->facts.registers, now.regs);
	/* of a return whose entry was before the lab, nothing is known to take */
	if (!site->is_return || entered.record != RECORD_NONE)
		take(tracer, site->takes, now.regs, entered.regs, &text);
	if (!record_end(&tracer->record))
		say_refuse("cannot write '%s': %s", tracer->record.path, strerror(errno));
	hits_tell(tracer);
	if (site->is_marker)
		marker(tracer, text.line);
}

/*
 * The instruction that faulted was counted when it began, and is counted again when it is repeated.
 * One that could not be fetched never began.
 */
uint64_t tracer_fault(struct tracer *tracer, const struct fault *fault)
{
	uint64_t rsp = guest_reg(&tracer->guest, REG_RSP), address;
	/* the CPU has pushed the error code last, and before it, in the end, the instruction's address */
	const uint8_t *pushed = guest_read(&tracer->guest, rsp, 2 * sizeof(address));

	if (pushed && *pushed & fault->fetch_mask)
		return 0;
	clock_uncount(&tracer->clock, 1);
	if (!pushed)
		return 0;
	memcpy(&address, pushed, sizeof(address));
	/* not every fault has an error code, which is small */
	if (address <= UINT32_MAX)
		memcpy(&address, pushed + sizeof(address), sizeof(address));
	return address;
}
