// SPDX-License-Identifier: GPL-2.0-or-later
// Answers of calls: what each one waited for, and who ended the wait; and why a run fails first.
#include "views/answers.h"
#include "base/i18n.h"
#include "types/story.h"
#include "types/tell.h"

#include <stdlib.h>
#include <string.h>

/* ---- waits ---- */

/* inet_csk_wait_for_connect(): the queue was empty, and is not now. */
static bool ends_accept(const struct event *ev, const struct event *call)
{
	return ev->kind == EV_CONN_QUEUE && event_same(ev, call, "sk") &&
	       event_int(ev, "accept_qlen.old", -1) == 0 && event_int(ev, "accept_qlen.new", 0) > 0;
}

/* inet_wait_for_connect(): as long as the state is SYN_SENT or SYN_RECV. */
static bool ends_connect(const struct event *ev, const struct event *call)
{
	return ev->kind == EV_TCP_STATE && event_same(ev, call, "sk") &&
	       (event_is(ev, "new", "ESTABLISHED") || event_is(ev, "new", "CLOSE"));
}

/* sk_wait_data(): until there is something to read, or nothing will come any more. */
static bool ends_receive(const struct event *ev, const struct event *call)
{
	char *flags = event_dup(ev, "flags");
	bool says = event_int(ev, "payload_len", 0) > 0 || strpbrk(flags, "FR");

	free(flags);
	return ev->kind == EV_TCP_RX && ev->conn && ev->conn == call->conn &&
	       ev->netns == call->netns && says;
}

static const struct wait {
	const char *call;
	bool (*ends)(const struct event *ev, const struct event *call);
} waits[] = {
	{ "accept", ends_accept },    { "accept4", ends_accept },  { "connect", ends_connect },
	{ "recvfrom", ends_receive }, { "recvmsg", ends_receive }, { "read", ends_receive },
	{ "readv", ends_receive },
};

/* The first that ended it between the call's two events, and was not the caller itself; NULL: it did not wait. */
static const struct event *ending_of(const struct wait *wait, const struct event *enter,
				     const struct event *end)
{
	for (const struct event *ev = enter + 1; ev < end; ev++) {
		bool own = event_is(ev, "ctx", "task") && event_same(ev, end, "pid");

		if (!own && wait->ends(ev, end))
			return ev;
	}
	return NULL;
}

static void answer_wait(struct answers *a, const struct wait *wait, const struct event *end)
{
	const struct event *enter = trace_event(a->rq->trace, end->parent);
	const struct event *ending = enter ? ending_of(wait, enter, end) : NULL;
	char *conn, *took, *told, *by, *ctx, *comm;

	if (!ending)
		return;
	conn = whose(a, ending);
	took = duration(a, enter, ending);
	told = event_sentence(a->rq->trace, ending);
	by = story_function(ending);
	ctx = event_dup(ending, "ctx");
	comm = event_dup(ending, "comm");
	answer(a,
	       xasprintf(_("%s%s() on %s: %s, until %s; by %s() in %s, while %s had the processor"),
			 conn, wait->call, or_dash(end->netns), took, told, or_dash(by),
			 or_dash(ctx), or_dash(comm)),
	       enter, ending);
	free(comm);
	free(ctx);
	free(by);
	free(told);
	free(took);
	free(conn);
}

void answer_waits(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		for (size_t i = 0; i < ARRAY_SIZE(waits); i++)
			if (ev->kind == EV_SYSCALL_EXIT && event_is(ev, "name", waits[i].call) &&
			    request_wants(a->rq, ev))
				answer_wait(a, &waits[i], ev);
}

/* ---- why the run fails ---- */

/* What is expected stands in the order of what happens: the first that broke is the cause, what follows may be its
 * result. */
void answer_failed_first(struct answers *a)
{
	const struct expect *expect = a->rq->expect;

	for (size_t i = 0; expect && i < expect->list.n; i++) {
		const struct expectation *e = &expect->list.v[i];
		struct str why = { 0 };

		if (e->verdict != FAILED)
			continue;
		for (const char *p = e->why ? e->why : ""; *p; p++)
			str_addn(&why, *p == '\n' ? " " : p, 1);
		answer(a,
		       xasprintf(_("%s (%s:%zu) %s"), e->sentence, expect->path,
				 e->culprit ? e->culprit->line : e->line, str_text(&why)),
		       e->nearest, NULL);
		str_free(&why);
		return;
	}
}
