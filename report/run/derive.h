/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from other fields or other events: shared by derive.c and derive_segment.c. */
#ifndef KTREPORT_DERIVE_H
#define KTREPORT_DERIVE_H

#include "run/follow.h"
#include "run/trace.h"

enum {
	SCALES = 15, /* RFC 7323 2.3: 14 is the most */
};

/* What is known of one end of a connection: numbers from which relative ones count, and scales of windows. */
struct end {
	int64_t conn;
	struct address addr;
	uint16_t port;
	VEC(uint32_t) bases;
	bool scales[SCALES]; /* that a SYN of this end offered */
	bool plain; /* a SYN of this end offered none */
};

/* The last two events of a task, of a socket or of a function. */
struct seen {
	const char *key;
	const struct event *last, *before;
};

struct derive {
	struct trace *trace;
	VEC(struct seen) tasks, sockets, functions;
	VEC(struct end) ends;
	VEC(size_t) open; /* events that were entered and have not returned, the last on top */
	const char *step;
	struct lives *lives;
	struct lookups *lookups;
	struct callers *callers;
	struct numbers *numbers;
	struct datagrams_life *datagrams;
	struct registered *registered;
	struct whose *whose;
};

/* All that holds for a segment; it tells of its connection's ends, too. */
void check_segment(struct derive *d, const struct event *ev);

#endif
