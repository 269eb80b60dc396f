// SPDX-License-Identifier: GPL-2.0-or-later
// Views that list events of one kind: a row of columns for each type.
#include "ladder.h"
#include "view.h"

#include <stdlib.h>

static void fill_time(struct table *t, const struct trace *trace, const struct event *ev)
{
	int64_t zero = trace->events.n ? trace->events.v[0].t_ns : 0;

	table_take(t, xasprintf("%.6f", (double)(ev->t_ns - zero) / 1e9));
}

static void add_endpoint(struct str *out, const struct event *ev, const char *addr,
			 const char *port)
{
	if (!event_text(ev, addr, out))
		str_add(out, "-");
	str_add(out, ":");
	if (!event_text(ev, port, out))
		str_add(out, "-");
}

static void fill_ends(struct table *t, const struct trace *trace, const struct event *ev)
{
	struct str out = { 0 };

	(void)trace;
	add_endpoint(&out, ev, "saddr", "sport");
	str_add(&out, " > ");
	add_endpoint(&out, ev, "daddr", "dport");
	table_take(t, str_take(&out));
}

static void fill_direction(struct table *t, const struct trace *trace, const struct event *ev)
{
	(void)trace;
	table_text(t, ev->kind == EV_TCP_TX || ev->kind == EV_ARP_TX ? "out" : "in");
}

static void fill_sentence(struct table *t, const struct trace *trace, const struct event *ev)
{
	table_take(t, event_sentence(trace, ev));
}

static void fill_options(struct table *t, const struct trace *trace, const struct event *ev)
{
	(void)trace;
	table_take(t, event_options(ev));
}

static void fill_fn(struct table *t, const struct trace *trace, const struct event *ev)
{
	struct str out = { 0 };

	(void)trace;
	if (!event_text(ev, "by", &out))
		str_add(&out, ev->fn ? ev->fn : "-");
	table_take(t, str_take(&out));
}

/* The call chain, innermost first, as far as a line has room. */
static void fill_chain(struct table *t, const struct trace *trace, const struct event *ev)
{
	enum {
		FRAMES = 4
	};
	struct json_iter it = json_iter(event_get(ev, "stack"));
	struct str out = { 0 };

	(void)trace;
	for (int i = 0; i < FRAMES && json_next(&it); i++) {
		str_add(&out, i ? " < " : "");
		json_text(json_path(it.value, "fn"), &out);
	}
	table_take(t, str_take_or_null(&out));
}

static void fill_prefix(struct table *t, const struct trace *trace, const struct event *ev)
{
	struct str out = { 0 };

	(void)trace;
	if (event_text(ev, "out.prefix", &out)) {
		str_add(&out, "/");
		event_text(ev, "out.prefixlen", &out);
	} else {
		event_text(ev, "err", &out);
	}
	table_take(t, str_take(&out));
}

static void fill_lladdr(struct table *t, const struct trace *trace, const struct event *ev)
{
	struct json v = event_get(ev, "lladdr");

	(void)trace;
	table_take(t, json_dup(v.kind == JSON_OBJECT ? json_path(v, "new") : v));
}

static void fill_nud(struct table *t, const struct trace *trace, const struct event *ev)
{
	struct str out = { 0 };

	(void)trace;
	if (event_get(ev, "nud").kind != JSON_OBJECT) {
		event_text(ev, "nud", &out);
	} else {
		event_text(ev, "nud.old", &out);
		str_add(&out, " -> ");
		event_text(ev, "nud.new", &out);
	}
	table_take(t, str_take(&out));
}

static void fill_args(struct table *t, const struct trace *trace, const struct event *ev)
{
	struct json_iter it =
		json_iter(event_get(ev, text_is(ev->at, "return") ? "result" : "args"));
	struct str out = { 0 };

	(void)trace;
	while (json_next(&it)) {
		str_add(&out, out.len ? " " : "");
		json_text(it.key, &out);
		str_add(&out, "=");
		json_text(it.value, &out);
	}
	table_take(t, str_take(&out));
}

#define FIELD(path, title)              \
	{                               \
		path, title, path, NULL \
	}
#define MADE(key, title, fill)         \
	{                              \
		key, title, NULL, fill \
	}
#define N FIELD("n", "n")
#define TIME MADE("seconds", "seconds", fill_time)
#define NODE FIELD("netns", "node")

static const struct column segment_columns[] = {
	N,
	TIME,
	NODE,
	MADE("direction", "", fill_direction),
	MADE("ends", "from > to", fill_ends),
	FIELD("flags", "flags"),
	FIELD("rel_seq", "seq"),
	FIELD("rel_ack", "ack"),
	FIELD("win", "win"),
	FIELD("payload_len", "len"),
	MADE("options", "options", fill_options),
	MADE("function", "function", fill_fn),
	FIELD("pkt", "packet"),
};

static const struct column state_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("conn", "conn"),
	FIELD("obj", "object"),
	MADE("ends", "local > remote", fill_ends),
	FIELD("old", "old"),
	FIELD("new", "new"),
	MADE("chain", "set by", fill_chain),
};

static const struct column queue_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("conn", "conn"),
	FIELD("op", "what"),
	MADE("change", "change", fill_sentence),
	FIELD("accept_max", "limit"),
	MADE("chain", "by", fill_chain),
};

static const struct column sysfunction_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("comm", "program"),
	FIELD("pid", "pid"),
	MADE("call", "call", fill_sentence),
	FIELD("ret", "result"),
	FIELD("dur_ns", "ns inside"),
};

static const struct column function_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("ctx", "context"),
	FIELD("fn", "function"),
	FIELD("at", "at"),
	FIELD("ret", "result"),
	MADE("values", "arguments, or what it gave", fill_args),
};

static const struct column lookup_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("purpose", "why"),
	FIELD("in.daddr", "to"),
	FIELD("in.saddr", "from"),
	FIELD("table_name", "table"),
	MADE("match", "best prefix", fill_prefix),
	FIELD("out.type", "type"),
	FIELD("out.via", "via"),
	FIELD("out.dev", "dev"),
	FIELD("out.prefsrc", "source"),
};

static const struct column route_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("purpose", "why"),
	FIELD("dir", "direction"),
	FIELD("dst", "to"),
	FIELD("src", "from"),
	FIELD("via", "via"),
	FIELD("out_dev", "dev"),
	FIELD("saddr", "source chosen"),
	FIELD("error", "error"),
};

static const struct column neigh_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("ip", "address"),
	FIELD("dev", "dev"),
	MADE("nud", "state", fill_nud),
	MADE("lladdr", "MAC", fill_lladdr),
	FIELD("why", "why"),
	FIELD("probes", "probes"),
	FIELD("queue_len", "waiting"),
	MADE("chain", "by", fill_chain),
};

static const struct column arp_columns[] = {
	N,
	TIME,
	NODE,
	MADE("direction", "", fill_direction),
	MADE("what", "what", fill_sentence),
	FIELD("eth_src", "from MAC"),
	FIELD("eth_dst", "to MAC"),
	FIELD("by", "function"),
};

/* A list: the events of up to two types, with its columns. */
struct list {
	const char *key;
	const char *title;
	enum event_type types[2];
	const struct column *columns;
	size_t width;
};
#define LIST(key, title, a, b, columns)                            \
	{                                                          \
		key, title, { a, b }, columns, ARRAY_SIZE(columns) \
	}

static bool list_takes(const struct list *list, const struct event *ev)
{
	return ev->kind == list->types[0] || ev->kind == list->types[1];
}

static void fill_row(struct table *t, const struct list *list, const struct trace *trace,
		     const struct event *ev)
{
	for (size_t i = 0; i < list->width; i++) {
		const struct column *c = &list->columns[i];

		if (c->fill)
			c->fill(t, trace, ev);
		else
			table_field(t, ev, c->path);
	}
}

static void fill_list(struct doc *doc, const struct request *rq, const struct list *list)
{
	struct table *t = doc_table(doc, list->key, list->columns, list->width, list->title);
	for (size_t i = 0; i < rq->trace->events.n; i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (!list_takes(list, ev) || !request_wants(rq, ev))
			continue;
		fill_row(t, list, rq->trace, ev);
	}
	if (!t->cells.n)
		table_note(t, "no such event%s",
			   rq->filter ? " passes the filter" : " in this run");
}

void view_segments(struct doc *doc, const struct request *rq)
{
	static const struct list list =
		LIST("segments", "TCP segments", EV_TCP_TX, EV_TCP_RX, segment_columns);

	fill_list(doc, rq, &list);
}

void view_states(struct doc *doc, const struct request *rq)
{
	static const struct list list =
		LIST("states", "TCP states", EV_TCP_STATE, EV_TCP_STATE, state_columns);

	fill_list(doc, rq, &list);
}

void view_queues(struct doc *doc, const struct request *rq)
{
	static const struct list list = LIST("queues", "SYN queue and accept queue", EV_CONN_QUEUE,
					     EV_CONN_QUEUE, queue_columns);

	fill_list(doc, rq, &list);
}

void view_syscalls(struct doc *doc, const struct request *rq)
{
	static const struct list list = LIST("syscalls", "System calls", EV_SYSCALL_ENTER,
					     EV_SYSCALL_EXIT, sysfunction_columns);

	fill_list(doc, rq, &list);
}

void view_functions(struct doc *doc, const struct request *rq)
{
	static const struct list list =
		LIST("functions", "Kernel functions", EV_CALL, EV_CALL, function_columns);

	fill_list(doc, rq, &list);
}

void view_routes(struct doc *doc, const struct request *rq)
{
	static const struct list routes =
		LIST("routes", "Routes found", EV_ROUTE_RESULT, EV_ROUTE_RESULT, route_columns);
	static const struct list lookups =
		LIST("lookups", "Tables searched", EV_FIB_LOOKUP, EV_FIB_LOOKUP, lookup_columns);

	fill_list(doc, rq, &routes);
	fill_list(doc, rq, &lookups);
}

void view_neighbours(struct doc *doc, const struct request *rq)
{
	static const struct list entries = LIST("neighbours", "Neighbour entries", EV_NEIGH_LOOKUP,
						EV_NEIGH_STATE, neigh_columns);
	static const struct list frames =
		LIST("arp", "ARP frames", EV_ARP_TX, EV_ARP_RX, arp_columns);

	fill_list(doc, rq, &entries);
	fill_list(doc, rq, &frames);
}
