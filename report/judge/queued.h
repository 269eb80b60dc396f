/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the run's segments and calls say of a socket's queues at a moment, as `ss` shows them. */
#ifndef KTREPORT_QUEUED_H
#define KTREPORT_QUEUED_H

#include "run/trace.h"

enum queue {
	RECV_Q, /* of a listener: connections that nobody has accepted; else bytes that nobody has read */
	SEND_Q, /* of a listener: how many may wait; else bytes that were written and are not acknowledged */
	QUEUES,
};

/* What a queue may hold; most may be COUNTED_MORE. Without `known` the events say nothing of it. */
struct queued {
	bool known;
	const char *unwatched; /* not known for want of this point, or NULL */
	int64_t least, most;
};

/*
 * The queues of one TCP socket of a node, by its own end and the other's as `ss` prints them ("10.0.0.2:8080"), before the
 * event with this index. `listens`: it is a listener, whose other end is nobody.
 */
void queued_find(const struct trace *trace, const char *node, const char *local, const char *peer,
		 bool listens, size_t before, struct queued queues[QUEUES]);

#endif
