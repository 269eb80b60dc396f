/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions that were entered and have not returned: found again by function and stack pointer. */
#ifndef PLUGIN_ENTRIES_H
#define PLUGIN_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan.h"

struct entry {
	unsigned int function;
	uint32_t record; /* the number of the entry's record */
	uint64_t regs[REG_COUNT]; /* as they were then */
};

/*
 * Few are open at a time: as many as the deepest stack times the tasks that sleep, so a list does.
 * One that never returns is replaced when the same stack pointer comes again.
 */
struct entries {
	struct entry *open;
	size_t count, size;
};

/* Remembers an entry, in the place of one with the same function and stack pointer. */
void entries_add(struct entries *entries, const struct entry *entry);

/* Takes the entry that returns here into `entry`; false if there is none. */
bool entries_take(struct entries *entries, unsigned int function, uint64_t rsp,
		  struct entry *entry);
void entries_free(struct entries *entries);

#endif
