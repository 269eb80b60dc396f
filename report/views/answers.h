/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions that are asked first of a run: what view_answers.c asks, and how an answer is written down. */
#ifndef KTREPORT_ANSWERS_H
#define KTREPORT_ANSWERS_H

#include "views/view.h"

struct answers {
	struct table *table;
	const struct request *rq;
	const char *question; /* of the rows that are added */
	size_t most; /* rows that it may have */
	size_t rows; /* that it has */
	size_t more; /* that it would have */
	VEC(char *) said; /* what was answered to it, as a key */
	struct markings *markings; /* answers_lost.c: read when they are first asked for */
};

/* The row's answer, which it takes over, and up to two events that say so. */
void answer(struct answers *a, char *text, const struct event *first, const struct event *second);
/* What an event tells, with its time and place. */
void answer_told(struct answers *a, const struct event *ev, const char *told);
/* Was this not yet answered? Takes the key over. */
bool is_new(struct answers *a, char *key);

const struct event *events_end(const struct answers *a);
double seconds_of(const struct answers *a, const struct event *ev);
/* "7.712 ms"; GDB's stops, where there were some, are in it, and it says so. The caller frees it. */
char *duration(const struct answers *a, const struct event *from, const struct event *to);
/* "connection #2 from port 43906: ", where there are several. The caller frees it. */
char *whose(const struct answers *a, const struct event *ev);
const char *or_dash(const char *text);

/* answers_lost.c: who has marked the segment as lost, to be translated; NULL: no store tells. */
const char *lost_by(struct answers *a, const struct event *again);
void markings_free(struct markings *markings);

/* answers_tcp.c */
void answer_syn(struct answers *a);
void answer_synack(struct answers *a);
void answer_syn_queue(struct answers *a);
void answer_accept_queue(struct answers *a);
void answer_syn_shrinks(struct answers *a);
void answer_accept_shrinks(struct answers *a);
void answer_refused(struct answers *a);
void answer_given_up(struct answers *a);
void answer_established(struct answers *a);
void answer_changes(struct answers *a);
void answer_causes(struct answers *a);
void answer_callers(struct answers *a);
void answer_again(struct answers *a);
void answer_drops(struct answers *a);

/* answers_calls.c */
void answer_waits(struct answers *a);
void answer_failed_first(struct answers *a);

/* answers_udp.c */
void answer_sockets(struct answers *a);
void answer_queued(struct answers *a);

/* answers_route.c */
void answer_route(struct answers *a);
void answer_again_looked_up(struct answers *a);
void answer_arp(struct answers *a);

#endif
