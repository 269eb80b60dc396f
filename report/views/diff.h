/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares two runs by meaning: what is missing, added, changed. */
#ifndef KTREPORT_DIFF_H
#define KTREPORT_DIFF_H

#include "judge/expr.h"
#include "base/table.h"
#include "run/trace.h"

/* The table's columns. */
enum diff_column {
	DIFF_CHANGE,
	DIFF_FIRST,
	DIFF_SECOND,
	DIFF_TIMES,
	DIFF_NETNS,
	DIFF_TYPE,
	DIFF_WHAT,
	DIFF_DIFFERS,
};

/*
 * Adds a table of the differences to the doc, and one of where they began if there are any; returns
 * their number. Ports, sequence numbers, times, and which address a node has do not count unless
 * exact. The filter may be NULL.
 */
size_t diff_runs(struct doc *doc, const struct trace *a, const struct trace *b,
		 const struct expr *filter, bool exact);

#endif
