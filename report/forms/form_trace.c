// SPDX-License-Identifier: GPL-2.0-or-later
// trace.json: the run as a Chrome trace, which the Perfetto UI and chrome://tracing open.
#include "forms/form.h"
#include "views/ladder.h"
#include "types/story.h"
#include "types/tell.h"

#include <stdlib.h>
#include <string.h>

/*
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 * A process is a node; a thread is a task of it, or its softirq (thread 0). Only what has two known ends is long: a
 * call from entry to return, a packet from sender to receiver and a neighbour's state until the next (both of them on
 * tracks of their own); all else is an instant. Arrows (flows) join the calls that sent a packet and received it.
 */
enum {
	SOFTIRQ_TRACK = 0,
	MOST_OPEN = 256, /* calls at once that wait for their return */
};

struct tracks {
	FILE *out;
	const struct trace *trace;
	bool first;
	VEC(size_t) open; /* entries without a return by now */
	const struct event *
		*returns; /* of each entry its return, of each return its entry, or NULL */
	VEC(int64_t) named; /* tracks that have a name by now */
};

static void put_comma(struct tracks *t)
{
	fputs(t->first ? "\n" : ",\n", t->out);
	t->first = false;
}

static int64_t process_of(const struct trace *trace, const struct event *ev)
{
	for (size_t i = 0; i < trace->nodes.n; i++)
		if (trace->nodes.v[i].name == ev->netns)
			return (int64_t)i + 1;
	return 0;
}

static int64_t thread_of(const struct event *ev)
{
	return text_is(ev->ctx, "task") ? ev->pid : SOFTIRQ_TRACK;
}

static void put_name(struct tracks *t, const char *what, int64_t pid, int64_t tid, const char *name)
{
	put_comma(t);
	fprintf(t->out,
		"{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%lld,\"tid\":%lld,\"args\":{\"name\":", what,
		(long long)pid, (long long)tid);
	json_put(t->out, name);
	fputs("}}", t->out);
}

static void name_track(struct tracks *t, const struct event *ev)
{
	int64_t pid = process_of(t->trace, ev), tid = thread_of(ev), key = pid << 32 | tid;
	char *comm;

	for (size_t i = 0; i < t->named.n; i++)
		if (t->named.v[i] == key)
			return;
	*vec_add(&t->named) = key;
	comm = event_dup(ev, "comm");
	put_name(t, "process_name", pid, tid, pid ? ev->netns : "outside of the nodes");
	put_name(t, "thread_name", pid, tid, tid == SOFTIRQ_TRACK ? "softirq" : comm);
	free(comm);
}

/* What stands in each kind of record: name, category, track and time, in us. */
static void put_record(struct tracks *t, const char *phase, const struct event *ev,
		       const char *name, int64_t t_ns)
{
	put_comma(t);
	fprintf(t->out, "{\"ph\":\"%s\",\"name\":", phase);
	json_put(t->out, name);
	fputs(",\"cat\":", t->out);
	json_put(t->out, ev->type);
	fprintf(t->out, ",\"pid\":%lld,\"tid\":%lld,\"ts\":%lld.%03lld",
		(long long)process_of(t->trace, ev), (long long)thread_of(ev),
		(long long)(t_ns / 1000), (long long)(t_ns % 1000));
}

/* All fields of the event but its stack, and the place that decided. */
static void put_args(struct tracks *t, const struct event *ev)
{
	struct json stack = event_get(ev, "stack");
	const char *end = ev->text + ev->len;
	char *place = story_place(ev), *fn = story_function(ev);

	fputs(",\"args\":{\"decided_in\":", t->out);
	json_put(t->out, fn ? fn : "");
	fputs(",\"place\":", t->out);
	json_put(t->out, place ? place : "");
	fputc(',', t->out);
	if (stack.kind == JSON_ARRAY) {
		fwrite(ev->text + 1, 1, (size_t)(stack.p - ev->text - 1), t->out);
		fputs("null", t->out);
		fwrite(stack.end, 1, (size_t)(end - stack.end), t->out);
	} else {
		fwrite(ev->text + 1, 1, (size_t)(end - ev->text - 1), t->out);
	}
	fputc('}', t->out);
	free(fn);
	free(place);
}

/* ---- calls ---- */

static bool is_return(const struct event *ev)
{
	return ev->kind == EV_SYSCALL_EXIT || (ev->kind == EV_CALL && text_is(ev->at, "return"));
}

static bool is_entry(const struct event *ev)
{
	return ev->kind == EV_SYSCALL_ENTER || (ev->kind == EV_CALL && text_is(ev->at, "enter"));
}

/* Finds each entry's return: the next one of the same function in the same task that is not taken. */
static void pair_calls(struct tracks *t)
{
	size_t n = t->trace->events.n;

	t->returns = xcalloc(n ? n : 1, sizeof(*t->returns));
	for (size_t i = 0; i < n; i++) {
		const struct event *end = &t->trace->events.v[i];

		for (size_t k = t->open.n; is_return(end) && k--;) {
			const struct event *ev = &t->trace->events.v[t->open.v[k]];

			if (ev->fn != end->fn || ev->pid != end->pid || ev->ctx != end->ctx)
				continue;
			t->returns[t->open.v[k]] = end;
			t->returns[i] = ev;
			for (t->open.n--; k < t->open.n; k++)
				t->open.v[k] = t->open.v[k + 1];
			break;
		}
		if (is_entry(end) && t->open.n < MOST_OPEN)
			*vec_add(&t->open) = i;
	}
}

static void put_call(struct tracks *t, const struct event *ev, const struct event *end)
{
	char *sentence = ev->kind == EV_SYSCALL_ENTER ? call_sentence(ev, end)
						      : event_sentence(t->trace, ev);
	int64_t dur_ns = end->t_ns - ev->t_ns;

	put_record(t, "X", ev, sentence ? sentence : ev->type, ev->t_ns);
	fprintf(t->out, ",\"dur\":%lld.%03lld", (long long)(dur_ns / 1000),
		(long long)(dur_ns % 1000));
	put_args(t, ev);
	free(sentence);
}

static void put_instant(struct tracks *t, const struct event *ev)
{
	char *sentence = event_sentence(t->trace, ev);

	put_record(t, "i", ev, sentence && *sentence ? sentence : ev->type, ev->t_ns);
	fputs(",\"s\":\"t\"", t->out);
	put_args(t, ev);
	free(sentence);
}

/* ---- packets ---- */

/* The call that an event lies in, if its return is known. */
static const struct event *call_around(const struct tracks *t, const struct event *ev)
{
	const struct event *first = t->trace->events.v;

	for (const struct event *call = ev; call-- > first;)
		if (is_entry(call) && call->pid == ev->pid && call->ctx == ev->ctx &&
		    call->netns == ev->netns && t->returns[call - first] &&
		    t->returns[call - first] > ev)
			return call;
	return NULL;
}

/* The call that takes a received packet on: the next of its task, if it has the same packet. */
static const struct event *call_after(const struct tracks *t, const struct event *ev)
{
	const struct event *first = t->trace->events.v, *end = first + t->trace->events.n;

	for (const struct event *call = ev + 1; call < end; call++)
		if (is_entry(call) && call->pid == ev->pid && call->ctx == ev->ctx &&
		    call->netns == ev->netns && t->returns[call - first])
			return call->pkt == ev->pkt ? call : NULL;
	return NULL;
}

static void put_flow(struct tracks *t, const struct event *ev, const char *phase, size_t id)
{
	put_record(t, phase, ev, "packet", ev->t_ns);
	fprintf(t->out, ",\"id\":%zu}", id);
}

/* From where it was sent to where it was received, in the sender's process. */
static void put_packet(struct tracks *t, const struct event *ev)
{
	const struct event *peer = &t->trace->events.v[ev->peer - 1];
	size_t id = (size_t)(ev - t->trace->events.v) + 1;
	char *sentence = event_sentence(t->trace, ev);

	put_record(t, "b", ev, sentence, ev->t_ns);
	fprintf(t->out, ",\"id\":%zu}", id);
	put_record(t, "e", ev, sentence, peer->t_ns);
	fprintf(t->out, ",\"id\":%zu}", id);
	if (call_around(t, ev) && call_after(t, peer)) {
		put_flow(t, ev, "s", id);
		put_flow(t, peer, "f", id);
	}
	free(sentence);
}

/* ---- what goes on between events ---- */

static void put_counter(struct tracks *t, const struct event *ev, const char *name,
			const char *path)
{
	int64_t value = event_int(ev, path, -1);

	if (value < 0)
		return;
	put_record(t, "C", ev, name, ev->t_ns);
	fprintf(t->out, ",\"args\":{\"value\":%lld}}", (long long)value);
}

static void put_counters(struct tracks *t, const struct event *ev)
{
	if (ev->kind == EV_CONN_QUEUE) {
		put_counter(t, ev, "SYN queue", "syn_qlen.new");
		put_counter(t, ev, "accept queue", "accept_qlen.new");
	}
	if (ev->kind == EV_CALL)
		put_counter(t, ev, "cwnd", "args.cwnd");
}

static const struct event *next_state(const struct tracks *t, const struct event *ev)
{
	for (const struct event *next = ev + 1; next < t->trace->events.v + t->trace->events.n;
	     next++)
		if (next->kind == EV_NEIGH_STATE && next->netns == ev->netns &&
		    event_same(next, ev, "ip"))
			return next;
	return NULL;
}

static void put_neighbour(struct tracks *t, const struct event *ev)
{
	const struct event *next = next_state(t, ev);
	char *state = event_dup(ev, "nud.new"), *ip = event_dup(ev, "ip");
	char *name = xasprintf("%s %s", ip, state);

	if (next) {
		put_record(t, "b", ev, name, ev->t_ns);
		fprintf(t->out, ",\"id\":%lld}", (long long)ev->n);
		put_record(t, "e", ev, name, next->t_ns);
		fprintf(t->out, ",\"id\":%lld}", (long long)ev->n);
	}
	free(name);
	free(ip);
	free(state);
}

static void put_event(struct tracks *t, const struct event *ev)
{
	const struct event *other = t->returns[ev - t->trace->events.v];

	name_track(t, ev);
	if (is_entry(ev) && other)
		put_call(t, ev, other);
	else if (!is_return(ev) || !other)
		put_instant(t, ev);
	if (ev->peer && (ev->kind == EV_TCP_TX || ev->kind == EV_ARP_TX))
		put_packet(t, ev);
	if (ev->kind == EV_NEIGH_STATE)
		put_neighbour(t, ev);
	put_counters(t, ev);
}

void form_trace(FILE *out, const struct request *rq)
{
	struct tracks t = { .out = out, .trace = rq->trace, .first = true };

	pair_calls(&t);
	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", out);
	for (size_t i = 0; i < request_events(rq); i++)
		if (request_wants(rq, &rq->trace->events.v[i]))
			put_event(&t, &rq->trace->events.v[i]);
	fputs("\n]}\n", out);
	vec_free(&t.named);
	vec_free(&t.open);
	free(t.returns);
}
