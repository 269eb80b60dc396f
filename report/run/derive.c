// SPDX-License-Identifier: GPL-2.0-or-later
// What an event says that follows from other fields or other events: each is held against them.
#include "run/derive.h"
#include "base/i18n.h"
#include "run/follow.h"
#include "run/ledger.h"

#include <stdlib.h>
#include <string.h>

enum {
	LOOK_BACK = 5000, /* calls that have not returned: of many the return is not watched */
};

/* A connection has the ends that its first segment names. */
static void check_ends(struct derive *d, const struct event *ev)
{
	const struct conn *conn = trace_conn(d->trace, ev->conn);
	int64_t sport, dport;
	bool other = conn && conn->client_addr;

	if (!ev->conn || ev->kind == EV_SKB_DROP || !json_int(event_get(ev, "sport"), &sport) ||
	    !json_int(event_get(ev, "dport"), &dport) || !sport || !dport ||
	    (conn && conn_has_ports(conn, sport, dport)) || event_has_former_port(d->trace, ev))
		return;
	for (size_t i = 0; !other && i < d->trace->conns.n; i++)
		other = conn_has_ports(&d->trace->conns.v[i], sport, dport);
	if (other)
		trace_contradicts(d->trace, ev, "conn", _("another: it has not these ports"));
}

/* The value was another one between two events that have the same: no task and no socket goes back. */
static void check_return_of(struct derive *d, const struct seen *seen, const struct event *ev,
			    const char *path)
{
	char *value;

	if (!seen->before || event_get(ev, path).kind == JSON_NULL ||
	    event_get(seen->last, path).kind == JSON_NULL || event_same(seen->last, ev, path) ||
	    !event_same(seen->before, ev, path))
		return;
	value = event_dup(ev, path);
	trace_contradicts(d->trace, seen->last, path, "%s", value);
	free(value);
}

static struct seen *seen_of(struct seen *v, size_t n, const char *key)
{
	size_t end = n > LOOK_BACK ? n - LOOK_BACK : 0;

	while (n-- > end)
		if (v[n].key == key)
			return &v[n];
	return NULL;
}

#define SEEN(list, k)                               \
	(seen_of((list)->v, (list)->n, k)           \
		 ? seen_of((list)->v, (list)->n, k) \
		 : (*vec_add(list) = (struct seen){ .key = (k) }, &(list)->v[(list)->n - 1]))

static const char *key_of(struct derive *d, const struct event *ev, const char *path)
{
	char *text = event_dup(ev, path);
	const char *key = *text ? names_get(d->trace->names, text, strlen(text)) : NULL;

	free(text);
	return key;
}

static void note(struct seen *seen, const struct event *ev)
{
	seen->before = seen->last;
	seen->last = ev;
}

static void check_seen(struct derive *d, const struct event *ev)
{
	const char *sk = key_of(d, ev, "sk");
	struct seen *seen;

	if (ev->pid) {
		seen = SEEN(&d->tasks, (const char *)(uintptr_t)ev->pid);
		check_return_of(d, seen, ev, "comm");
		note(seen, ev);
	}
	if (sk) {
		seen = SEEN(&d->sockets, sk);
		check_return_of(d, seen, ev, "owner");
		note(seen, ev);
	}
	if (ev->fn && text_is(ev->at, "enter")) {
		seen = SEEN(&d->functions, ev->fn);
		if (seen->last && !event_same(seen->last, ev, "file"))
			trace_contradicts(d->trace, ev, "file", _("that of event %lld"),
					  (long long)seen->last->n);
		if (seen->last && !event_same(seen->last, ev, "line"))
			trace_contradicts(d->trace, ev, "line", _("that of event %lld"),
					  (long long)seen->last->n);
		note(seen, ev);
	}
}

/* Names and values that stand for each other: include/net/tcp_states.h, whose last one came with 6.8 (91051f003948). */
static void check_pairs(struct derive *d, const struct event *ev)
{
	static const char *const states[] = {
		"0",	     "ESTABLISHED", "SYN_SENT",	    "SYN_RECV",	     "FIN_WAIT1",
		"FIN_WAIT2", "TIME_WAIT",   "CLOSE",	    "CLOSE_WAIT",    "LAST_ACK",
		"LISTEN",    "CLOSING",	    "NEW_SYN_RECV", "BOUND_INACTIVE"
	};
	static const char *const pairs[][2] = { { "old", "old_raw" }, { "new", "new_raw" } };
	int64_t raw;

	for (size_t i = 0; ev->kind == EV_TCP_STATE && i < ARRAY_SIZE(pairs); i++)
		if (json_int(event_get(ev, pairs[i][1]), &raw) && raw > 0) {
			if ((size_t)raw < ARRAY_SIZE(states))
				event_must_say(d->trace, ev, pairs[i][0], states[raw]);
			else
				trace_contradicts(d->trace, ev, pairs[i][1], _("less than %zu"),
						  ARRAY_SIZE(states));
		}
}

/* include/net/inet_connection_sock.h, request_sock.h: what an operation does to a queue. */
static void check_queue(struct derive *d, const struct event *ev)
{
	static const struct {
		const char *op, *old, *new;
		int64_t by;
	} ops[] = {
		{ "syn_add", "syn_qlen.old", "syn_qlen.new", 1 },
		{ "accept_add", "accept_qlen.old", "accept_qlen.new", 1 },
		{ "accept_remove", "accept_qlen.old", "accept_qlen.new", -1 },
	};
	int64_t old;

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (event_is(ev, "op", ops[i].op) && json_int(event_get(ev, ops[i].old), &old))
			event_must_be(d->trace, ev, ops[i].new, old + ops[i].by);
}

/* The event that this return belongs to: the last one entered, of the same function and task. */
static const struct event *take_entry(struct derive *d, const struct event *ev)
{
	size_t end = d->open.n > LOOK_BACK ? d->open.n - LOOK_BACK : 0;

	for (size_t i = d->open.n; i-- > end;) {
		const struct event *enter = &d->trace->events.v[d->open.v[i]];

		if (enter->fn != ev->fn || enter->pid != ev->pid || enter->ctx != ev->ctx)
			continue;
		memmove(d->open.v + i, d->open.v + i + 1, (d->open.n - i - 1) * sizeof(*d->open.v));
		d->open.n--;
		return enter;
	}
	return NULL;
}

static bool is_returning(const struct event *ev)
{
	return text_is(ev->at, "return") && (ev->kind == EV_CALL || ev->kind == EV_SYSCALL_EXIT);
}

/* What a call says when it is entered and when it returns. */
static const char *const of_both[] = { "netns", "comm", "sk", "fd", "dev", "ctx" };

/* Whether what the call was given is said again; how it ended may stand behind it. */
static bool same_args(const struct event *enter, const struct event *ev)
{
	struct json before = event_get(enter, "args"), after = event_get(ev, "args");
	struct json_iter it = json_iter(before);
	bool same = before.kind == JSON_OBJECT && after.kind == JSON_OBJECT;

	if (ev->kind != EV_SYSCALL_EXIT)
		return event_same(enter, ev, "args");
	while (same && json_next(&it)) {
		char *key = json_dup(it.key), *one = json_dup(it.value);
		char *two = json_dup(json_get(after, key, strlen(key)));

		same = text_is(one ? one : "", two ? two : "");
		free(key);
		free(one);
		free(two);
	}
	return same;
}

static void check_return(struct derive *d, const struct event *ev)
{
	const struct event *enter = take_entry(d, ev);

	if (!enter && ev->kind == EV_SYSCALL_EXIT)
		trace_contradicts(d->trace, ev, "at", _("an exit of a call that nobody entered"));
	if (!enter || enter->kind + (ev->kind == EV_SYSCALL_EXIT) != ev->kind)
		return;
	if (!same_args(enter, ev))
		trace_contradicts(d->trace, ev, "args", _("those of event %lld"),
				  (long long)enter->n);
	for (size_t i = 0; i < ARRAY_SIZE(of_both); i++)
		event_must_be_as(d->trace, ev, of_both[i], enter, of_both[i]);
	event_must_be(d->trace, ev, "parent", enter->n);
	if (ev->kind == EV_SYSCALL_EXIT) {
		event_must_be(d->trace, ev, "dur_ns", ev->t_ns - enter->t_ns);
		if (!event_same(enter, ev, "name"))
			trace_contradicts(d->trace, ev, "name", _("that of event %lld"),
					  (long long)enter->n);
	}
}

static void check_calls(struct derive *d, const struct event *ev)
{
	if (text_is(ev->at, "enter") && (ev->kind == EV_CALL || ev->kind == EV_SYSCALL_ENTER))
		*vec_add(&d->open) = (size_t)(ev - d->trace->events.v);
	else if (is_returning(ev))
		check_return(d, ev);
	if (ev->kind == EV_SYSCALL_EXIT || ev->kind == EV_SYSCALL_ENTER) {
		int64_t ret = event_int(ev, "ret", 0);
		bool named = event_get(ev, "ret_name").kind > JSON_NULL;

		if (named != (ret < 0 && ret >= -4095))
			trace_contradicts(d->trace, ev, "ret_name", _("that of %lld"),
					  (long long)ret);
	}
	if (ev->kind == EV_SYSCALL_ENTER && event_get(ev, "dur_ns").kind == JSON_NUMBER)
		trace_contradicts(d->trace, ev, "dur_ns", "null");
}

static void check_parent(struct derive *d, const struct event *ev)
{
	const struct event *parent;

	if (!ev->parent)
		return;
	/* numbers have no gap, so the place is n - 1 */
	parent = (size_t)ev->parent <= d->trace->events.n ? &d->trace->events.v[ev->parent - 1]
							  : NULL;
	if (!parent || parent >= ev || !text_is(parent->at, "enter"))
		trace_contradicts(d->trace, ev, "parent", _("none that was entered"));
}

static void check_point(struct derive *d, const struct event *ev)
{
	for (size_t i = 0; ev->point && i < d->trace->points.n; i++) {
		const struct point *point = &d->trace->points.v[i];

		if (strcmp(point->name, ev->point) != 0)
			continue;
		if (text_is(point->as, "out_of_line") || text_is(point->as, "substituted"))
			event_must_say(d->trace, ev, "fn", point->fn);
		return;
	}
	if (ev->point && d->trace->points.n)
		trace_contradicts(d->trace, ev, "point", _("one of the run's points"));
}

static void check_order(struct derive *d, const struct event *ev)
{
	const struct event *before = ev - 1;

	if (ev == d->trace->events.v)
		return;
	if (ev->t_ns < before->t_ns)
		trace_contradicts(d->trace, ev, "t_ns", _("not before event %lld"),
				  (long long)before->n);
	if (event_int(ev, "icount", INT64_MAX) < event_int(before, "icount", 0))
		trace_contradicts(d->trace, ev, "icount", _("not before event %lld"),
				  (long long)before->n);
}

static void check_step(struct derive *d, const struct event *ev)
{
	if (ev->kind == EV_STEP)
		event_must_say(d->trace, ev, "name", ev->step ? ev->step : "");
	if (ev->kind == EV_STEP)
		d->step = ev->step;
	else if (ev->step != d->step)
		trace_contradicts(d->trace, ev, "step", "%s", d->step ? d->step : "null");
}

static void check_event(struct derive *d, const struct event *ev)
{
	check_order(d, ev);
	check_step(d, ev);
	check_point(d, ev);
	check_parent(d, ev);
	check_calls(d, ev);
	check_ends(d, ev);
	check_seen(d, ev);
	check_pairs(d, ev);
	if (ev->kind == EV_CONN_QUEUE)
		check_queue(d, ev);
	shapes_check(d->trace, ev);
	stacks_check(d->trace, ev);
	lives_check(d->lives, ev);
	lookups_check(d->lookups, ev);
	callers_check(d->callers, ev);
	numbers_check(d->numbers, ev);
	datagrams_check(d->datagrams, ev);
	echoes_check(d->trace, ev);
	discoveries_check(d->trace, ev);
	registered_check(d->registered, ev);
	whose_check(d->whose, ev);
	if (ev->kind == EV_TCP_TX || ev->kind == EV_TCP_RX)
		check_segment(d, ev);
}

/* What the last line counts for each point. */
static void check_points(struct derive *d)
{
	const struct trace *trace = d->trace;
	size_t *made = xcalloc(trace->points.n, sizeof(*made));

	for (size_t i = 0; i < trace->events.n; i++)
		for (size_t p = 0; trace->events.v[i].point && p < trace->points.n; p++)
			if (strcmp(trace->points.v[p].name, trace->events.v[i].point) == 0) {
				made[p]++;
				break;
			}
	for (size_t p = 0; p < trace->points.n; p++)
		if (trace->has_end && trace->complete &&
		    made[p] != (size_t)trace->points.v[p].events)
			trace_unmatched(d->trace,
					xasprintf(_("the end line counts %lld events of %s, there "
						    "are %zu"),
						  (long long)trace->points.v[p].events,
						  trace->points.v[p].name, made[p]));
	free(made);
}

/* The file's own counts. */
static void check_counts(struct derive *d)
{
	const struct trace *trace = d->trace;

	if (trace->has_end && trace->end_events != (int64_t)trace->events.n)
		trace_unmatched(d->trace,
				xasprintf(_("the end line counts %lld events, there are %zu"),
					  (long long)trace->end_events, trace->events.n));
}

void derive_check(struct trace *trace)
{
	struct derive d = { .trace = trace,
			    .lives = lives_new(trace),
			    .lookups = lookups_new(trace),
			    .callers = callers_new(trace),
			    .numbers = numbers_new(trace),
			    .datagrams = datagrams_new(trace),
			    .registered = registered_new(trace),
			    .whose = whose_new(trace) };

	for (size_t i = 0; i < trace->events.n; i++)
		check_event(&d, &trace->events.v[i]);
	check_counts(&d);
	check_points(&d);
	vec_free(&d.tasks);
	vec_free(&d.sockets);
	vec_free(&d.functions);
	for (size_t i = 0; i < d.ends.n; i++)
		vec_free(&d.ends.v[i].bases);
	vec_free(&d.ends);
	lives_free(d.lives);
	lookups_free(d.lookups);
	callers_free(d.callers);
	numbers_free(d.numbers);
	datagrams_free(d.datagrams);
	registered_free(d.registered);
	whose_free(d.whose);
	vec_free(&d.open);
}
