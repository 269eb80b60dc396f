// SPDX-License-Identifier: GPL-2.0-or-later
// Views that list events of one kind: a row of columns for each type.
#include "views/ladder.h"
#include "base/i18n.h"
#include "views/ladder.h"
#include "views/view.h"

#include <stdlib.h>
#include <string.h>

static void fill_time(struct table *t, const struct trace *trace, const struct event *ev)
{
	table_take(t, xasprintf("%.6f", (double)(ev->t_ns - ladder_zero(trace)) / 1e9));
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
	table_text(t, ev->kind == EV_TCP_TX || ev->kind == EV_ARP_TX ? _("out") : _("in"));
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
static void add_chain(struct table *t, const struct event *ev, int from)
{
	enum {
		FRAMES = 4
	};
	struct json_iter it = json_iter(event_get(ev, "stack"));
	struct str out = { 0 };

	for (int i = 0; i < FRAMES && json_next(&it); i++) {
		if (i < from)
			continue;
		str_add(&out, i > from ? " < " : "");
		json_text(json_path(it.value, "fn"), &out);
	}
	table_take(t, str_take_or_null(&out));
}

static void fill_chain(struct table *t, const struct trace *trace, const struct event *ev)
{
	(void)trace;
	add_chain(t, ev, 0);
}

/* The function itself stands in a column of its own; where it returns to was said at its entry. */
static void fill_callers(struct table *t, const struct trace *trace, const struct event *ev)
{
	(void)trace;
	if (text_is(ev->at, "return"))
		table_null(t);
	else
		add_chain(t, ev, 1);
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

/* clang-format off */
#define FIELD(path, title) { path, title, path, NULL }
#define MADE(key, title, fill) { key, title, NULL, fill }
/* clang-format on */
#define N FIELD("n", N_("n"))
#define TIME MADE("seconds", N_("seconds"), fill_time)
#define NODE FIELD("netns", N_("node"))

static const struct column segment_columns[] = {
	N,
	TIME,
	NODE,
	MADE("direction", "", fill_direction),
	MADE("ends", N_("from > to"), fill_ends),
	FIELD("flags", N_("flags")),
	FIELD("rel_seq", N_("seq")),
	FIELD("rel_ack", N_("ack")),
	FIELD("win", N_("win")),
	FIELD("payload_len", N_("len")),
	MADE("options", N_("options"), fill_options),
	MADE("function", N_("function"), fill_fn),
	FIELD("pkt", N_("packet")),
};

static const struct column state_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("conn", N_("conn")),
	FIELD("obj", N_("object")),
	MADE("ends", N_("local > remote"), fill_ends),
	FIELD("old", N_("old")),
	FIELD("new", N_("new")),
	MADE("chain", N_("set by"), fill_chain),
};

static const struct column queue_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("conn", N_("conn")),
	FIELD("op", N_("what")),
	MADE("change", N_("change"), fill_sentence),
	FIELD("accept_max", N_("limit")),
	MADE("chain", N_("by"), fill_chain),
};

static const struct column sysfunction_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("comm", N_("program")),
	FIELD("pid", N_("pid")),
	MADE("call", N_("call"), fill_sentence),
	FIELD("ret", N_("result")),
	FIELD("dur_ns", N_("ns inside")),
};

static const struct column function_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("ctx", N_("context")),
	FIELD("fn", N_("function")),
	FIELD("at", N_("at")),
	FIELD("ret", N_("result")),
	MADE("values", N_("arguments, or what it gave"), fill_args),
	MADE("callers", N_("called by"), fill_callers),
};

static const struct column lookup_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("purpose", N_("why")),
	FIELD("in.daddr", N_("to")),
	FIELD("in.saddr", N_("from")),
	FIELD("table_name", N_("table")),
	MADE("match", N_("best prefix"), fill_prefix),
	FIELD("out.type", N_("type")),
	FIELD("out.via", N_("via")),
	FIELD("out.dev", N_("dev")),
	FIELD("out.prefsrc", N_("source")),
};

static const struct column route_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("purpose", N_("why")),
	FIELD("dir", N_("direction")),
	FIELD("dst", N_("to")),
	FIELD("src", N_("from")),
	FIELD("via", N_("via")),
	FIELD("out_dev", N_("dev")),
	FIELD("saddr", N_("source chosen")),
	FIELD("error", N_("error")),
};

static const struct column neigh_columns[] = {
	N,
	TIME,
	NODE,
	FIELD("ip", N_("address")),
	FIELD("dev", N_("dev")),
	MADE("nud", N_("state"), fill_nud),
	MADE("lladdr", N_("MAC"), fill_lladdr),
	FIELD("why", N_("why")),
	FIELD("probes", N_("probes")),
	FIELD("queue_len", N_("waiting")),
	MADE("chain", N_("by"), fill_chain),
};

static const struct column arp_columns[] = {
	N,
	TIME,
	NODE,
	MADE("direction", "", fill_direction),
	MADE("what", N_("what"), fill_sentence),
	FIELD("eth_src", N_("from MAC")),
	FIELD("eth_dst", N_("to MAC")),
	FIELD("by", N_("function")),
};

/* A list: the events of up to two types, with its columns. */
struct list {
	const char *key;
	const char *title;
	enum event_type types[2];
	const struct column *columns;
	size_t width;
};
/* clang-format off */
#define LIST(key, title, a, b, columns) { key, title, { a, b }, columns, ARRAY_SIZE(columns) }
/* clang-format on */

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
	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (!list_takes(list, ev) || !request_wants(rq, ev))
			continue;
		fill_row(t, list, rq->trace, ev);
	}
	if (!t->cells.n)
		table_note(t, "%s",
			   rq->filter ? _("no such event passes the filter")
				      : _("no such event in this run"));
}

void view_segments(struct doc *doc, const struct request *rq)
{
	static const struct list list =
		LIST("segments", N_("TCP segments"), EV_TCP_TX, EV_TCP_RX, segment_columns);

	fill_list(doc, rq, &list);
}

void view_states(struct doc *doc, const struct request *rq)
{
	static const struct list list =
		LIST("states", N_("TCP states"), EV_TCP_STATE, EV_TCP_STATE, state_columns);

	fill_list(doc, rq, &list);
}

void view_queues(struct doc *doc, const struct request *rq)
{
	static const struct list list = LIST("queues", N_("SYN queue and accept queue"),
					     EV_CONN_QUEUE, EV_CONN_QUEUE, queue_columns);

	fill_list(doc, rq, &list);
}

/* Columns that the user names, "netns,old,new". */
void view_fields(struct doc *doc, const struct request *rq)
{
	size_t width = 1;
	char *words = xstrdup(rq->argument), *word = words;
	struct column *columns;
	struct table *t;

	for (const char *p = words; *p; p++)
		width += *p == ',';
	columns = xcalloc(width, sizeof(*columns));
	for (size_t i = 0; i < width; i++, word += strlen(word) + 1) {
		word[strcspn(word, ",")] = '\0';
		columns[i] = (struct column){ .key = word, .title = word, .path = word };
	}
	t = doc_table(doc, "fields", columns, width, _("Events"));
	t->own = columns;
	t->words = words;
	for (size_t i = 0; i < request_events(rq); i++)
		for (size_t c = 0; request_wants(rq, &rq->trace->events.v[i]) && c < width; c++)
			table_field(t, &rq->trace->events.v[i], columns[c].path);
}

void view_syscalls(struct doc *doc, const struct request *rq)
{
	static const struct list list = LIST("syscalls", N_("System calls"), EV_SYSCALL_ENTER,
					     EV_SYSCALL_EXIT, sysfunction_columns);

	fill_list(doc, rq, &list);
}

void view_functions(struct doc *doc, const struct request *rq)
{
	static const struct list list =
		LIST("functions", N_("Kernel functions"), EV_CALL, EV_CALL, function_columns);

	fill_list(doc, rq, &list);
}

void view_routes(struct doc *doc, const struct request *rq)
{
	static const struct list routes =
		LIST("routes", N_("Routes found"), EV_ROUTE_RESULT, EV_ROUTE_RESULT, route_columns);
	static const struct list lookups = LIST("lookups", N_("Tables searched"), EV_FIB_LOOKUP,
						EV_FIB_LOOKUP, lookup_columns);

	fill_list(doc, rq, &routes);
	fill_list(doc, rq, &lookups);
}

void view_neighbours(struct doc *doc, const struct request *rq)
{
	static const struct list entries = LIST("neighbours", N_("Neighbour entries"),
						EV_NEIGH_LOOKUP, EV_NEIGH_STATE, neigh_columns);
	static const struct list frames =
		LIST("arp", N_("ARP frames"), EV_ARP_TX, EV_ARP_RX, arp_columns);

	fill_list(doc, rq, &entries);
	fill_list(doc, rq, &frames);
}
