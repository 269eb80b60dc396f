// SPDX-License-Identifier: GPL-2.0-or-later
// What follows from an event's function and stack: the words that tell them in short, and what the function returned.
#include "run/follow.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

#define TO(...)                   \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

/* The word that a function gives a field. */
static const struct {
	enum event_kind type;
	const char *field, *fn, *word;
} words_of_functions[] = {
	{ EV_TCP_STATE, "obj", "inet_reqsk_alloc", "request_sock" },
	{ EV_TCP_STATE, "obj", "inet_twsk_alloc", "timewait_sock" },
	{ EV_TCP_STATE, "obj", "tcp_timewait_state_process", "timewait_sock" },
	{ EV_TCP_STATE, "obj", "tw_timer_handler", "timewait_sock" },
	{ EV_TCP_STATE, "obj", "inet_sk_set_state", "sock" },
	{ EV_TCP_STATE, "obj", "inet_sk_state_store", "sock" },
	{ EV_CONN_QUEUE, "op", "inet_csk_reqsk_queue_hash_add", "syn_add" },
	{ EV_CONN_QUEUE, "op", "reqsk_timer_handler", "syn_drop" },
	{ EV_CONN_QUEUE, "op", "inet_csk_complete_hashdance", "accept_add" },
	{ EV_CONN_QUEUE, "op", "inet_csk_reqsk_queue_add", "accept_add" },
	{ EV_CONN_QUEUE, "op", "inet_csk_accept", "accept_remove" },
	{ EV_CONN_QUEUE, "op", "tcp_conn_request", "overflow" },
	{ EV_CONN_QUEUE, "op", "tcp_v4_syn_recv_sock", "overflow" },
	{ EV_CONN_QUEUE, "op", "tcp_v6_syn_recv_sock", "overflow" },
	{ EV_ROUTE_RESULT, "dir", "ip_route_output_key_hash_rcu", "output" },
	{ EV_ROUTE_RESULT, "dir", "ip_route_input_slow", "input" },
	{ EV_ROUTE_RESULT, "dir", "ip6_route_output_flags", "output" },
	{ EV_ROUTE_RESULT, "dir", "ip6_route_input", "input" },
	{ EV_SYSCALL_ENTER, "name", "sock_close", "close" },
	{ EV_SYSCALL_EXIT, "name", "sock_close", "close" },
};

/* Words that a field may have, besides numbers: include/uapi/linux/neighbour.h, rtnetlink.h, and docs/event-format.md. */
static const struct {
	const char *field;
	const char *const *words;
} vocabulary[] = {
	{ "nud", TO("NONE", "INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP",
		    "PERMANENT") },
	{ "nud.old", TO("NONE", "INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED",
			"NOARP", "PERMANENT") },
	{ "nud.new", TO("NONE", "INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED",
			"NOARP", "PERMANENT") },
	{ "route_type", TO("unspec", "unicast", "local", "broadcast", "anycast", "multicast",
			   "blackhole", "unreachable", "prohibit", "throw", "nat") },
	{ "out.type", TO("unspec", "unicast", "local", "broadcast", "anycast", "multicast",
			 "blackhole", "unreachable", "prohibit", "throw", "nat") },
	{ "in.scope", TO("global", "site", "link", "host", "nowhere") },
	{ "out.scope", TO("global", "site", "link", "host", "nowhere") },
	{ "out.protocol", TO("unspec", "redirect", "kernel", "boot", "static", "ra") },
	{ "out.pref", TO("low", "medium", "high") },
	{ "in.proto", TO("IP", "ICMP", "IGMP", "TCP", "UDP", "ICMPV6", "UDPLITE") },
	{ "proto", TO("IP", "ICMP", "IGMP", "TCP", "UDP", "ICMPV6", "UDPLITE", "ARP") },
	{ "args.family", TO("UNSPEC", "UNIX", "INET", "INET6", "NETLINK", "PACKET") },
	{ "args.type", TO("STREAM", "DGRAM", "RAW", "SEQPACKET") },
	{ "args.protocol", TO("IP", "ICMP", "IGMP", "TCP", "UDP", "ICMPV6", "UDPLITE") },
	{ "op", TO("request", "reply", "syn_add", "syn_drop", "accept_add", "accept_remove",
		   "overflow", "add", "take", "peek", "full", "router_solicitation",
		   "router_advertisement", "neighbour_solicitation", "neighbour_advertisement") },
	{ "match", TO("connected", "address", "wildcard", "none") },
	{ "way", TO("out", "in", "socket") },
};

/* gdb-scripts/ktlab/decode/route.py and route6.py have the same rows: the first whose function is on the stack. */
static const struct {
	const char *fn, *purpose;
} purposes[] = {
	{ "ip_route_newports", "newports" },	     { "fib_validate_source", "src_validate" },
	{ "__fib_validate_source", "src_validate" }, { "ip_route_input_slow", "input" },
	{ "inet_addr_type", "addr_type" },	     { "__inet_dev_addr_type", "addr_type" },
	{ "ip_route_output_key_hash_rcu", "route" }, { "ip6_route_input", "input" },
	{ "ip6_route_output_flags", "route" },
};

/* include/uapi/linux/rtnetlink.h */
static const struct {
	int64_t number;
	const char *name;
} tables[] = {
	{ 0, "unspec" }, { 252, "compat" }, { 253, "default" }, { 254, "main" }, { 255, "local" }
};

/* What a function returns that stands in another field, too. */
static const struct {
	const char *fn, *field;
} returned[] = {
	{ "inet_reqsk_alloc", "sk" },
	{ "inet_twsk_alloc", "sk" },
	{ "inet_csk_accept", "child" },
	{ "inet_csk_accept", "result.child" },
	{ "inet_csk_complete_hashdance", "child" },
};

/* These hand an error over beside what they return. */
static const char *const hand_over[] = { "inet_csk_accept", "fib6_table_lookup",
					 "ip6_route_output_flags" };

static bool hands_over(const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(hand_over); i++)
		if (text_is(ev->fn, hand_over[i]))
			return true;
	return false;
}

/* The name of an error number, in another field. */
static const char *const error_names[] = { "err", "error", "ret_name", "result.err" };

static bool has(const struct event *ev, const char *fn)
{
	return event_stack_has(ev, TO(fn));
}

static void check_words(struct trace *trace, const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(words_of_functions); i++)
		if (words_of_functions[i].type == ev->kind &&
		    text_is(ev->fn, words_of_functions[i].fn))
			event_must_say(trace, ev, words_of_functions[i].field,
				       words_of_functions[i].word);
	if ((ev->kind == EV_SYSCALL_ENTER || ev->kind == EV_SYSCALL_EXIT) && ev->fn &&
	    starts_with(ev->fn, "__x64_sys_"))
		/* the name of number 40 in arch/x86/entry/syscalls/syscall_64.tbl, and its function's */
		event_must_say(trace, ev, "name",
			       text_is(ev->fn, "__x64_sys_sendfile64")
				       ? "sendfile"
				       : ev->fn + strlen("__x64_sys_"));
}

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static bool is_among(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return is_number(word);
}

static void check_vocabulary(struct trace *trace, const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(vocabulary); i++) {
		char *word;

		if (!event_may_have(ev, vocabulary[i].field) || ev->kind == EV_CALL ||
		    event_get(ev, vocabulary[i].field).kind != JSON_STRING)
			continue;
		word = event_dup(ev, vocabulary[i].field);
		if (!is_among(word, vocabulary[i].words))
			trace_contradicts(trace, ev, vocabulary[i].field, _("another word"));
		free(word);
	}
	if (!text_is(ev->at, "enter") && !text_is(ev->at, "return") && !text_is(ev->at, "line"))
		trace_contradicts(trace, ev, "at", _("another word"));
	if (!text_is(ev->ctx, "task") && !text_is(ev->ctx, "softirq") &&
	    !text_is(ev->ctx, "hardirq"))
		trace_contradicts(trace, ev, "ctx", _("another word"));
	if (ev->netns && trace->nodes.n && !trace_node(trace, ev->netns))
		trace_contradicts(trace, ev, "netns", _("one of the run's nodes"));
}

static const char *purpose_of(const struct event *ev)
{
	bool unbound = event_is_unset(ev, ev->kind == EV_FIB_LOOKUP ? "in.saddr" : "src") ||
		       (ev->kind == EV_ROUTE_RESULT && !event_has(ev, "src"));

	if (ev->kind == EV_ROUTE_RESULT && text_is(ev->fn, "ip_route_input_slow"))
		return "input";
	for (size_t i = 0; i < ARRAY_SIZE(purposes); i++)
		if (has(ev, purposes[i].fn)) {
			if (text_is(purposes[i].purpose, "route") && unbound &&
			    (has(ev, "ip_route_connect") || has(ev, "ip6_dst_lookup_tail")))
				return "choose_saddr";
			return purposes[i].purpose;
		}
	return "other";
}

static void check_table(struct trace *trace, const struct event *ev, const char *number,
			const char *name)
{
	int64_t table;
	char text[24];
	const char *wanted = text;

	if (!json_int(event_get(ev, number), &table))
		return;
	snprintf(text, sizeof(text), "%lld", (long long)table);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (tables[i].number == table)
			wanted = tables[i].name;
	event_must_say(trace, ev, name, wanted);
}

/* What __neigh_event_send() makes of a neighbour: net/core/neighbour.c */
static bool is_made_by_sending(const struct event *ev)
{
	return event_is(ev, "nud.new", "INCOMPLETE") || event_is(ev, "nud.new", "DELAY") ||
	       event_is(ev, "nud.new", "FAILED");
}

/* gdb-scripts/ktlab/decode/neigh.py: why(); NULL: a function that began found it so, and more than one may have made it. */
static const char *why_of(const struct trace *trace, const struct event *ev)
{
	if (text_is(ev->fn, "__neigh_event_send") || text_is(ev->at, "enter")) {
		if (!is_made_by_sending(ev))
			return "other";
		/* all that make it are watched, and it is none of the others */
		return text_is(ev->at, "return") || (trace_watches(trace, "__neigh_update") &&
						     trace_watches(trace, "__neigh_event_send") &&
						     !event_is(ev, "nud.new", "FAILED"))
			       ? "event_send"
			       : NULL;
	}
	if (text_is(ev->fn, "neigh_timer_handler"))
		return "timer";
	if (event_stack_has(ev, TO("arp_rcv", "arp_process")))
		return "arp_rx";
	if (event_stack_has(ev, TO("ndisc_rcv")))
		return "nd_rx";
	return event_stack_has(ev, TO("neigh_add", "rtnetlink_rcv_msg")) ? "netlink" : "other";
}

static void check_why(struct trace *trace, const struct event *ev)
{
	const char *why = why_of(trace, ev);

	if (why)
		event_must_say(trace, ev, "why", why);
	else if (!event_is(ev, "why", "event_send") && !event_is(ev, "why", "other"))
		trace_contradicts(trace, ev, "why", "other");
}

static void check_ctx(struct trace *trace, const struct event *ev)
{
	bool softirq = event_is_softirq(ev);

	if (event_has_callers(ev) && !text_is(ev->ctx, "hardirq") &&
	    softirq != text_is(ev->ctx, "softirq"))
		trace_contradicts(trace, ev, "ctx", "%s", softirq ? "softirq" : "task");
}

/* Who dropped a packet stands on the stack. */
static void check_dropper(struct trace *trace, const struct event *ev)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));
	char *line = event_dup(ev, "by_line");
	bool found = !event_has_callers(ev);

	while (!found && json_next(&it)) {
		char *frame = json_dup(json_path(it.value, "line"));

		found = frame && strcmp(frame, line) == 0;
		free(frame);
		for (size_t i = 0; found && i < 2; i++) {
			char *word = event_dup(ev, i ? "by_file" : "by_fn");

			found = json_is(json_path(it.value, i ? "file" : "fn"), word);
			free(word);
		}
	}
	free(line);
	if (!found)
		trace_contradicts(trace, ev, "by_fn", _("one of its stack, with file and line"));
}

static void check_first_frame(struct trace *trace, const struct event *ev)
{
	struct json first = json_path(event_get(ev, "stack"), "0");
	char *file = json_dup(json_path(first, "file"));

	if (ev->fn && first.kind == JSON_OBJECT && !json_is(json_path(first, "fn"), ev->fn))
		trace_contradicts(trace, ev, "stack", _("begun by %s"), ev->fn);
	else if (file && text_is(ev->at, "enter"))
		event_must_say(trace, ev, "file", file);
	free(file);
}

/* include/linux/errno.h: the call is begun anew, or a handler runs and the program gets EINTR. */
static const struct {
	int64_t number;
	const char *name;
} restarts[] = { { 512, "ERESTARTSYS" },
		 { 513, "ERESTARTNOINTR" },
		 { 514, "ERESTARTNOHAND" },
		 { 516, "ERESTART_RESTARTBLOCK" } };

/* NULL: it has none, or two. */
static const char *error_name(int64_t error)
{
	return error > 0 && error < 4096 && error != 35 && error != 95 ? strerrorname_np((int)error)
								       : NULL;
}

static void check_restart(struct trace *trace, const struct event *ev, int64_t ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(restarts); i++)
		if (ret == -restarts[i].number && !event_is(ev, "ret_name", "EINTR"))
			event_must_say(trace, ev, "ret_name", restarts[i].name);
}

static void check_error_name(struct trace *trace, const struct event *ev, int64_t ret)
{
	const char *name = error_name(-ret);

	for (size_t i = 0; i < ARRAY_SIZE(error_names); i++) {
		if (!event_may_have(ev, error_names[i]))
			continue;
		if (ret >= 0 && event_get(ev, error_names[i]).kind == JSON_STRING &&
		    !hands_over(ev))
			trace_contradicts(trace, ev, error_names[i], "null");
		if (name)
			event_must_say(trace, ev, error_names[i], name);
	}
}

static void check_returned(struct trace *trace, const struct event *ev)
{
	struct json v = event_get(ev, "ret");
	int64_t ret = 0;

	if (text_is(ev->at, "enter") && event_has(ev, "ret"))
		trace_contradicts(trace, ev, "ret", "null");
	if (!text_is(ev->at, "return"))
		return;
	if (json_int(v, &ret) || v.kind == JSON_STRING)
		check_error_name(trace, ev, ret);
	if (ev->kind == EV_SYSCALL_EXIT)
		check_restart(trace, ev, ret);
	for (size_t i = 0; v.kind == JSON_STRING && i < ARRAY_SIZE(returned); i++)
		if (text_is(ev->fn, returned[i].fn))
			event_must_be_as(trace, ev, returned[i].field, ev, "ret");
}

void stacks_check(struct trace *trace, const struct event *ev)
{
	check_words(trace, ev);
	check_vocabulary(trace, ev);
	check_ctx(trace, ev);
	check_first_frame(trace, ev);
	check_returned(trace, ev);
	if ((ev->kind == EV_FIB_LOOKUP || ev->kind == EV_ROUTE_RESULT) && event_has_callers(ev))
		event_must_say(trace, ev, "purpose", purpose_of(ev));
	if (ev->kind == EV_FIB_LOOKUP) {
		check_table(trace, ev, "table", "table_name");
		check_table(trace, ev, "out.table", "out.table_name");
		event_must_be_as(trace, ev, "dev", ev, "out.dev");
	}
	if (ev->kind == EV_NEIGH_STATE)
		check_why(trace, ev);
	if (ev->kind == EV_NEIGH_LOOKUP && json_true(event_get(ev, "found")))
		trace_contradicts(trace, ev, "found", "false");
	if (ev->kind == EV_SKB_DROP)
		check_dropper(trace, ev);
}
