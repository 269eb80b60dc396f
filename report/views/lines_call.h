/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call that is asked for, with its lines: for the views of them. */
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

/* A call as it is asked for: "95", that of an event, or "tcp_ack#3", the third of a function. */
struct lines_asked {
	char *word;
	const struct event *ev; /* or NULL: */
	char *function;
	int64_t enter; /* instructions before that call */
};

/* Reads so many letters. NULL, or why there is no such call; the caller frees that, and what was asked, either way. */
char *lines_asked_read(struct lines_asked *asked, const struct trace *trace,
		       const struct lines_table *table, const char *text, size_t len);
void lines_asked_free(struct lines_asked *asked);

/* That call; of an event the one that begins or ends with it, or that it lies in: the innermost. */
enum ran_end lines_find(const struct trace *trace, const struct lines_table *table,
			const struct lines_asked *asked, struct lines_found *found);

/* Why nothing was found, and what to do; the caller frees it. */
char *lines_missing(const struct lines_asked *asked);

/* NULL: it has no code there. */
const struct lines_line *lines_line_find(const struct lines_call *call, size_t scope, size_t file,
					 int line);

/* A line with spaces for tabs, which the caller frees; what is to be said of a file that is not the kernel's. */
char *lines_source(const struct source *source, int line);
void lines_source_note(struct table *t, const struct source *source, const char *path);

/* From where to where each call of a function ran, as they began. */
struct lines_span {
	int64_t enter, leave;
};

struct lines_spans {
	VEC(struct lines_span) list;
};

void lines_spans(struct lines_spans *spans, const struct trace *trace,
		 const struct lines_table *table, const char *function);

/* That no call of a function was recorded, with a near name if there is one; the caller frees it. */
char *lines_unknown(const struct lines_table *table, const char *function);

/* Every recorded call of a function, as a table: lines_recorded.c. */
void lines_recorded(struct doc *doc, const struct request *rq, const struct lines_table *table,
		    const char *function);

/* Several calls of one function beside each other: view_beside.c. False if they are not, for a reason that is told. */
bool lines_beside(struct doc *doc, const struct request *rq, const struct lines_table *table);

#endif
