/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RUN/writes.json: which function and line the instructions are that have written, and those that have called them. */
#ifndef KTREPORT_PLACES_H
#define KTREPORT_PLACES_H

#include "base/json.h"
#include "lines/dwarf.h"

struct places;

/* A function and the line in it that ran: where it calls the next one, or writes. */
struct place_frame {
	char *name;
	size_t file;
	int line; /* 0: not known, of a function that DWARF does not know */
};

struct place {
	uint32_t pc;
	enum dwarf_return returns;
	VEC(struct place_frame) frames; /* the outermost first; then what is inlined into it */
};

/*
 * Writes the file for a run that has writes; a run without gets none. Returns how many instructions are placed, or -1 with
 * a sentence in *error, which the caller frees. `source`: the source tree, or NULL.
 */
long places_resolve(const char *folder, const char *vmlinux, const char *source, char **error);

/* NULL if the run has none, or one that cannot be read: *damaged is then a sentence that the caller frees. */
struct places *places_open(const char *folder, char **damaged);
void places_close(struct places *places);

/* NULL: nothing is known of it. */
const struct place *places_find(const struct places *places, uint32_t pc);
const char *places_path(const struct places *places, size_t file); /* "" where there is none */
const char *places_sum(const struct places *places, size_t file); /* NULL: not known */

#endif
