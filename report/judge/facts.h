/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stores and lines that the plugin engine has recorded, each as an event that expectations can state. */
#ifndef KTREPORT_FACTS_H
#define KTREPORT_FACTS_H

#include "run/trace.h"

/*
 * `wrote`: a store into a field, with the event before it as its number. `ran`: a call whose lines were recorded; `lines` is
 * the source of those that ran, in their order, `missed` of those that did not. docs/writes.md.
 */
struct fact {
	struct event ev;
	size_t behind; /* how many of the run's events come before it */
};

struct facts {
	VEC(struct fact) list; /* by time */
	bool lacks_source; /* a file of the kernel's tree is gone or another one: its lines are not known */
	VEC(char *) texts; /* that events lie in */
	struct names *names;
};

/* Which of them are kept: a run has a hundred thousand and more, and few are stated. */
struct facts_wanted {
	VEC(const char *) fields; /* of stores */
	VEC(const char *) functions; /* of calls */
	bool all_fields, all_functions; /* something is stated of any */
};

/* NULL with a sentence in *why, which the caller frees, for a run that has recorded none, or not all. */
struct facts *facts_open(const struct trace *trace, const struct facts_wanted *wanted, char **why);
void facts_close(struct facts *facts);

#endif
