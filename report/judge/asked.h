/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which stores a question asks for: KIND.FIELD@FIRST..LAST. */
#ifndef KTREPORT_ASKED_H
#define KTREPORT_ASKED_H

#include "lines/fields.h"
#include "run/trace.h"

struct question {
	char *kind, *path;
	size_t path_len;
	bool whole; /* the path is that of one field: nothing is left open */
	int64_t from, to; /* instructions */
};

/* Reads it. NULL, or a sentence that the caller frees: why no run, or not this one, can answer it. */
char *question_read(struct question *question, const struct trace *trace,
		    const struct layout *layout, const char *asked);
void question_free(struct question *question);

/* Whether a field of the kind is asked for, and the kind: "*" is any, and "data" each header of a packet's data. */
bool question_has(const struct question *question, const struct field *field);
bool question_of(const struct question *question, const struct layout *layout,
		 const struct fields *fields);

#endif
