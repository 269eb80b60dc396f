// SPDX-License-Identifier: GPL-2.0-or-later
// SYN-ACKs that were sent again: the request counts each.
#include "run/follow.h"

#include <stdlib.h>

/* Those for the request of a connection. */
struct again {
	int64_t conn, times;
	int64_t refused; /* of these the device's queue refused so many, which may not count */
};

struct synacks {
	struct trace *trace;
	VEC(struct again) again;
};

struct synacks *synacks_new(struct trace *trace)
{
	struct synacks *synacks = xcalloc(1, sizeof(*synacks));

	synacks->trace = trace;
	return synacks;
}

void synacks_free(struct synacks *synacks)
{
	vec_free(&synacks->again);
	free(synacks);
}

static struct again *again_of(struct synacks *synacks, int64_t conn)
{
	for (size_t i = synacks->again.n; i-- > 0;)
		if (synacks->again.v[i].conn == conn)
			return &synacks->again.v[i];
	*vec_add(&synacks->again) = (struct again){ .conn = conn };
	return &synacks->again.v[synacks->again.n - 1];
}

/* One that did not leave is not counted, if that is known: net/ipv4/inet_connection_sock.c inet_rtx_syn_ack(). */
static void check_counted(struct trace *trace, const struct event *ev, const struct again *again)
{
	int64_t times = event_int(ev, "synack_retrans", again->times);

	if (times < again->times - again->refused || times > again->times)
		event_must_be(trace, ev, "synack_retrans", again->times);
}

static void note_again(struct synacks *synacks, const struct event *ev)
{
	struct again *again = again_of(synacks, ev->conn);

	again->times++;
	again->refused += event_may_be_refused(synacks->trace, ev);
}

void synacks_check(struct synacks *synacks, const struct event *ev)
{
	if (!ev->conn)
		return;
	if (ev->kind == EV_TCP_STATE && event_is(ev, "obj", "request_sock"))
		*again_of(synacks, ev->conn) = (struct again){ .conn = ev->conn };
	else if (ev->kind == EV_CONN_QUEUE && trace_watches_both(synacks->trace, "ip_output"))
		check_counted(synacks->trace, ev, again_of(synacks, ev->conn));
	else if (ev->kind == EV_TCP_TX && event_is(ev, "flags", "S.") &&
		 json_true(event_get(ev, "retrans")))
		note_again(synacks, ev);
}
