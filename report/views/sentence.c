// SPDX-License-Identifier: GPL-2.0-or-later
// What one event says in a few words, as the ladder and the lists of events show it.
#include "base/i18n.h"
#include "views/ladder.h"

#include <stdlib.h>
#include <string.h>

static void add_field(struct str *out, const struct event *ev, const char *before, const char *path)
{
	size_t len = out->len;

	str_add(out, before);
	if (event_text(ev, path, out))
		return;
	out->len = len;
	if (out->p)
		out->p[len] = '\0';
}

/* One field in a template of the catalogue: "ARP who has %s?"; nothing when it is not known. */
static void say_with(struct str *out, const struct event *ev, const char *template,
		     const char *path)
{
	char *text = event_dup(ev, path), *sentence;

	sentence = xasprintf(template, text);
	str_add(out, sentence);
	free(sentence);
	free(text);
}

static void say_args(const struct event *ev, struct str *out)
{
	static const struct {
		const char *before, *path;
	} args[] = {
		{ "", "args.addr" },
		{ ":", "args.port" },
		{ "backlog ", "args.backlog" },
		{ "", "args.len" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(args); i++)
		add_field(out, ev, args[i].before, args[i].path);
}

static void say_enter(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	event_text(ev, "name", out);
	str_add(out, "(");
	say_args(ev, out);
	str_add(out, ") ...");
}

static void say_result(const struct event *ev, struct str *out)
{
	if (event_get(ev, "ret_name").kind == JSON_STRING)
		add_field(out, ev, " = -1 ", "ret_name");
	else
		add_field(out, ev, " = ", "ret");
}

static void say_exit(const struct trace *trace, const struct event *ev, struct str *out)
{
	int64_t dur_ns = event_int(ev, "dur_ns", -1);

	event_text(ev, "name", out);
	str_add(out, "()");
	say_result(ev, out);
	if (dur_ns >= 0)
		str_addf(out,
			 trace->stops.count ? _(" after %.3f ms with GDB's stops")
					    : _(" after %.3f ms"),
			 (double)dur_ns / 1e6);
}

/* Only a connection has a number, so a socket without one that listens is the listener. */
static const char *object_name(const struct trace *trace, const struct event *ev)
{
	const struct conn *conn = trace_conn(trace, ev->conn);

	if (event_is(ev, "obj", "request_sock"))
		return _("request sock ");
	if (event_is(ev, "obj", "timewait_sock"))
		return _("timewait sock ");
	if (!conn && (event_is(ev, "old", "LISTEN") || event_is(ev, "new", "LISTEN")))
		return _("listener ");
	if (conn && conn->server_node && conn->server_node == ev->netns)
		return _("child ");
	return "";
}

static void say_state(const struct trace *trace, const struct event *ev, struct str *out)
{
	str_add(out, object_name(trace, ev));
	if (!event_text(ev, "old", out)) {
		say_with(out, ev, _("born in %s"), "new");
		return;
	}
	str_add(out, " -> ");
	event_text(ev, "new", out);
}

static void say_options(const struct event *ev, struct str *out)
{
	struct json_iter it = json_iter(event_get(ev, "opts"));
	static const char *const numbers[] = { "mss", "shift", "val", "ecr" };

	while (json_next(&it)) {
		if (json_is(json_path(it.value, "name"), "nop"))
			continue;
		str_add(out, out->len ? " " : "");
		json_text(json_path(it.value, "name"), out);
		for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
			struct json v = json_path(it.value, numbers[i]);

			if (v.kind == JSON_NUMBER) {
				str_add(out, " ");
				json_text(v, out);
			}
		}
	}
}

static void say_segment(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	event_text(ev, "flags", out);
	add_field(out, ev, " seq ", "rel_seq");
	add_field(out, ev, " ack ", "rel_ack");
	/* in bytes, as tshark shows it, once both SYNs have said how it is scaled */
	add_field(out, ev, " win ", event_int(ev, "win_scaled", -1) >= 0 ? "win_scaled" : "win");
	if (event_int(ev, "payload_len", 0) > 0)
		add_field(out, ev, " len ", "payload_len");
	if (json_true(event_get(ev, "retrans")))
		str_add(out, _(" again"));
}

static void say_arp(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	if (json_true(event_get(ev, "gratuitous")))
		say_with(out, ev, _("ARP announces %s"), "spa");
	else if (event_is(ev, "op", "request"))
		say_with(out, ev, _("ARP who has %s?"), "tpa");
	else
		say_with(out, ev, _("ARP %s is here"), "spa");
}

static void say_change(const struct event *ev, const char *what, const char *key, struct str *out)
{
	char *old_path = xasprintf("%s.old", key), *new_path = xasprintf("%s.new", key);
	int64_t old = event_int(ev, old_path, -1), now = event_int(ev, new_path, -1);

	if (old != now && now >= 0) {
		str_addf(out, "%s%s ", out->len ? ", " : "", what);
		if (old >= 0)
			str_addf(out, "%lld -> ", (long long)old);
		str_addf(out, "%lld", (long long)now);
	}
	free(old_path);
	free(new_path);
}

static void say_queue(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	say_change(ev, _("SYN queue"), "syn_qlen", out);
	say_change(ev, _("accept queue"), "accept_qlen", out);
	say_change(ev, _("accept queue's limit"), "accept_max", out);
	if (!out->len)
		event_text(ev, "op", out);
	if (event_is(ev, "op", "overflow"))
		say_with(out, ev, _(", refused: limit %s"), "accept_max");
}

static void say_lookup(const struct trace *trace, const struct event *ev, struct str *out)
{
	/* the route's own table: while no rule was added, those of `local` stand in main's trie (fib_unmerge()) */
	const char *table = event_get(ev, "out.table_name").kind == JSON_STRING ? "out.table_name"
										: "table_name";

	(void)trace;
	say_with(out, ev, _("table %s"), table);
	add_field(out, ev, ": ", "in.daddr");
	add_field(out, ev, " -> ", "err");
	add_field(out, ev, " -> ", "out.prefix");
	add_field(out, ev, "/", "out.prefixlen");
	add_field(out, ev, " dev ", "out.dev");
	add_field(out, ev, ", ", "purpose");
}

static void say_route(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	say_with(out, ev, _("route to %s"), "dst");
	add_field(out, ev, ": ", "error");
	add_field(out, ev, " via ", "via");
	add_field(out, ev, " dev ", "out_dev");
	add_field(out, ev, " src ", "saddr");
	add_field(out, ev, ", ", "purpose");
}

static void say_neighbour(const struct trace *trace, const struct event *ev, struct str *out)
{
	char *old = event_dup(ev, "lladdr.old"), *now = event_dup(ev, "lladdr.new");

	(void)trace;
	say_with(out, ev, _("neighbour %s"), "ip");
	add_field(out, ev, " ", "nud.old");
	add_field(out, ev, " -> ", "nud.new");
	if (*now && strcmp(old, now) != 0)
		str_addf(out, " %s", now);
	if (event_int(ev, "queue_len", 0) > 0)
		say_with(out, ev, _(", waiting packets: %s"), "queue_len");
	free(old);
	free(now);
}

static void say_neigh_lookup(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	say_with(out, ev,
		 json_true(event_get(ev, "found")) ? _("neighbour %s known")
						   : _("neighbour %s created"),
		 "ip");
	add_field(out, ev, ", ", "nud");
}

static void say_drop(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	say_with(out, ev, _("dropped in %s"), "by_fn");
	add_field(out, ev, ": ", "reason");
}

static void say_init_call(const struct trace *trace, const struct event *ev, struct str *out)
{
	char *level = event_dup(ev, "level"), *level_name = event_dup(ev, "level_name");

	(void)trace;
	event_text(ev, "name", out);
	say_with(out, ev, _("(), level %s"), "level");
	if (!text_is(level, level_name)) /* early initcalls have a name, and no number */
		add_field(out, ev, " ", "level_name");
	free(level);
	free(level_name);
}

static void say_members(const struct json object, struct str *out)
{
	struct json_iter it = json_iter(object);

	while (json_next(&it)) {
		str_add(out, " ");
		json_text(it.key, out);
		str_add(out, "=");
		json_text(it.value, out);
	}
}

static void say_register(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	event_text(ev, "what", out);
	add_field(out, ev, " ", "name");
	add_field(out, ev, " (", "key");
	str_add(out, "):");
	say_members(event_get(ev, "handlers"), out);
}

static void say_witness(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	event_text(ev, "what", out);
	str_add(out, ":");
	say_members(event_get(ev, "values"), out);
}

static void say_step(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	event_text(ev, "name", out);
}

bool is_release(const struct event *ev)
{
	return ev->kind == EV_CALL && text_is(ev->fn, "sock_close") && text_is(ev->at, "enter");
}

static void say_call(const struct trace *trace, const struct event *ev, struct str *out)
{
	(void)trace;
	if (is_release(ev)) {
		say_with(out, ev, _("socket released in %s, nobody called close()"), "args.by");
		return;
	}
	str_addf(out, "%s()", ev->fn ? ev->fn : "?");
	if (text_is(ev->at, "return"))
		add_field(out, ev, " = ", "ret");
}

static void (*const sayings[EV_TYPES])(const struct trace *, const struct event *, struct str *) = {
	[EV_STEP] = say_step,
	[EV_SYSCALL_ENTER] = say_enter,
	[EV_SYSCALL_EXIT] = say_exit,
	[EV_CALL] = say_call,
	[EV_TCP_STATE] = say_state,
	[EV_TCP_TX] = say_segment,
	[EV_TCP_RX] = say_segment,
	[EV_CONN_QUEUE] = say_queue,
	[EV_FIB_LOOKUP] = say_lookup,
	[EV_ROUTE_RESULT] = say_route,
	[EV_NEIGH_LOOKUP] = say_neigh_lookup,
	[EV_NEIGH_STATE] = say_neighbour,
	[EV_ARP_TX] = say_arp,
	[EV_ARP_RX] = say_arp,
	[EV_SKB_DROP] = say_drop,
	[EV_INIT_CALL] = say_init_call,
	[EV_REGISTER] = say_register,
	[EV_WITNESS] = say_witness,
};

char *event_sentence(const struct trace *trace, const struct event *ev)
{
	struct str out = { 0 };

	if (!sayings[ev->kind])
		return NULL;
	sayings[ev->kind](trace, ev, &out);
	return str_take(&out);
}

char *event_options(const struct event *ev)
{
	struct str out = { 0 };

	say_options(ev, &out);
	return str_take_or_null(&out);
}

/* A call and its end in one: "bind(0.0.0.0:8080) = 0". */
char *call_sentence(const struct event *enter, const struct event *end)
{
	struct str out = { 0 };

	event_text(enter, "name", &out);
	str_add(&out, "(");
	say_args(enter, &out);
	str_add(&out, ")");
	say_result(end, &out);
	return str_take(&out);
}
