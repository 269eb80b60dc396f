/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares two runs by meaning: what is missing, added, changed. */
#ifndef KTREPORT_DIFF_H
#define KTREPORT_DIFF_H

#include "judge/expr.h"
#include "base/table.h"
#include "run/trace.h"

/*
 * Adds a table of the differences to the doc; returns their number. Addresses, ports, sequence
 * numbers and times do not count unless exact. The filter may be NULL.
 */
size_t diff_runs(struct doc *doc, const struct trace *a, const struct trace *b,
		 const struct expr *filter, bool exact);

#endif
