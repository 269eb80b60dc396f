/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RUN/lines.json, and with it what a call ran as lines of source. */
#ifndef KTREPORT_LINES_TABLE_H
#define KTREPORT_LINES_TABLE_H

#include "base/json.h"
#include "lines/ran.h"

struct lines_table;

/* NULL if the run has none, or one that cannot be read: *damaged is then a sentence that the caller frees. */
struct lines_table *lines_table_open(const char *folder, char **damaged);
void lines_table_close(struct lines_table *table);

const char *lines_path(const struct lines_table *table, size_t file); /* "" where there is none */
const char *lines_sum(const struct lines_table *table, size_t file); /* NULL: not known */

/* A function, or one inlined into it where it is called; the first is the function itself, and its own parent. */
struct lines_scope {
	char *name;
	size_t parent, call_file;
	int call_line;
};

/* A line that has code of its own. */
struct lines_line {
	size_t scope, file;
	int line;
	uint32_t
		count; /* how often it ran: of several places where it has code, as often as that which ran most often */
	size_t order; /* from 1: the how manyth line to run for the first time; 0: it did not run */
};

struct lines_jump {
	size_t scope, file;
	int line, to_line; /* to_line 0: out of the function */
	size_t to_file;
	uint32_t count, jumped;
};

/* What a call ran. */
struct lines_call {
	char *name;
	size_t file; /* of the function */
	int first, last; /* its lines in it */
	VEC(struct lines_scope) scopes;
	VEC(struct lines_line) lines; /* by scope, then file and line */
	VEC(struct lines_jump) jumps; /* by address */
};

/* False if nothing is known of the function. The caller empties it by lines_call_free(), either way. */
bool lines_of(const struct lines_table *table, const struct ran_call *ran, struct lines_call *call);
void lines_call_free(struct lines_call *call);

/* The numbers of functions of a name are given in turn: the next after one, from -1 on; -1 behind the last. */
int64_t lines_function(const struct lines_table *table, const char *name, int64_t after);

/* The function's name that is nearest to a mistyped one, which the caller frees, or NULL. */
char *lines_near(const struct lines_table *table, const char *typed);

#endif
