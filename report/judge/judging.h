/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files share that judge a run: for expect*.c alone. */
#ifndef KTREPORT_JUDGING_H
#define KTREPORT_JUDGING_H

#include "judge/expect.h"

struct judge {
	const struct trace *trace;
	const struct facts *facts; /* NULL: this run has none */
	const char *without; /* why */
	VEC(struct binding) names;
	size_t fact_cursor; /* index of the first fact that was not passed yet */
	size_t cursor; /* index of the first event that was not passed yet */
};

/* The names that are bound so far. */
struct bindings judge_names(const struct judge *j);

/* Whether it is looked for among stores and lines, which lie between the events. */
bool item_is_of_facts(const struct item *item);

/* Sentences that the caller frees: what came nearest to an item that was not found, which becomes the expectation's nearest;
 * and how often one was found that is counted. */
char *why_not_found(const struct judge *j, struct expectation *e, const struct item *item,
		    size_t cursor);
char *why_counted(const struct item *item);

#endif
