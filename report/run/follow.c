// SPDX-License-Identifier: GPL-2.0-or-later
// What checks of events have in common: the questions that they ask, and how they say that two fields differ.
#include "run/follow.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum {
	CALLERS = 5, /* frames of a stack that was not cut off */
	LOOK_AHEAD =
		20, /* events between one that sends and that of its drop by the device's queue */
};

static bool is_value(struct json v)
{
	return v.kind != JSON_NONE && v.kind != JSON_NULL;
}

/* Both are as their writer writes each value: one way. */
static bool same_value(struct json a, struct json b)
{
	size_t len = (size_t)(a.end - a.p);

	return a.kind == b.kind && len == (size_t)(b.end - b.p) && memcmp(a.p, b.p, len) == 0;
}

bool event_has(const struct event *ev, const char *path)
{
	return is_value(event_get(ev, path));
}

bool event_agrees(const struct event *ev, const char *path, const struct event *other,
		  const char *other_path)
{
	struct json one = event_get(ev, path), two = event_get(other, other_path);

	return is_value(one) && is_value(two) && same_value(one, two);
}

void event_must_be(struct trace *trace, const struct event *ev, const char *path, int64_t wanted)
{
	int64_t number;

	if (json_int(event_get(ev, path), &number) && number != wanted)
		trace_contradicts(trace, ev, path, "%lld", (long long)wanted);
}

void event_must_say(struct trace *trace, const struct event *ev, const char *path,
		    const char *wanted)
{
	if (event_get(ev, path).kind == JSON_STRING && !event_is(ev, path, wanted))
		trace_contradicts(trace, ev, path, "%s", wanted);
}

void event_must_be_as(struct trace *trace, const struct event *ev, const char *path,
		      const struct event *other, const char *other_path)
{
	struct json one = event_get(ev, path), two = event_get(other, other_path);
	char *text;

	if (!is_value(one) || !is_value(two) || same_value(one, two))
		return;
	text = event_dup(other, other_path);
	trace_contradicts(trace, ev, path, _("%s, as event %lld says"), text, (long long)other->n);
	free(text);
}

/* kernel/softirq.c: below these, whoever was interrupted or let softirqs run stands on a stack. */
static const char softirq_file[] = "kernel/softirq.c";
static const char *const softirqs[] = { "{\"fn\":\"__do_softirq\"", "{\"fn\":\"handle_softirqs\"" };

/* Where what serves a softirq begins in the event's text, or NULL. */
static const char *softirq_of(const struct event *ev)
{
	const char *first = NULL;

	/* a quote in any text has a backslash before it, so what is found is a frame */
	for (size_t i = 0; i < ARRAY_SIZE(softirqs); i++) {
		const char *at = memmem(ev->text + ev->head, ev->len - ev->head, softirqs[i],
					strlen(softirqs[i]));

		if (at && (!first || at < first))
			first = at;
	}
	return first;
}

/* The kernel's own thread for softirqs: what stands on its stack is all of one matter. */
static bool is_thread(const struct event *ev)
{
	struct json comm = event_get(ev, "comm");
	static const char thread[] = "\"ksoftirqd/";

	return comm.kind == JSON_STRING && (size_t)(comm.end - comm.p) > sizeof(thread) - 1 &&
	       memcmp(comm.p, thread, sizeof(thread) - 1) == 0;
}

enum event_runs event_runs(const struct event *ev)
{
	if (text_is(ev->ctx, "task"))
		return RUNS_TASK;
	return is_thread(ev) ? RUNS_THREAD : RUNS_INTERRUPTING;
}

size_t event_own_frames(const struct event *ev)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));
	size_t n = 0, end = 0;

	while (json_next(&it)) {
		n++;
		if (json_is(json_path(it.value, "file"), softirq_file))
			end = n;
	}
	return end && event_runs(ev) == RUNS_INTERRUPTING ? end : n;
}

bool event_is_softirq(const struct event *ev)
{
	return softirq_of(ev) != NULL;
}

char *event_own_text(const struct event *ev, size_t *len)
{
	const char *end = softirq_of(ev);
	struct str own = { 0 };

	if (!end || end[-1] != ',')
		return NULL;
	str_addn(&own, ev->text, (size_t)(end - 1 - ev->text));
	str_add(&own, "]}");
	*len = own.len;
	return str_take(&own);
}

/* Whether the function has a frame in this part of an event's text. */
static bool has_frame(const char *from, const char *end, const char *function)
{
	char *frame = xasprintf("{\"fn\":\"%s\"", function);
	bool found = memmem(from, (size_t)(end - from), frame, strlen(frame)) != NULL;

	free(frame);
	return found;
}

bool event_stack_has(const struct event *ev, const char *const *functions)
{
	const char *end = softirq_of(ev);
	const char *from = ev->text + ev->head;

	if (!end)
		end = ev->text + ev->len;
	for (; *functions; functions++)
		if (has_frame(from, end, *functions))
			return true;
	return false;
}

bool event_whole_stack_has(const struct event *ev, const char *function)
{
	return has_frame(ev->text + ev->head, ev->text + ev->len, function);
}

bool event_may_be_refused(const struct trace *trace, const struct event *ev)
{
	const struct event *end = trace->events.v + trace->events.n;

	if (!ev->pkt)
		return false;
	for (const struct event *e = ev + 1; e < end && e <= ev + LOOK_AHEAD; e++)
		if (e->kind == EV_SKB_DROP && e->pkt == ev->pkt && e->netns == ev->netns)
			return event_is(e, "by_fn", "__dev_xmit_skb");
	return false;
}

const struct event *event_former_life(const struct trace *trace, const struct event *ev)
{
	if (ev->kind != EV_TCP_STATE || !event_is(ev, "new", "SYN_SENT") ||
	    !event_has(ev, "in_old_ns"))
		return NULL;
	for (const struct event *e = ev; e-- > trace->events.v;)
		if (e->kind == EV_TCP_STATE && event_agrees(e, "sk", ev, "sk"))
			return e;
	return NULL;
}

bool event_has_former_port(const struct trace *trace, const struct event *ev)
{
	const struct event *former = event_former_life(trace, ev);

	return former && event_agrees(former, "sport", ev, "sport");
}

bool conn_has_ports(const struct conn *conn, int64_t sport, int64_t dport)
{
	return (conn->client_port == sport && conn->server_port == dport) ||
	       (conn->client_port == dport && conn->server_port == sport);
}

bool event_is_unset(const struct event *ev, const char *path)
{
	return event_is(ev, path, "0.0.0.0") || event_is(ev, path, "::") ||
	       event_is(ev, path, "::ffff:0.0.0.0");
}

bool event_has_callers(const struct event *ev)
{
	static const char frame[] = "{\"fn\":\"";
	const char *p = ev->text + ev->head, *end = ev->text + ev->len;
	int frames = 0;

	while (frames < CALLERS && (p = memmem(p, (size_t)(end - p), frame, strlen(frame))) != NULL)
		p++, frames++;
	return frames == CALLERS;
}

bool event_may_have(const struct event *ev, const char *path)
{
	return type_has_key(ev->row, path, strcspn(path, "."));
}

#define MAPPED \
	"::ffff:" /* what an address of IPv4 begins with for a socket of IPv6: RFC 4291 2.5.5.2 */

const char *address_asked(const char *text)
{
	bool mapped = strncmp(text, MAPPED, strlen(MAPPED)) == 0;

	return mapped && strchr(text, '.') ? text + strlen(MAPPED) : text;
}

void event_must_be_handed(struct trace *trace, const struct event *ev, const char *path,
			  const struct event *around, const char *around_path)
{
	char *text = event_dup(around, around_path), *own = event_dup(ev, path);

	if (address_asked(text) == text)
		event_must_be_as(trace, ev, path, around, around_path);
	else if (strcmp(address_asked(own), address_asked(text)) != 0)
		event_must_say(trace, ev, path, address_asked(text));
	free(text);
	free(own);
}

bool event_is_end(const struct event *ev, const char *address, const char *port, const char *end)
{
	const char *colon = strrchr(end, ':');
	char *name, *text;
	bool same;

	if (!colon || event_int(ev, port, 0) != strtoll(colon + 1, NULL, 10))
		return false;
	name = event_dup(ev, address);
	text = xasprintf(strchr(name, ':') ? "[%s]" : "%s", name);
	same = strlen(text) == (size_t)(colon - end) && starts_with(end, text);
	free(name);
	free(text);
	return same;
}
