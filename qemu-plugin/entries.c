// SPDX-License-Identifier: GPL-2.0-or-later
/* Open functions, the last entered at the end of the list, where the next to return is looked for first. */
#include "entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Its place, or entries->count. */
static size_t entry_find(const struct entries *entries, unsigned int function, uint64_t rsp)
{
	for (size_t i = entries->count; i > 0; i--)
		if (entries->open[i - 1].function == function &&
		    entries->open[i - 1].regs[REG_RSP] == rsp)
			return i - 1;
	return entries->count;
}

static void entries_grow(struct entries *entries)
{
	entries->size = entries->size ? entries->size * 2 : 64;
	entries->open = realloc(entries->open, entries->size * sizeof(*entries->open));
	if (!entries->open) {
		fputs("ktlab-plugin: out of memory\n", stderr);
		abort();
	}
}

void entries_add(struct entries *entries, const struct entry *entry)
{
	size_t place = entry_find(entries, entry->function, entry->regs[REG_RSP]);

	if (place == entries->count) {
		if (entries->count == entries->size)
			entries_grow(entries);
		entries->count++;
	}
	entries->open[place] = *entry;
}

bool entries_take(struct entries *entries, unsigned int function, uint64_t rsp, struct entry *entry)
{
	size_t place = entry_find(entries, function, rsp);

	if (place == entries->count)
		return false;
	*entry = entries->open[place];
	entries->count--;
	memmove(entries->open + place, entries->open + place + 1,
		(entries->count - place) * sizeof(*entries->open));
	return true;
}

void entries_free(struct entries *entries)
{
	free(entries->open);
	*entries = (struct entries){ 0 };
}
