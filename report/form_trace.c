// SPDX-License-Identifier: GPL-2.0-or-later
// trace.json: the run as a Chrome trace, which the Perfetto UI and chrome://tracing open.
#include "form.h"
#include "ladder.h"

#include <stdlib.h>
#include <string.h>

/*
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 * A process is a node; a thread is a task of it, or its softirq (thread 0). A slice is an event;
 * a system call is one slice from enter to exit. Arrows (flows) join a packet's two ends.
 */
enum {
	SOFTIRQ_TRACK = 0
};

struct tracks {
	FILE *out;
	const struct trace *trace;
	bool first;
	VEC(int64_t) named; /* tracks that have a name by now */
};

static void put_comma(struct tracks *t)
{
	fputs(t->first ? "\n" : ",\n", t->out);
	t->first = false;
}

static void put_string(FILE *out, const char *text)
{
	struct str quoted = { 0 };

	json_quote(&quoted, text);
	fputs(str_text(&quoted), out);
	str_free(&quoted);
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
	put_string(t->out, name);
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

/* Times are in us; what has no duration gets as long as is needed to be seen. */
static void put_slice(struct tracks *t, const struct event *ev, int64_t from_ns, int64_t dur_ns)
{
	char *sentence = event_sentence(t->trace, ev);

	put_comma(t);
	fputs("{\"ph\":\"X\",\"name\":", t->out);
	put_string(t->out, sentence && *sentence ? sentence : ev->type);
	fprintf(t->out, ",\"cat\":");
	put_string(t->out, ev->type);
	fprintf(t->out, ",\"pid\":%lld,\"tid\":%lld,\"ts\":%lld.%03lld,\"dur\":%lld.%03lld",
		(long long)process_of(t->trace, ev), (long long)thread_of(ev),
		(long long)(from_ns / 1000), (long long)(from_ns % 1000),
		(long long)(dur_ns / 1000), (long long)(dur_ns % 1000));
	fprintf(t->out, ",\"args\":{\"n\":%lld,\"fn\":", (long long)ev->n);
	put_string(t->out, ev->fn ? ev->fn : "");
	fputs("}}", t->out);
	free(sentence);
}

static void put_flow(struct tracks *t, const struct event *ev, const char *phase, size_t id)
{
	put_comma(t);
	fprintf(t->out,
		"{\"ph\":\"%s\",\"name\":\"packet\",\"cat\":\"packet\",\"id\":%zu,\"pid\":%lld,"
		"\"tid\":%lld,\"ts\":%lld.%03lld%s}",
		phase, id, (long long)process_of(t->trace, ev), (long long)thread_of(ev),
		(long long)(ev->t_ns / 1000), (long long)(ev->t_ns % 1000),
		*phase == 'f' ? ",\"bp\":\"e\"" : "");
}

enum {
	SEEN_NS = 1000
};

static void put_event(struct tracks *t, const struct event *ev)
{
	int64_t dur_ns = event_int(ev, "dur_ns", -1);
	size_t index = (size_t)(ev - t->trace->events.v) + 1;

	name_track(t, ev);
	if (ev->kind == EV_SYSCALL_ENTER)
		return;
	if (ev->kind == EV_SYSCALL_EXIT && dur_ns > 0 && dur_ns <= ev->t_ns)
		put_slice(t, ev, ev->t_ns - dur_ns, dur_ns);
	else
		put_slice(t, ev, ev->t_ns, SEEN_NS);
	if (ev->peer && (ev->kind == EV_TCP_TX || ev->kind == EV_ARP_TX))
		put_flow(t, ev, "s", index);
	else if (ev->peer)
		put_flow(t, ev, "f", ev->peer);
}

void form_trace(FILE *out, const struct request *rq)
{
	struct tracks t = { .out = out, .trace = rq->trace, .first = true };

	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", out);
	for (size_t i = 0; i < request_events(rq); i++)
		if (request_wants(rq, &rq->trace->events.v[i]))
			put_event(&t, &rq->trace->events.v[i]);
	fputs("\n]}\n", out);
	vec_free(&t.named);
}
