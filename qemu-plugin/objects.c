// SPDX-License-Identifier: GPL-2.0-or-later
// Objects by the pages that they lie in.
#include "objects.h"

#include <stdlib.h>
#include <string.h>

#include "say.h"

enum {
	PAGE_SHIFT = 12,
	SLOTS = 1 << 16 /* a guest's memory has not many more pages */
};

/* What lies in the pages of a slot. */
struct slot {
	struct object **objects;
	uint32_t count, size;
};

static struct slot slots[SLOTS];
static struct object *youngest;
static uint32_t numbered;

static struct slot *slot_of(uint64_t page)
{
	return &slots[page % SLOTS];
}

bool objects_near(uint64_t address)
{
	return slot_of(address >> PAGE_SHIFT)->count;
}

static struct object *in_slot(const struct slot *slot, uint64_t first, uint64_t end)
{
	for (uint32_t i = slot->count; i-- > 0;) {
		struct object *object = slot->objects[i];

		if (first < object->first + object->bytes && object->first < end)
			return object;
	}
	return NULL;
}

struct object *objects_at(uint64_t first, uint64_t end)
{
	struct object *found = NULL;

	for (uint64_t page = first >> PAGE_SHIFT; !found && page <= (end - 1) >> PAGE_SHIFT; page++)
		found = in_slot(slot_of(page), first, end);
	return found;
}

static void slot_add(struct slot *slot, struct object *object)
{
	if (slot->count == slot->size) {
		slot->size = slot->size ? slot->size * 2 : 4;
		slot->objects = realloc(slot->objects, slot->size * sizeof(struct object *));
		if (!slot->objects)
			say_refuse("out of memory");
	}
	slot->objects[slot->count++] = object;
}

/* One of its places: an object of many pages may be in a slot several times. */
static void slot_remove(struct slot *slot, const struct object *object)
{
	uint32_t i = 0;

	while (slot->objects[i] != object)
		i++;
	slot->count--;
	memmove(slot->objects + i, slot->objects + i + 1,
		(slot->count - i) * sizeof(struct object *));
}

static uint64_t page_last(const struct object *object)
{
	return (object->first + object->bytes - 1) >> PAGE_SHIFT;
}

struct object *objects_add(uint64_t first, uint32_t bytes, uint32_t kind)
{
	struct object *object = calloc(1, sizeof(*object) + bytes);

	if (!object)
		say_refuse("out of memory");
	object->first = first;
	object->bytes = bytes;
	object->kind = kind;
	object->number = numbered++;
	object->before = youngest;
	if (youngest)
		youngest->after = object;
	youngest = object;
	for (uint64_t page = first >> PAGE_SHIFT; page <= page_last(object); page++)
		slot_add(slot_of(page), object);
	return object;
}

void objects_remove(struct object *object)
{
	for (uint64_t page = object->first >> PAGE_SHIFT; page <= page_last(object); page++)
		slot_remove(slot_of(page), object);
	if (object->before)
		object->before->after = object->after;
	if (object->after)
		object->after->before = object->before;
	else
		youngest = object->before;
	free(object);
}

struct object *objects_youngest(void)
{
	return youngest;
}
