// SPDX-License-Identifier: GPL-2.0-or-later
// Why a packet was sent, and how long it waited for the address of its neighbour.
#include "base/i18n.h"
#include "run/follow.h"
#include "types/sent.h"
#include "views/view.h"

#include <stdlib.h>

/* Is it done in the same thread of the same node? */
static bool same_thread(const struct event *one, const struct event *other)
{
	return one->netns == other->netns && text_is(one->ctx, other->ctx) &&
	       event_agrees(one, "pid", other, "pid");
}

/* What a neighbour is asked by, which waits for none. */
static bool asks(const struct event *ev)
{
	return ev->kind == EV_ARP_TX || text_is(ev->type, "nd.tx");
}

/* ip_output() hands the packet to the neighbour before it returns: where that keeps it, before this thread sends another. */
static const struct event *kept(const struct request *rq, const struct event *tx)
{
	const struct event *end = rq->trace->events.v + request_events(rq);

	for (const struct event *ev = tx + 1; ev < end; ev++) {
		if (!same_thread(ev, tx))
			continue;
		if (text_is(ev->type, "neigh.state") && event_is(ev, "why", "event_send"))
			return event_int(ev, "queue_len", 0) > 0 ? ev : NULL;
		if (ev->row->way == WAY_OUT && !asks(ev))
			return NULL;
	}
	return NULL;
}

/* Where the neighbour's queue is empty again. */
static const struct event *let_go(const struct request *rq, const struct event *from)
{
	const struct event *end = rq->trace->events.v + request_events(rq);

	for (const struct event *ev = from + 1; ev < end; ev++)
		if (text_is(ev->type, "neigh.state") && ev->netns == from->netns &&
		    event_agrees(ev, "ip", from, "ip") && event_agrees(ev, "dev", from, "dev"))
			return event_int(ev, "queue_len", 1) == 0 ? ev : NULL;
	return NULL;
}

static void say_wait(struct table *t, const struct request *rq, const struct event *tx)
{
	const struct event *from = kept(rq, tx), *to = from ? let_go(rq, from) : NULL;
	char *ip;

	if (!to)
		return;
	ip = event_dup(from, "ip");
	table_note(
		t,
		_("it waited %.3f ms on %s for the link-layer address of %s (events %lld, %lld)"),
		(double)(to->t_ns - from->t_ns) / 1e6, from->netns, ip, (long long)from->n,
		(long long)to->n);
	free(ip);
}

void packet_why(struct table *t, const struct request *rq, int64_t id)
{
	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];
		const char *cause;

		if (ev->pkt != id || ev->row->way != WAY_OUT || asks(ev))
			continue;
		cause = sent_cause(rq->trace, ev);
		if (cause)
			table_note(t, _("%s sent it because of: %s"), ev->netns, _(cause));
		say_wait(t, rq, ev);
	}
}
