/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder: what happened on each node and between them, row by row. */
#ifndef KTREPORT_LADDER_H
#define KTREPORT_LADDER_H

#include "judge/expr.h"
#include "run/trace.h"
#include "views/view.h"

enum row_kind {
	ROW_STEP, /* a step of the lab begins: goes over all columns */
	ROW_NOTE, /* something on one node */
	ROW_ARROW, /* a frame from node to node, received before anything else was seen */
	ROW_DEPART, /* a frame goes off; it arrives in a later row */
	ROW_ARRIVE,
	ROW_LOST, /* a frame goes off and is never received */
};

struct ladder_row {
	enum row_kind kind;
	int64_t t_ns; /* from the ladder's zero */
	int node; /* column of the note or the sender, or -1: outside of all nodes */
	int to; /* column of the receiver */
	char *text; /* of the note; of an arrow the segment */
	char *detail; /* options of the segment, or NULL */
	char *by; /* the function that sent, or NULL */
	char *at; /* the function that received, or NULL */
	const struct event *event;
	const struct event *received; /* of an arrow, or NULL */
};

struct ladder {
	const struct trace *trace;
	VEC(const char *) nodes; /* names, in the order of the columns */
	VEC(struct ladder_row) rows;
	VEC(const struct event *) to_routers; /* on their way; empty once the ladder stands */
	int64_t zero_ns; /* guest time of the ladder's zero: the first segment, or the first event */
};

struct ladder *ladder_new(const struct request *rq);
void ladder_free(struct ladder *ladder);

#endif
