/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call that an event is of, with its lines: for the views of them. */
#ifndef KTREPORT_LINES_CALL_H
#define KTREPORT_LINES_CALL_H

#include "lines/source.h"
#include "lines/table.h"
#include "views/view.h"

struct lines_found {
	bool is;
	struct lines_call call; /* to be freed by lines_call_free() */
	int64_t enter, leave; /* instructions */
};

/* The event of a number, of which the text has so many letters; NULL: there is none. */
const struct event *lines_event(const struct trace *trace, const char *text, size_t len);

/* The call that begins or ends with an event, or that it lies in: the innermost. */
enum ran_end lines_find(const struct trace *trace, const struct lines_table *table,
			const struct event *ev, struct lines_found *found);

/* Why nothing was found, and what to do; the caller frees it. */
char *lines_missing(const struct event *ev);

/* NULL: it has no code there. */
const struct lines_line *lines_line_find(const struct lines_call *call, size_t scope, size_t file,
					 int line);

/* A line with spaces for tabs, which the caller frees; what is to be said of a file that is not the kernel's. */
char *lines_source(const struct source *source, int line);
void lines_source_note(struct table *t, const struct source *source, const char *path);

/* Several calls of one function beside each other: view_beside.c. */
void lines_beside(struct doc *doc, const struct request *rq, const struct lines_table *table);

#endif
