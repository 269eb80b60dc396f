// SPDX-License-Identifier: GPL-2.0-or-later
// Answers of TCP: who sent the SYN, when the queues grew, when an end was ESTABLISHED, what was lost.
#include "views/answers.h"
#include "base/i18n.h"
#include "types/sent.h"
#include "types/story.h"
#include "types/tell.h"

#include <stdlib.h>
#include <string.h>

enum {
	FRAMES = 5, /* of a call chain */
};

static bool flags_are(const struct event *ev, const char *flags)
{
	return ev->kind == EV_TCP_TX && event_is(ev, "flags", flags);
}

/* ---- who sent it ---- */

/* The connection's first SYN. */
static const struct event *first_syn(const struct answers *a, int64_t conn)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (ev->conn == conn && flags_are(ev, "S") && request_wants(a->rq, ev))
			return ev;
	return NULL;
}

/* Of each connection, and each end of it: both may send a SYN. */
static void answer_sender(struct answers *a, const char *flags)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		char *by, *conn;

		if (!flags_are(ev, flags) || !request_wants(a->rq, ev) ||
		    !is_new(a, xasprintf("%lld %s", (long long)ev->conn, or_dash(ev->netns))))
			continue;
		by = event_dup(ev, "by");
		conn = whose(a, ev);
		answer(a, xasprintf(_("%s%s() on %s"), conn, or_dash(by), or_dash(ev->netns)), ev,
		       NULL);
		free(conn);
		free(by);
	}
}

void answer_syn(struct answers *a)
{
	answer_sender(a, "S");
}

void answer_synack(struct answers *a)
{
	answer_sender(a, "S.");
}

/* ---- queues ---- */

/* The queue's length before or after an event of its own; both are there or none. */
static bool queue_changed(const struct event *ev, const char *queue, int64_t *old, int64_t *new)
{
	char *old_path = xasprintf("%s.old", queue), *new_path = xasprintf("%s.new", queue);

	*old = event_int(ev, old_path, -1);
	*new = event_int(ev, new_path, -1);
	free(old_path);
	free(new_path);
	return ev->kind == EV_CONN_QUEUE && *old >= 0 && *new >= 0 && *old != *new;
}

static void answer_growth(struct answers *a, const char *queue)
{
	int64_t old, new;

	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		char *conn;

		if (!queue_changed(ev, queue, &old, &new) || new < old || !request_wants(a->rq, ev))
			continue;
		conn = whose(a, ev);
		answer(a,
		       xasprintf(_("%sat %.6f s on %s, from %lld to %lld; the accept queue's "
				   "limit is %lld"),
				 conn, seconds_of(a, ev), or_dash(ev->netns), (long long)old,
				 (long long)new, (long long)event_int(ev, "accept_max", 0)),
		       ev, NULL);
		free(conn);
	}
}

/* What made it shorter: accept(), or the third segment of the handshake. */
static void answer_shrinking(struct answers *a, const char *queue)
{
	int64_t old, new;

	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		char *conn, *comm;

		if (!queue_changed(ev, queue, &old, &new) || new > old || !request_wants(a->rq, ev))
			continue;
		conn = whose(a, ev);
		comm = event_dup(ev, "owner.comm");
		answer(a,
		       xasprintf(_("%sat %.6f s on %s, from %lld to %lld, by %s() for %s"), conn,
				 seconds_of(a, ev), or_dash(ev->netns), (long long)old,
				 (long long)new, or_dash(ev->fn), or_dash(comm)),
		       ev, NULL);
		free(comm);
		free(conn);
	}
}

void answer_accept_queue(struct answers *a)
{
	answer_growth(a, "accept_qlen");
}

void answer_accept_shrinks(struct answers *a)
{
	answer_shrinking(a, "accept_qlen");
}

void answer_syn_queue(struct answers *a)
{
	answer_growth(a, "syn_qlen");
}

void answer_syn_shrinks(struct answers *a)
{
	answer_shrinking(a, "syn_qlen");
}

/* Each time that this happened to a queue, told in these words. */
static void answer_queue(struct answers *a, const char *op, const char *told)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (ev->kind == EV_CONN_QUEUE && request_wants(a->rq, ev) && event_is(ev, "op", op))
			answer_told(a, ev, told);
}

void answer_refused(struct answers *a)
{
	answer_queue(a, "overflow", _("the accept queue was full"));
}

void answer_given_up(struct answers *a)
{
	answer_queue(a, "syn_drop", _("its third segment never came"));
}

/* ---- states ---- */

void answer_established(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		const struct event *syn;
		char *took, *conn;

		if (ev->kind != EV_TCP_STATE || !ev->conn || !event_is(ev, "new", "ESTABLISHED") ||
		    !request_wants(a->rq, ev))
			continue;
		syn = first_syn(a, ev->conn);
		if (!syn)
			continue;
		took = duration(a, syn, ev);
		conn = whose(a, ev);
		answer(a, xasprintf(_("%s%s after the SYN, on %s"), conn, took, or_dash(ev->netns)),
		       syn, ev);
		free(conn);
		free(took);
	}
}

/* Each change, with the line of the function that decided it. */
void answer_changes(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		char *conn, *told, *by, *place;

		if (ev->kind != EV_TCP_STATE || !request_wants(a->rq, ev))
			continue;
		conn = whose(a, ev);
		told = event_sentence(a->rq->trace, ev);
		by = story_function(ev);
		place = story_place(ev);
		answer(a,
		       xasprintf(_("%s%s on %s: %s() in %s"), conn, told, or_dash(ev->netns),
				 or_dash(by), or_dash(place)),
		       ev, NULL);
		free(place);
		free(by);
		free(told);
		free(conn);
	}
}

/* ---- causes ---- */

/* What one end of a connection sent for one cause. */
struct sending {
	const char *cause;
	const struct event *first, *last;
	size_t count;
};

struct sendings {
	VEC(struct sending) of;
};

/* The one that the segment belongs to; the latest are looked at first, since connections follow each other. */
static struct sending *sending_of(struct sendings *all, const struct event *ev, const char *cause)
{
	struct sending *new;

	for (size_t i = all->of.n; i--;) {
		struct sending *s = &all->of.v[i];

		if (s->cause == cause && s->first->conn == ev->conn && s->first->netns == ev->netns)
			return s;
	}
	new = vec_add(&all->of);
	*new = (struct sending){ .cause = cause, .first = ev };
	return new;
}

/* Of each end each cause once, with how many segments it had, the first and the last of them. */
void answer_causes(struct answers *a)
{
	struct sendings all = { 0 };

	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		const char *cause = request_wants(a->rq, ev) ? sent_cause(a->rq->trace, ev) : NULL;
		struct sending *s = cause ? sending_of(&all, ev, cause) : NULL;

		if (s) {
			s->last = ev;
			s->count++;
		}
	}
	for (size_t i = 0; i < all.of.n; i++) {
		const struct sending *s = &all.of.v[i];
		char *conn = whose(a, s->first);

		answer(a,
		       xasprintf(_("%s%s on %s: segments: %zu"), conn, _(s->cause),
				 or_dash(s->first->netns), s->count),
		       s->first, s->count > 1 ? s->last : NULL);
		free(conn);
	}
	vec_free(&all.of);
}

/* ---- who called it ---- */

/* "tcp_v4_do_rcv < tcp_v4_rcv < ip_protocol_deliver_rcu": without the function itself. */
static char *callers_of(const struct event *ev)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));
	struct str out = { 0 };

	for (int i = 0; i <= FRAMES && json_next(&it); i++) {
		if (!i)
			continue;
		str_add(&out, i > 1 ? " < " : "");
		json_text(json_path(it.value, "fn"), &out);
	}
	return str_take(&out);
}

static bool enters(const struct event *ev, const char *fn)
{
	return ev->kind == EV_CALL && text_is(ev->fn, fn) && text_is(ev->at, "enter");
}

static char *callers_text(const struct event *ev)
{
	char *callers = callers_of(ev), *state = event_dup(ev, "args.state");
	char *text = xasprintf(_("on %s in %s: %s"), or_dash(ev->netns), or_dash(state), callers);

	free(callers);
	free(state);
	return text;
}

void answer_callers(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (enters(ev, "tcp_rcv_state_process") && request_wants(a->rq, ev) &&
		    is_new(a, callers_text(ev)))
			answer(a, callers_text(ev), ev, NULL);
}

/* ---- what went wrong ---- */

/* What an event tells, and why, where that is known. */
static void answer_sentence(struct answers *a, const struct event *ev)
{
	char *sentence = event_sentence(a->rq->trace, ev);
	const char *cause = sent_cause(a->rq->trace, ev);
	const char *by = is_sent_as_lost(ev) ? lost_by(a, ev) : NULL;
	char *told = by	     ? xasprintf(_("%s: %s by %s"), sentence, _(cause), _(by))
		     : cause ? xasprintf("%s: %s", sentence, _(cause))
			     : xstrdup(sentence);

	answer_told(a, ev, told);
	free(told);
	free(sentence);
}

void answer_drops(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (ev->kind == EV_SKB_DROP && request_wants(a->rq, ev))
			answer_sentence(a, ev);
}

void answer_again(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (ev->kind == EV_TCP_TX && json_true(event_get(ev, "retrans")) &&
		    request_wants(a->rq, ev))
			answer_sentence(a, ev);
}
