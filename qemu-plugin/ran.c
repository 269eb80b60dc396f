// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Open calls, and the record of one that ends.
 *
 * A function may be open several times at once: it calls itself, other tasks sleep in it, an interrupt comes. The call
 * that runs is the one whose stack pointer at its entry is the nearest at or above the stack pointer now, on one stack.
 *
 * A call ends at its `ret`, or at a jump into another function, where the stack pointer is what it was at the entry. One
 * that ended otherwise is over when the function is entered at its place of the stack, or above it.
 */
#define _GNU_SOURCE
#include "ran.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "say.h"

/* The callbacks of QEMU get one pointer, and the tracer is one. */
static struct tracer *the_tracer;
static struct text *texts;

void *ran_memory(size_t count, size_t size)
{
	void *got = calloc(count, size);

	if (!got)
		say_refuse("out of memory");
	return got;
}

static void put(const void *data, size_t bytes)
{
	if (!stream_put(&the_tracer->lines, data, bytes))
		say_refuse("cannot write '%s': %s", the_tracer->lines.path, strerror(errno));
}

static void put_u32(uint32_t value)
{
	put(&value, sizeof(value));
}

static void put_u64(uint64_t value)
{
	put(&value, sizeof(value));
}

bool ran_is_taken(void)
{
	return (the_tracer->stage == STAGE_LAB ||
		(the_tracer->stage == STAGE_BOOT && the_tracer->plan->from_boot)) &&
	       stream_is_open(&the_tracer->lines);
}

/* Where a place of a function is in memory, the lower half. */
static uint32_t address_at(const struct text *text, uint32_t place)
{
	const struct plan_text *of = text->of;

	for (size_t i = 0; i < of->part_count; i++) {
		uint32_t bytes = (uint32_t)(of->parts[i].end - of->parts[i].first);

		if (place < bytes)
			return (uint32_t)of->parts[i].first + place;
		place -= bytes;
	}
	return 0;
}

/* Whether the instruction that is `i`th in the order of a call goes on with the one before it. */
static bool goes_on(const struct text *text, const struct call *call, uint32_t i)
{
	uint32_t before = call->order[i - 1], place = call->order[i];

	return place == before + text->lengths[before] &&
	       call->counts[place] == call->counts[before] &&
	       address_at(text, place) == address_at(text, before) + text->lengths[before];
}

static uint32_t runs_count(const struct text *text, const struct call *call)
{
	uint32_t count = call->ran > 0;

	for (uint32_t i = 1; i < call->ran; i++)
		count += !goes_on(text, call, i);
	return count;
}

static void runs_put(const struct text *text, const struct call *call)
{
	for (uint32_t i = 0, next; i < call->ran; i = next) {
		uint32_t last;

		for (next = i + 1; next < call->ran && goes_on(text, call, next);)
			next++;
		last = call->order[next - 1];
		put_u32(address_at(text, call->order[i]));
		put_u32(address_at(text, last) + text->lengths[last]);
		put_u32(call->counts[last]);
	}
}

static uint32_t branches_count(const struct text *text, const struct call *call)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < call->ran; i++)
		count += text->targets[call->order[i]] != 0;
	return count;
}

static void branches_put(const struct text *text, const struct call *call)
{
	for (uint32_t i = 0; i < call->ran; i++) {
		uint32_t place = call->order[i];

		if (!text->targets[place])
			continue;
		put_u32(address_at(text, place));
		put_u32(text->targets[place]);
		put_u32(call->counts[place]);
		put_u32(call->fell[place]);
	}
}

static void end_put(uint8_t why)
{
	const uint8_t kind = LINES_END;

	put(&kind, 1);
	put(&why, 1);
	put_u64(clock_instructions(&the_tracer->clock));
}

static void stream_end(uint8_t why)
{
	const char *path = the_tracer->lines.path;

	end_put(why);
	if (!stream_close(&the_tracer->lines))
		say_refuse("cannot write '%s': %s", path, strerror(errno));
}

/* Writes a call, and takes it off the list. */
static void call_end(struct text *text, size_t number, uint64_t leave)
{
	struct call *call = text->open[number];
	const uint8_t kind = LINES_CALL;

	put(&kind, 1);
	put_u32((uint32_t)(text - texts));
	put_u64(call->enter);
	put_u64(leave);
	put_u32(runs_count(text, call));
	put_u32(branches_count(text, call));
	runs_put(text, call);
	branches_put(text, call);
	for (uint32_t i = 0; i < call->ran; i++)
		call->counts[call->order[i]] = call->fell[call->order[i]] = 0;
	text->open_count--;
	memmove(text->open + number, text->open + number + 1,
		(text->open_count - number) * sizeof(*text->open));
	text->spare[text->spare_count++] = call;
	if (stream_is_full(&the_tracer->lines))
		stream_end(LINES_FULL);
}

static bool on_one_stack(uint64_t one, uint64_t other)
{
	return (one - 1) / the_tracer->plan->stack_bytes ==
	       (other - 1) / the_tracer->plan->stack_bytes;
}

/* The open call that a stack pointer is within; its number, or open_count. */
static size_t call_at(const struct text *text, uint64_t rsp)
{
	size_t found = text->open_count;

	for (size_t i = 0; i < text->open_count; i++)
		if (text->open[i]->rsp >= rsp && on_one_stack(text->open[i]->rsp, rsp) &&
		    (found == text->open_count || text->open[i]->rsp < text->open[found]->rsp))
			found = i;
	return found;
}

static struct call *call_new(struct text *text)
{
	struct call *call;

	if (text->open_count == text->open_size) {
		text->open_size = text->open_size ? text->open_size * 2 : 4;
		text->open = realloc(text->open, text->open_size * sizeof(*text->open));
		text->spare = realloc(text->spare, text->open_size * sizeof(*text->spare));
		if (!text->open || !text->spare)
			say_refuse("out of memory");
	}
	if (text->spare_count)
		return text->spare[--text->spare_count];
	call = ran_memory(1, sizeof(*call));
	call->order = ran_memory(text->of->bytes, sizeof(*call->order));
	call->counts = ran_memory(text->of->bytes, sizeof(*call->counts));
	call->fell = ran_memory(text->of->bytes, sizeof(*call->fell));
	return call;
}

void ran_entered(unsigned int vcpu, void *data)
{
	struct text *text = data;
	struct call *call;
	uint64_t rsp;

	(void)vcpu;
	if (!ran_is_taken())
		return;
	rsp = guest_reg(&the_tracer->guest, REG_RSP);
	for (size_t i = text->open_count; i-- > 0 && ran_is_taken();)
		if (text->open[i]->rsp <= rsp && on_one_stack(text->open[i]->rsp, rsp))
			call_end(text, i, UINT64_MAX);
	call = call_new(text);
	call->rsp = rsp;
	call->enter = clock_instructions(&the_tracer->clock);
	call->behind = call->branch = RAN_NONE;
	call->ran = 0;
	text->open[text->open_count++] = call;
}

void ran_left(unsigned int vcpu, void *data)
{
	struct text *text = data;
	uint64_t rsp;
	size_t number;

	(void)vcpu;
	if (!ran_is_taken() || !text->open_count)
		return;
	rsp = guest_reg(&the_tracer->guest, REG_RSP);
	number = call_at(text, rsp);
	if (number < text->open_count && text->open[number]->rsp == rsp)
		call_end(text, number, clock_instructions(&the_tracer->clock));
}

struct call *ran_now(const struct text *text)
{
	size_t number =
		text->open_count ? call_at(text, guest_reg(&the_tracer->guest, REG_RSP)) : 0;

	return number < text->open_count ? text->open[number] : NULL;
}

struct text *ran_open(struct tracer *tracer, const char *path)
{
	const struct plan *plan = tracer->plan;

	the_tracer = tracer;
	texts = ran_memory(plan->text_count, sizeof(*texts));
	for (size_t i = 0; i < plan->text_count; i++) {
		texts[i].of = &plan->texts[i];
		texts[i].lengths = ran_memory(plan->texts[i].bytes, sizeof(*texts[i].lengths));
		texts[i].targets = ran_memory(plan->texts[i].bytes, sizeof(*texts[i].targets));
	}
	if (!stream_open(&tracer->lines, path, LINES_MAGIC, plan->sha256, plan->record_mib))
		say_refuse("cannot write '%s': %s", path, strerror(errno));
	return texts;
}

void ran_close(void)
{
	if (!texts || !stream_is_open(&the_tracer->lines))
		return;
	for (size_t i = 0; i < the_tracer->plan->text_count; i++)
		while (texts[i].open_count && stream_is_open(&the_tracer->lines))
			call_end(&texts[i], texts[i].open_count - 1, UINT64_MAX);
	if (stream_is_open(&the_tracer->lines))
		stream_end(LINES_WHOLE);
}
