/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views: each is a name, a sentence of help and a function that fills tables. */
#ifndef KTREPORT_VIEW_H
#define KTREPORT_VIEW_H

#include "judge/counters.h"
#include "judge/expect.h"
#include "base/table.h"
#include "base/text.h"
#include "run/trace.h"

/* What the user wants to see. */
struct request {
	const struct trace *trace;
	const struct expr *filter; /* or NULL */
	const struct expect *expect; /* judged already, or NULL */
	const struct counters *counters; /* judged already */
	const char *argument; /* of a view that takes one, else NULL */
	const char *source; /* folder of the kernel's source, or NULL */
	bool narrowed; /* by the filter, or by one of packets */
	bool taps; /* both copies of a frame in wire.pcapng */
	size_t most; /* events that are looked at, from the first; 0: all */
};

struct view {
	const char *name;
	const char *argument; /* what it takes ("ID"), or NULL */
	const char *help;
	void (*fill)(struct doc *doc, const struct request *rq);
	/* writes the view to a terminal its own way; NULL: as tables */
	void (*print)(FILE *out, const struct request *rq, const struct style *style);
};

extern const struct view views[]; /* ended by a NULL name; the first is the default */
const struct view *view_find(const char *name);

/* Which layer of the stack a source file belongs to, by the beginning of its path. */
struct layer {
	const char *prefix;
	const char *name;
};
extern const struct layer layers[]; /* ended by a NULL prefix; the first that fits counts */

/* How many events the request looks at, and whether it wants this one of them. */
size_t request_events(const struct request *rq);
bool request_wants(const struct request *rq, const struct event *ev);

void view_ladder(struct doc *doc, const struct request *rq);
void view_ladder_print(FILE *out, const struct request *rq, const struct style *style);
void view_answers(struct doc *doc, const struct request *rq);
void view_wire(struct doc *doc, const struct request *rq);
void view_segments(struct doc *doc, const struct request *rq);
void view_states(struct doc *doc, const struct request *rq);
void view_queues(struct doc *doc, const struct request *rq);
void view_syscalls(struct doc *doc, const struct request *rq);
void view_functions(struct doc *doc, const struct request *rq);
void view_calls(struct doc *doc, const struct request *rq);
void view_tree(struct doc *doc, const struct request *rq);
void view_lines(struct doc *doc, const struct request *rq);
void view_writes(struct doc *doc, const struct request *rq);
void view_objects(struct doc *doc, const struct request *rq);
/* Adds a table of the functions that a packet, or, with pkt 0, a connection, went through, event by event. */
void way_show(struct doc *doc, const struct request *rq, int64_t pkt, int64_t conn);
/* Adds a table of every change of a packet and its headers, if the run has recorded them. */
void packet_changes(struct doc *doc, const struct request *rq, int64_t id);
/* packet_why.c: as notes, why it was sent and how long it waited for its neighbour. */
void packet_why(struct table *t, const struct request *rq, int64_t id);
void view_explain(struct doc *doc, const struct request *rq);
void view_layers(struct doc *doc, const struct request *rq);
void view_packet(struct doc *doc, const struct request *rq);
void view_connection(struct doc *doc, const struct request *rq);
void view_step(struct doc *doc, const struct request *rq);
void view_routes(struct doc *doc, const struct request *rq);
void view_programs(struct doc *doc, const struct request *rq);
bool programs_any(const struct request *rq); /* has that view anything to show? */
/* Is this event the end of a program of the user's? Programs of other labs' own have no number of lines. */
bool is_program(const struct request *rq, size_t i);
/* "0", "1", "SIGSEGV": as a shell tells it, signals by their names; and all that it printed. The caller frees them. */
char *program_end(const struct event *ev);
char *program_said(const struct request *rq, const char *name);
void view_neighbours(struct doc *doc, const struct request *rq);
void view_fields(struct doc *doc, const struct request *rq);
void view_points(struct doc *doc, const struct request *rq);
void view_counters(struct doc *doc, const struct request *rq);
void view_checks(struct doc *doc, const struct request *rq);
/* Whether each stop at a point lets virtual time jump. */
bool stops_move_time(const struct trace *trace);
void view_summary(struct doc *doc, const struct request *rq);

/* Writes tables to a terminal. */
void form_text(FILE *out, const struct doc *doc, const struct style *style);

#endif
