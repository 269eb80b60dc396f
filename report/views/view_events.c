// SPDX-License-Identifier: GPL-2.0-or-later
// Views that follow something through all kinds of events: calls, a packet, a connection, a step.
#include "base/i18n.h"
#include "run/follow.h"
#include "types/tell.h"
#include "views/view.h"

#include <stdlib.h>
#include <string.h>

enum {
	DEEPEST = 12
};

static int depth_of(const struct trace *trace, const struct event *ev)
{
	int depth = 0;

	while (depth < DEEPEST && (ev = trace_event(trace, ev->parent)) != NULL)
		depth++;
	return depth;
}

static void add_words(struct str *out, const struct trace *trace, const struct event *ev)
{
	char *sentence = event_sentence(trace, ev);

	if (sentence && *sentence)
		str_add(out, sentence);
	else
		str_addf(out, "%s%s%s", ev->type, ev->fn ? " " : "", ev->fn ? ev->fn : "");
	if (ev->row->way == WAY_OUT)
		str_add(out, _(" sent"));
	else if (ev->row->way == WAY_IN)
		str_add(out, _(" received"));
	free(sentence);
}

static const struct column event_columns[] = {
	{ .key = "n", .title = N_("n") },
	{ .key = "seconds", .title = N_("seconds") },
	{ .key = "netns", .title = N_("node") },
	{ .key = "ctx", .title = N_("context") },
	{ .key = "comm", .title = N_("on the CPU") },
	{ .key = "owner", .title = N_("for") },
	{ .key = "what", .title = N_("what") },
	{ .key = "fn", .title = N_("in") },
	{ .key = "place", .title = N_("source") },
};

static char *file_and_line(const struct event *ev)
{
	struct str out = { 0 };

	if (!event_text(ev, "file", &out))
		return NULL;
	str_add(&out, ":");
	event_text(ev, "line", &out);
	return str_take(&out);
}

static void add_event(struct table *t, const struct trace *trace, const struct event *ev, int depth)
{
	struct str what = { 0 };

	add_words(&what, trace, ev);
	table_int(t, ev->n);
	table_take(t, xasprintf("%.6f", (double)(ev->t_ns - trace->zero_ns) / 1e9));
	table_text(t, ev->netns);
	table_text(t, ev->ctx);
	table_json(t, event_get(ev, "comm"));
	table_json(t, event_get(ev, "owner.comm"));
	table_take_indented(t, depth, str_take(&what));
	table_text(t, ev->fn);
	table_take(t, file_and_line(ev));
}

void view_calls(struct doc *doc, const struct request *rq)
{
	struct table *t =
		DOC_TABLE(doc, "calls", event_columns, N_("What happened inside of what"));

	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (request_wants(rq, ev))
			add_event(t, rq->trace, ev, depth_of(rq->trace, ev));
	}
	if (!t->cells.n)
		table_note(t, _("no such event"));
}

/* Is there nothing of what was asked for? A filter that leaves nothing is no mistake. */
static bool is_refused(struct doc *doc, const struct request *rq, const struct table *t)
{
	doc->refused = !t->cells.n && !rq->filter;
	return !t->cells.n;
}

void view_packet(struct doc *doc, const struct request *rq)
{
	struct table *t = DOC_TABLE(doc, "packet", event_columns, N_("The way of a packet"));
	int64_t id = rq->argument ? strtoll(rq->argument, NULL, 10) : 0;

	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (ev->pkt == id && id && request_wants(rq, ev))
			add_event(t, rq->trace, ev, 0);
	}
	if (is_refused(doc, rq, t))
		table_note(t, _("no event of packet '%s'"), rq->argument ? rq->argument : "");
	else {
		packet_why(t, rq, id);
		way_show(doc, rq, id, 0);
		packet_changes(doc, rq, id);
	}
}

void view_connection(struct doc *doc, const struct request *rq)
{
	struct table *t =
		DOC_TABLE(doc, "connection", event_columns, N_("The life of a connection"));
	int64_t id = rq->argument ? strtoll(rq->argument, NULL, 10) : 0;
	const struct conn *conn = trace_conn(rq->trace, id);

	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (ev->conn == id && id && request_wants(rq, ev))
			add_event(t, rq->trace, ev, 0);
	}
	if (conn && conn->client_addr) {
		char *client = conn_end(conn, false), *server = conn_end(conn, true);

		table_note(t, _("client %s, server %s"), client, server);
		free(server);
		free(client);
	}
	if (is_refused(doc, rq, t))
		table_note(t, _("no event of connection '%s'"), rq->argument ? rq->argument : "");
	else
		way_show(doc, rq, 0, id);
}

void view_step(struct doc *doc, const struct request *rq)
{
	struct table *t = DOC_TABLE(doc, "step", event_columns, N_("A step of the lab"));

	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (text_is(ev->step, rq->argument) && request_wants(rq, ev))
			add_event(t, rq->trace, ev, depth_of(rq->trace, ev));
	}
	if (is_refused(doc, rq, t))
		table_note(t, _("no event of step '%s'"), rq->argument ? rq->argument : "");
}

static void add_meaning(struct table *t, const struct trace *trace, const struct event *ev,
			const struct meaning *meaning)
{
	struct str what = { 0 };

	add_words(&what, trace, ev);
	table_int(t, ev->n);
	table_text(t, ev->netns);
	table_take(t, str_take(&what));
	table_text(t, _(meaning->text));
	table_text(t, meaning->source);
}

/* Each meaning stands at the first event that has it. */
void view_explain(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "n", .title = N_("n") },
		{ .key = "netns", .title = N_("node") },
		{ .key = "what", .title = N_("what") },
		{ .key = "meaning", .title = N_("what it means") },
		{ .key = "source", .title = N_("where the source says so") },
	};
	struct table *t = DOC_TABLE(doc, "explain", columns, N_("What it means"));
	VEC(const struct meaning *) said = { 0 };

	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];
		const struct meaning *meaning = meaning_of(ev);
		size_t known = 0;

		while (known < said.n && said.v[known] != meaning)
			known++;
		if (!meaning || known < said.n || !request_wants(rq, ev))
			continue;
		*vec_add(&said) = meaning;
		add_meaning(t, rq->trace, ev, meaning);
	}
	if (!t->cells.n)
		table_note(t, _("no such event"));
	vec_free(&said);
}

/* Where a function belongs is told by its source file; the first that fits counts. */
const struct layer layers[] = {
	{ "arch/", "entry" },
	{ "net/socket.c", "socket" },
	{ "net/ipv4/af_inet.c", "inet" },
	{ "net/ipv4/tcp", "TCP" },
	{ "net/ipv4/inet_", "TCP" },
	{ "net/ipv4/arp.c", "neighbour" },
	{ "net/core/neighbour.c", "neighbour" },
	{ "include/net/neighbour.h", "neighbour" },
	{ "net/ipv4/", "IP" },
	{ "net/core/", "device" },
	{ "net/sched/", "device" },
	{ "drivers/net/", "driver" },
	{ "kernel/softirq.c", "softirq" },
	{ NULL, NULL },
};

static const char *layer_of(struct json frame)
{
	char *file = json_dup(json_path(frame, "file"));
	const char *layer = NULL;

	for (size_t i = 0; file && !layer && layers[i].prefix; i++)
		if (starts_with(file, layers[i].prefix))
			layer = layers[i].name;
	free(file);
	return layer;
}

/* The names of the event's functions that lie in the layer, the one called first in front. */
static char *functions_in(const struct event *ev, const char *layer)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));
	struct str out = { 0 };
	char *name, *before;

	for (size_t left = event_own_frames(ev); left && json_next(&it); left--) {
		if (!text_is(layer_of(it.value), layer))
			continue;
		name = json_dup(json_path(it.value, "fn"));
		before = str_take(&out);
		str_addf(&out, "%s%s%s", name ? name : "?", *before ? " > " : "", before);
		free(before);
		free(name);
	}
	return str_take(&out);
}

static void add_layers(struct table *t, const struct event *ev, bool down)
{
	static const char *const order[] = { "socket",	  "inet",   "TCP",    "IP",
					     "neighbour", "device", "driver", "softirq" };
	size_t n = ARRAY_SIZE(order);
	char *functions;

	for (size_t i = 0; i < n; i++) {
		const char *layer = order[down ? i : n - 1 - i];

		functions = functions_in(ev, layer);
		if (!*functions) {
			free(functions);
			continue;
		}
		table_int(t, ev->n);
		table_int(t, ev->pkt);
		table_text(t, ev->netns);
		table_text(t, down ? _("down") : _("up"));
		table_text(t, layer);
		table_take(t, functions);
	}
}

void view_layers(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "n", .title = N_("n") },
		{ .key = "pkt", .title = N_("packet") },
		{ .key = "netns", .title = N_("node") },
		{ .key = "way", .title = N_("way") },
		{ .key = "layer", .title = N_("layer") },
		{ .key = "functions", .title = N_("functions") },
	};
	struct table *t =
		DOC_TABLE(doc, "layers", columns, N_("Layers that each packet went through"));

	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];
		if (ev->row->way != WAY_NONE && request_wants(rq, ev))
			add_layers(t, ev, ev->row->way == WAY_OUT);
	}
	if (!t->cells.n)
		table_note(t, _("no packet went through"));
}
