// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who wrote what.
 *
 * Theory of operation. Functions of the kernel that make or end an object of a kind tell where it lies. Of what lives a
 * copy is kept, to which each store is added. What a copy and the guest's memory disagree on was written by no
 * instruction (by a device), or was missed: they are compared wherever a hit takes bytes of it, and at the object's end.
 */
#include "writes.h"

#include <string.h>

#include "told.h"

enum {
	DATA_BYTES_MAX = 1 << 20,
	KERNEL_HALF = 63 /* the highest bit of an address in the kernel's half */
};

/* The callbacks of QEMU get one pointer, and the tracer is one. */
static struct tracer *the_tracer;

/* Each stretch of bytes in which memory differs from the copy. */
static void object_compare(struct object *object, uint32_t offset, const uint8_t *data,
			   uint32_t bytes)
{
	const uint8_t *copy = object->copy + offset;

	for (uint32_t i = 0, end; i < bytes; i = end + 1) {
		for (end = i; end < bytes && copy[end] != data[end];)
			end++;
		if (end == i)
			continue;
		told_unseen(object, offset + i, data + i, end - i);
		memcpy(object->copy + offset + i, data + i, end - i);
	}
}

void writes_compare(uint64_t address, const uint8_t *data, size_t bytes)
{
	uint64_t at = address, end = address + bytes;
	struct object *object;

	if (!the_tracer)
		return;
	for (; at < end && (object = objects_at(at, at + 1)); at = object->first + object->bytes) {
		uint64_t last =
			object->first + object->bytes < end ? object->first + object->bytes : end;

		object_compare(object, (uint32_t)(at - object->first), data + (at - address),
			       (uint32_t)(last - at));
	}
}

static bool copy_fill(struct object *object)
{
	const uint8_t *data = guest_read(&the_tracer->guest, object->first, object->bytes);

	if (data)
		memcpy(object->copy, data, object->bytes);
	return data != NULL;
}

static void object_end(struct object *object, enum death death);

/* One packet less points to its data; the last one takes them with it. */
static void data_leave(struct object *packet)
{
	struct object *data = packet->data;

	packet->data = NULL;
	if (data && !--data->uses)
		object_end(data, DEATH_LEFT);
}

/* Data that end before the packets that point to them. */
static void packets_forget(const struct object *data)
{
	for (struct object *packet = objects_youngest(); packet; packet = packet->before)
		if (packet->data == data)
			packet->data = NULL;
}

static void object_end(struct object *object, enum death death)
{
	/* what was overrun is another object's memory now */
	const uint8_t *data = death == DEATH_OVERRUN ? NULL
						     : guest_read(&the_tracer->guest, object->first,
								  object->bytes);

	if (data)
		object_compare(object, 0, data, object->bytes);
	told_died(object, death);
	if (object->uses)
		packets_forget(object);
	data_leave(object);
	objects_remove(object);
}

static void room_make(uint64_t first, uint64_t end)
{
	struct object *object;

	while ((object = objects_at(first, end)))
		object_end(object, DEATH_OVERRUN);
}

/* NULL: it cannot be one. */
static struct object *object_make(uint64_t first, uint64_t bytes, uint32_t kind)
{
	struct object *object;

	if (!bytes || bytes > DATA_BYTES_MAX ||
	    !guest_may_read(&the_tracer->plan->facts, first, first))
		return NULL;
	room_make(first, first + bytes);
	object = objects_add(first, (uint32_t)bytes, kind);
	if (copy_fill(object))
		return object;
	objects_remove(object);
	return NULL;
}

/* A packet's data, by what it says of them. */
static void data_find(struct object *packet)
{
	const struct plan_kind *kind = &the_tracer->plan->kinds[packet->kind];
	struct object *data;
	uint64_t head, last;
	uint32_t end;

	memcpy(&head, packet->copy + kind->head_at, sizeof(head));
	memcpy(&end, packet->copy + kind->end_at, sizeof(end));
	last = head + end + kind->behind;
	/* not yet, or no longer */
	if (!head || (packet->first < last && head < packet->first + packet->bytes))
		return;
	data = objects_at(head, head + 1);
	if (data && data == packet->data && data->bytes == end + kind->behind)
		return;
	if (!data || data->first != head || data->kind != kind->data_kind ||
	    data->bytes != end + kind->behind)
		data = object_make(head, (uint64_t)end + kind->behind, kind->data_kind);
	if (data && !data->uses)
		told_born(data);
	if (data)
		data->uses++;
	data_leave(packet);
	packet->data = data;
}

static bool is_kind(const struct plan_kind *kind, uint64_t address)
{
	const uint8_t *sign =
		kind->sign_count
			? guest_read(&the_tracer->guest, address + kind->sign_at, sizeof(address))
			: NULL;

	for (size_t i = 0; sign && i < kind->sign_count; i++)
		if (!memcmp(sign, &kind->signs[i], sizeof(kind->signs[i])))
			return true;
	return !kind->sign_count;
}

static void born(const struct plan_life *life)
{
	const struct plan_kind *kind = &the_tracer->plan->kinds[life->kind];
	uint64_t address = guest_reg(&the_tracer->guest, life->reg);
	struct object *object = objects_at(address, address + 1);

	/* what calls itself to make one tells of it twice */
	if ((object && object->first == address && object->kind == life->kind) ||
	    !guest_may_read(&the_tracer->plan->facts, address, address) || !is_kind(kind, address))
		return;
	object = object_make(address, kind->bytes, life->kind);
	if (object && kind->has_data)
		data_find(object);
	if (object)
		told_born(object);
}

static void died(const struct plan_life *life)
{
	uint64_t address = life->reg < REG_COUNT ? guest_reg(&the_tracer->guest, life->reg) : 0;
	struct object *object = address ? objects_at(address, address + 1) : objects_youngest();

	while (!address && object && object->kind != life->kind)
		object = object->before;
	if (object && object->kind == life->kind && (!address || object->first == address))
		object_end(object, DEATH_TOLD);
}

static void life_changes(unsigned int vcpu, void *data)
{
	const struct plan_life *life = data;

	(void)vcpu;
	if (the_tracer->stage == STAGE_END)
		return;
	if (life->dies)
		died(life);
	else
		born(life);
}

/* A packet gets other data: both numbers that say where they are have been stored, in any order. */
static void pointers_stored(struct object *packet, uint32_t first, uint32_t end)
{
	const struct plan_kind *kind = &the_tracer->plan->kinds[packet->kind];

	if (first < kind->head_at + sizeof(uint64_t) && kind->head_at < end)
		packet->stored |= POINTED_HEAD;
	if (first < kind->end_at + sizeof(uint32_t) && kind->end_at < end)
		packet->stored |= POINTED_END;
	if (packet->stored != POINTED_BOTH)
		return;
	packet->stored = 0;
	data_find(packet);
}

static void object_store(struct object *object, uint64_t address, const uint8_t *value,
			 uint32_t bytes, uint32_t pc)
{
	const struct plan_kind *kind = &the_tracer->plan->kinds[object->kind];
	uint32_t offset = (uint32_t)(address - object->first);

	memcpy(object->copy + offset, value, bytes);
	told_store(object, pc, offset, value, bytes);
	if (kind->has_data)
		pointers_stored(object, offset, offset + bytes);
}

static void stored(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
	qemu_plugin_mem_value value;
	uint64_t at = address, end;
	struct object *object;

	(void)vcpu;
	if (!objects_near(address) || the_tracer->stage == STAGE_END)
		return;
	value = qemu_plugin_mem_get_value(info);
	end = address + (1U << value.type);
	for (; at < end && (object = objects_at(at, end)); at = object->first + object->bytes) {
		uint64_t first = at > object->first ? at : object->first,
			 last = object->first + object->bytes < end ? object->first + object->bytes
								    : end;

		object_store(object, first, (const uint8_t *)&value.data + (first - address),
			     (uint32_t)(last - first), (uint32_t)(uintptr_t)data);
		if (last == end)
			break;
	}
}

void writes_watch(struct tracer *tracer, struct qemu_plugin_insn *insn)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	const struct plan_life *life, *end = tracer->plan->lives + tracer->plan->life_count;

	if (!the_tracer || !(address >> KERNEL_HALF))
		return;
	for (life = plan_life(tracer->plan, address);
	     life && life < end && life->address == address; life++) {
		clock_show(&tracer->clock, insn);
		qemu_plugin_register_vcpu_insn_exec_cb(insn, life_changes, QEMU_PLUGIN_CB_R_REGS,
						       (void *)life);
	}
	qemu_plugin_register_vcpu_mem_cb(insn, stored, QEMU_PLUGIN_CB_R_REGS, QEMU_PLUGIN_MEM_W,
					 (void *)(uintptr_t)address);
}

void writes_open(struct tracer *tracer, const char *path)
{
	if (!tracer->plan->kind_count || !path)
		return;
	the_tracer = tracer;
	told_open(tracer, path);
}

void writes_begin(void)
{
	const struct object *object = the_tracer ? objects_youngest() : NULL;

	while (object && object->before)
		object = object->before;
	for (; object; object = object->after)
		told_born(object);
}

void writes_close(void)
{
	while (the_tracer && objects_youngest())
		object_end(objects_youngest(), DEATH_LEFT);
	if (the_tracer)
		told_close();
}
