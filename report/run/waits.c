// SPDX-License-Identifier: GPL-2.0-or-later
// What was sent and still waits when the run ends: in the queue of a neighbour that has not answered.
#include "run/follow.h"
#include "run/lanes.h"

/* Whom a node asks for a MAC for the address: the gateway that its last lookup gave, or the address itself. */
static struct address next_hop(const struct trace *trace, const struct event *ev)
{
	for (const struct event *e = ev; e-- > trace->events.v;)
		if (e->kind == EV_ROUTE_RESULT && e->netns == ev->netns &&
		    address_same(event_ip(e, "dst"), event_ip(ev, "daddr")) && event_has(e, "via"))
			return event_ip(e, "via");
	return event_ip(ev, "daddr");
}

bool waits_for_neighbour(const struct trace *trace, const struct event *ev)
{
	const struct event *end = trace->events.v + trace->events.n;
	struct address hop = next_hop(trace, ev);
	bool waits = false;

	/* net/core/neighbour.c __neigh_event_send() queues it, behind ip_output() */
	for (const struct event *e = ev; e < end; e++) {
		if (e->kind != EV_NEIGH_STATE || e->netns != ev->netns ||
		    !address_same(event_ip(e, "ip"), hop))
			continue;
		if (!event_is(e, "nud.new", "INCOMPLETE"))
			return false;
		waits = waits || event_int(e, "queue_len", 0) > 0;
	}
	return waits;
}
