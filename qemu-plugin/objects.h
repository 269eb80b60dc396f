/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects that live now, found by address, each with a copy of what is known to be in it. */
#ifndef PLUGIN_OBJECTS_H
#define PLUGIN_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a packet says of its data. */
enum pointed {
	POINTED_HEAD = 1,
	POINTED_END = 2,
	POINTED_BOTH = 3
};

struct object {
	uint64_t first;
	uint32_t bytes, kind, number; /* each has another number */
	uint32_t uses; /* of data: how many packets point to them */
	struct object *data; /* of a packet */
	unsigned int stored; /* since it points to them: enum pointed */
	struct object *before, *after; /* of all, by their number */
	uint8_t copy[];
};

/* Whether an object may lie where an address does: false is sure, and quick. */
bool objects_near(uint64_t address);

/* An object that has a byte of a range, or NULL. */
struct object *objects_at(uint64_t first, uint64_t end);

/* Adds an object that shares no byte with another one; its copy is empty. Ends QEMU if there is no memory. */
struct object *objects_add(uint64_t first, uint32_t bytes, uint32_t kind);
void objects_remove(struct object *object);

/* The youngest, from which `before` leads to all others; NULL if there is none. */
struct object *objects_youngest(void);

#endif
