// SPDX-License-Identifier: GPL-2.0-or-later
// Writes the records of writes.bin.
#define _GNU_SOURCE
#include "told.h"

#include <errno.h>
#include <string.h>

#include "say.h"

enum {
	FRAMES = 4 /* callers of who writes */
};

static struct tracer *the_tracer;

static void put(const void *data, size_t bytes)
{
	if (!stream_put(&the_tracer->writes, data, bytes))
		say_refuse("cannot write '%s': %s", the_tracer->writes.path, strerror(errno));
}

static void put_u8(uint8_t value)
{
	put(&value, sizeof(value));
}

static void put_u32(uint32_t value)
{
	put(&value, sizeof(value));
}

static void put_u64(uint64_t value)
{
	put(&value, sizeof(value));
}

static void stream_end(uint8_t why)
{
	const char *path = the_tracer->writes.path;

	put_u8(WRITES_END);
	put_u8(why);
	put_u64(clock_instructions(&the_tracer->clock));
	if (!stream_close(&the_tracer->writes))
		say_refuse("cannot write '%s': %s", path, strerror(errno));
}

bool told_is_taken(void)
{
	if (the_tracer->stage == STAGE_BOOT && !the_tracer->plan->from_boot)
		return false;
	if (stream_is_open(&the_tracer->writes) && stream_is_full(&the_tracer->writes))
		stream_end(WRITES_FULL);
	return stream_is_open(&the_tracer->writes);
}

static void head_put(uint8_t kind, const struct object *object, uint64_t instructions)
{
	put_u8(kind);
	put_u32(object->number);
	put_u64(instructions);
}

void told_born(const struct object *object)
{
	if (!told_is_taken())
		return;
	head_put(WRITES_BORN, object, clock_instructions(&the_tracer->clock));
	put_u8((uint8_t)object->kind);
	put_u64(object->first);
	put_u32(object->data ? object->data->number : UINT32_MAX);
	put_u32(object->bytes);
	put(object->copy, object->bytes);
}

void told_died(const struct object *object, enum death death)
{
	if (!told_is_taken())
		return;
	head_put(WRITES_DIED, object, clock_instructions(&the_tracer->clock));
	put_u8((uint8_t)death);
}

void told_unseen(const struct object *object, uint32_t offset, const uint8_t *data, uint32_t bytes)
{
	if (!told_is_taken())
		return;
	head_put(WRITES_UNSEEN, object, clock_instructions(&the_tracer->clock));
	put_u32(offset);
	put_u32(bytes);
	put(data, bytes);
}

/* Up to so many return addresses: the one at the stack's end, perhaps, and those behind the frame pointers. */
static void callers_put(void)
{
	uint64_t rsp = guest_reg(&the_tracer->guest, REG_RSP),
		 frame = guest_reg(&the_tracer->guest, REG_RBP);
	const uint8_t *data = guest_read(&the_tracer->guest, rsp, 8);
	uint32_t callers[1 + FRAMES] = { 0 };
	uint64_t link[2];

	if (data)
		memcpy(&callers[0], data, sizeof(callers[0]));
	for (size_t i = 1;
	     i <= FRAMES && frame >= rsp && frame - rsp < the_tracer->plan->stack_bytes; i++) {
		data = guest_read(&the_tracer->guest, frame, sizeof(link));
		if (!data)
			break;
		memcpy(link, data, sizeof(link));
		callers[i] = (uint32_t)link[1];
		if (link[0] <= frame)
			break;
		frame = link[0];
	}
	put(callers, sizeof(callers));
}

void told_store(const struct object *object, uint32_t pc, uint32_t offset, const uint8_t *value,
		uint32_t bytes)
{
	if (!told_is_taken())
		return;
	/* the store itself was counted already */
	head_put(WRITES_STORE, object, clock_instructions(&the_tracer->clock) - 1);
	put_u32(pc);
	callers_put();
	put_u32(offset);
	put_u8((uint8_t)bytes);
	put(value, bytes);
}

void told_open(struct tracer *tracer, const char *path)
{
	the_tracer = tracer;
	if (!stream_open(&tracer->writes, path, WRITES_MAGIC, tracer->plan->sha256,
			 tracer->plan->record_mib))
		say_refuse("cannot write '%s': %s", path, strerror(errno));
}

void told_close(void)
{
	if (stream_is_open(&the_tracer->writes))
		stream_end(WRITES_WHOLE);
}
