/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stores that are asked for, each joined with the events, the objects and the functions that it is of. */
#ifndef KTREPORT_WROTE_H
#define KTREPORT_WROTE_H

#include "run/trace.h"

enum {
	WROTE_CHAIN = 40
};

struct wrote_row {
	int64_t event; /* the last one before; 0: none */
	int64_t icount; /* instructions executed before it */
	const char *object; /* "client, connection 1" */
	const struct event *of; /* an event that speaks of it; NULL: none */
	int64_t packet; /* of a packet, its headers and its control block: as which it is seen next; 0 */
	const char *key; /* a neighbour's address; "" */
	uint32_t number; /* the object's own */
	const char *field; /* "sock.sk_state" */
	const char *before, *after;
	bool in_header; /* what was there before is its buffer's last user's: not to change it is chance */
	const char *chain[WROTE_CHAIN]; /* functions, the outermost first */
	size_t chain_n;
	const char *path, *sum; /* of the file of the line; line 0: not known */
	int line;
};

/*
 * Gives each store into a field: KIND.PATH, where the path may end in *, KIND.* or KIND for all of them, * for
 * those of all kinds, and may have
 * @EVENT or @FIRST..LAST behind it: from the one event on, to the next or to the other. A store into several fields is
 * given for each of those that were asked for by name, else of those that it has changed; with * of a header, of all.
 * Returns NULL, or a sentence that the caller frees: why nothing, or not all, was given; *wrong, unless it is NULL, says
 * whether no such question can be asked of this run.
 */
char *wrote_walk(const struct trace *trace, const char *asked, bool *wrong,
		 void (*give)(const struct wrote_row *row, void *data), void *data);

#endif
