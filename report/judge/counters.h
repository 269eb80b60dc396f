/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own counters, held against what the events and frames of the run count. */
#ifndef KTREPORT_COUNTERS_H
#define KTREPORT_COUNTERS_H

#include "run/trace.h"

enum agreement {
	AGREES,
	DIFFERS,
	NOT_KNOWN, /* the kernel counted more than is seen, and a point that would tell of it is not watched */
	AGREEMENTS,
};

/* One counter of a node. */
struct counted {
	const char *node; /* NULL: of the whole kernel */
	const char *counter; /* as nstat has it; several with + between them: their sum */
	const char *place; /* where the kernel increments it */
	int64_t kernel; /* what it counted while the points were armed */
	int64_t least, most; /* what the run has for it; most may be COUNTED_MORE */
	enum agreement verdict;
	const char *unwatched; /* of NOT_KNOWN: the point */
};

#define COUNTED_MORE INT64_MAX /* more than is seen may have been counted */

struct counters {
	VEC(struct counted) rows;
	size_t verdicts[AGREEMENTS];
};

/*
 * Compares all counters that events or frames tell of, for each node whose counters the run has. Each difference
 * becomes one of the run's contradictions (trace_unmatched). After ledger_join().
 */
void counters_judge(struct counters *counters, struct trace *trace);
void counters_free(struct counters *counters);

/* Whether the kernel counted what the run has for it. */
bool counters_within(const struct counted *row);
/* "7", "at least 7", "4 to 6": the caller frees it. */
char *counters_wanted(const struct counted *row);

#endif
