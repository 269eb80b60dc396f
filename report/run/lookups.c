// SPDX-License-Identifier: GPL-2.0-or-later
// Routes: a table that was searched, what the whole lookup gave, and the packet that took it say the same.
#include "base/i18n.h"
#include "run/follow.h"

#include <stdlib.h>
#include <string.h>

struct lookups {
	struct trace *trace;
	VEC(const struct event *) results; /* route.result */
	const struct event *searched; /* the last fib.lookup, or NULL */
};

struct lookups *lookups_new(struct trace *trace)
{
	struct lookups *lookups = xcalloc(1, sizeof(*lookups));

	lookups->trace = trace;
	return lookups;
}

void lookups_free(struct lookups *lookups)
{
	vec_free(&lookups->results);
	free(lookups);
}

enum {
	LOOK_BACK = 200 /* results that a segment's route may stand behind */
};

/* ---- a table ---- */

static bool is_prefix_of(const struct event *ev)
{
	char *prefix = event_dup(ev, "out.prefix"), *daddr = event_dup(ev, "in.daddr");
	int64_t len = event_int(ev, "out.prefixlen", 0);
	struct address one, two;
	bool fits;

	fits = !address_parse(prefix, &one) || !address_parse(daddr, &two) ||
	       address_begins(one, two, len);
	free(prefix);
	free(daddr);
	return fits;
}

/* The lookups that connect() makes (net/ipv4/tcp_ipv4.c tcp_v4_connect(), net/ipv6/tcp_ipv6.c tcp_v6_connect()). */
static bool is_of_connect(const struct event *ev)
{
	return event_stack_has(ev, (const char *const[]){ "ip_route_connect", "ip_route_newports",
							  "ip6_dst_lookup_tail", NULL });
}

/* What a lookup for this asks for always: fib_frontend.c __inet_dev_addr_type(), route.c ip_route_input_slow(),
 * ip_route_output_key_hash(): iif is that of the loopback device. */
static const struct {
	const char *purpose, *path;
	int64_t number;
} asked_always[] = {
	{ "addr_type", "in.oif", 0 }, { "addr_type", "in.iif", 0 },
	{ "addr_type", "in.tos", 0 }, { "addr_type", "in.mark", 0 },
	{ "input", "in.oif", 0 },     { "choose_saddr", "in.iif", 1 },
	{ "route", "in.iif", 1 },     { "newports", "in.iif", 1 },
};

/* Whether a connection has both ports; before connect() has chosen one, that of what the socket was before is asked with. */
static bool has_conn(const struct trace *trace, const struct event *ev, int64_t sport,
		     int64_t dport)
{
	bool chosen = !event_is(ev, "purpose", "choose_saddr") && !event_is(ev, "purpose", "route");

	for (size_t i = 0; i < trace->conns.n; i++) {
		const struct conn *conn = &trace->conns.v[i];

		if (conn_has_ports(conn, sport, dport) || (!chosen && conn->client_port == sport))
			return true;
	}
	return false;
}

static void check_asked(struct lookups *lookups, const struct event *ev)
{
	int64_t sport = event_int(ev, "in.sport", 0), dport = event_int(ev, "in.dport", 0);

	for (size_t i = 0; i < ARRAY_SIZE(asked_always); i++)
		if (event_is(ev, "purpose", asked_always[i].purpose))
			event_must_be(lookups->trace, ev, asked_always[i].path,
				      asked_always[i].number);
	if (event_is(ev, "in.proto", "IP")) {
		event_must_be(lookups->trace, ev, "in.sport", 0);
		event_must_be(lookups->trace, ev, "in.dport", 0);
	}
	/* the loopback device is the first of each node */
	if (event_int(ev, "in.oif", 0) == 1)
		event_must_say(lookups->trace, ev, "out.dev", LOOPBACK);
	if (event_is(ev, "in.proto", "TCP") && sport && dport && event_has(ev, "out") &&
	    trace_watches(lookups->trace, "ip_output") &&
	    !has_conn(lookups->trace, ev, sport, dport))
		trace_contradicts(lookups->trace, ev, "in.sport",
				  _("one of the ends of its connection"));
	if (!event_is(ev, "purpose", "input"))
		return;
	/* what comes from one address to another came by one device before */
	for (const struct event *e = ev; e-- > lookups->trace->events.v;)
		if (e->kind == EV_FIB_LOOKUP && e->netns == ev->netns &&
		    event_agrees(e, "purpose", ev, "purpose") &&
		    event_agrees(e, "in.saddr", ev, "in.saddr") &&
		    event_agrees(e, "in.daddr", ev, "in.daddr")) {
			event_must_be_as(lookups->trace, ev, "in.iif", e, "in.iif");
			return;
		}
}

/* No address is the node itself: ip_route_output_key_hash_rcu() (net/ipv4/route.c) takes the source's, tcp_v6_connect() ::1. */
static void check_itself(struct trace *trace, const struct event *ev)
{
	if (text_is(ev->fn, "fib6_table_lookup"))
		event_must_say(trace, ev, "in.daddr", "::1");
	else
		event_must_be_as(trace, ev, "in.daddr", ev, "in.saddr");
}

static void check_search(struct lookups *lookups, const struct event *ev)
{
	const struct event *before = lookups->searched;
	const struct event *asked = ev->parent > 0 && (size_t)ev->parent <= lookups->trace->events.n
					    ? &lookups->trace->events.v[ev->parent - 1]
					    : NULL;
	bool found = event_has(ev, "out");

	check_asked(lookups, ev);
	if (found == event_has(ev, "err"))
		trace_contradicts(lookups->trace, ev, "err",
				  found ? "null" : _("the name of an error"));
	if (found && !is_prefix_of(ev))
		trace_contradicts(lookups->trace, ev, "out.prefix",
				  _("one that the address asked for begins with"));
	if (asked &&
	    (text_is(asked->fn, "tcp_v4_connect") || text_is(asked->fn, "tcp_v6_connect")) &&
	    asked->netns == ev->netns && asked->pid == ev->pid && event_has(ev, "in.dport") &&
	    is_of_connect(ev)) {
		if (event_is_unset(asked, "args.daddr"))
			check_itself(lookups->trace, ev);
		else
			event_must_be_handed(lookups->trace, ev, "in.daddr", asked, "args.daddr");
		event_must_be_as(lookups->trace, ev, "in.dport", asked, "args.dport");
	}
	/* within one call no table changes */
	if (before && ev->parent && before->parent == ev->parent && before->pid == ev->pid &&
	    before->netns == ev->netns && event_agrees(before, "table", ev, "table") &&
	    event_agrees(before, "in.daddr", ev, "in.daddr") &&
	    event_agrees(before, "in.scope", ev, "in.scope") &&
	    event_agrees(before, "in.oif", ev, "in.oif") && is_of_connect(before) &&
	    is_of_connect(ev)) {
		static const char *const fields[] = { "out.prefix", "out.prefixlen", "out.table",
						      "out.type",   "out.scope",     "out.protocol",
						      "out.metric", "out.prefsrc",   "out.via",
						      "out.dev",    "in.iif",	     "in.tos",
						      "in.mark",    "in.proto" };

		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			event_must_be_as(lookups->trace, ev, fields[i], before, fields[i]);
	}
	lookups->searched = ev;
}

/* ---- a whole lookup ---- */

/* The search that gave the result: the last one before, by the same task, for the same purpose. */
static bool is_of(const struct event *search, const struct event *result)
{
	return search && search->pid == result->pid && search->netns == result->netns &&
	       event_agrees(search, "purpose", result, "purpose") && search + 3 > result;
}

static void check_error(struct trace *trace, const struct event *ev, const struct event *search)
{
	if (!event_is(ev, "dir", "output") || event_int(search, "in.oif", 0))
		return;
	/* include/net/ip_fib.h fib_lookup() */
	if (event_is(search, "err", "EAGAIN"))
		event_must_say(trace, ev, "error", "ENETUNREACH");
	else if (event_has(search, "err") || event_has(ev, "error"))
		event_must_be_as(trace, ev, "error", search, "err");
	if (event_has(search, "err") != event_has(ev, "error"))
		trace_contradicts(trace, ev, "error",
				  event_has(search, "err") ? _("the name of an error") : "null");
}

static void check_result(struct lookups *lookups, const struct event *ev)
{
	struct trace *trace = lookups->trace;
	const struct event *search = lookups->searched;
	bool output = event_is(ev, "dir", "output");

	*vec_add(&lookups->results) = ev;
	if (output && event_has(ev, "src"))
		event_must_be_as(trace, ev, "saddr", ev, "src");
	if (!output)
		event_must_be_as(trace, ev, "saddr", ev, "src");
	if (!is_of(search, ev))
		return;
	event_must_be_as(trace, ev, "dst", search, "in.daddr");
	if (!output || event_has(ev, "src"))
		event_must_be_as(trace, ev, "src", search, "in.saddr");
	else if (!event_is_unset(search, "in.saddr"))
		trace_contradicts(trace, ev, "src", _("an address"));
	check_error(trace, ev, search);
	/* what comes in and is to go on where nothing is forwarded is unreachable: ip_route_input_slow() */
	if (!event_has(search, "out") || event_has(ev, "error") ||
	    (!output && event_is(ev, "route_type", "unreachable")))
		return;
	event_must_be_as(trace, ev, "route_type", search, "out.type");
	if (!event_is(search, "out.type", "unicast"))
		return;
	event_must_be_as(trace, ev, "out_dev", search, "out.dev");
	event_must_be_as(trace, ev, "via", search, "out.via");
	if (event_has(ev, "via") != event_has(search, "out.via"))
		trace_contradicts(trace, ev, "via", event_has(ev, "via") ? "null" : _("a gateway"));
	if (output && !event_has(ev, "src"))
		event_must_be_as(trace, ev, "saddr", search, "out.prefsrc");
}

/* ---- packets ---- */

/* A segment leaves by a device that a lookup of its destination gave. */
static void check_sent(struct lookups *lookups, const struct event *ev)
{
	const struct event *known = NULL;
	size_t end = lookups->results.n > LOOK_BACK ? lookups->results.n - LOOK_BACK : 0;

	for (size_t i = lookups->results.n; i-- > end;) {
		const struct event *result = lookups->results.v[i];

		if (result->netns != ev->netns || !event_agrees(result, "dst", ev, "daddr") ||
		    event_has(result, "error"))
			continue;
		if (event_agrees(result, "out_dev", ev, "dev"))
			return;
		known = known ? known : result;
	}
	if (known)
		event_must_be_as(lookups->trace, ev, "dev", known, "out_dev");
}

/* A segment that is received, or goes on, has the addresses that were looked up for it. */
static void check_received(struct lookups *lookups, const struct event *ev)
{
	size_t end = lookups->results.n > LOOK_BACK ? lookups->results.n - LOOK_BACK : 0;
	bool arp = ev->kind == EV_ARP_RX;

	for (size_t i = lookups->results.n; ev->pkt && !arp && i-- > end;) {
		const struct event *result = lookups->results.v[i];

		if (result->pkt != ev->pkt || result->netns != ev->netns ||
		    !event_is(result, "dir", "input"))
			continue;
		event_must_be_as(lookups->trace, result, "dst", ev, "daddr");
		event_must_be_as(lookups->trace, result, "src", ev, "saddr");
		return;
	}
}

/* arp_process() in net/ipv4/arp.c looks up who is asked for by who asks. */
static void check_arp(struct lookups *lookups, const struct event *ev)
{
	const struct event *rx = ev;

	/* without a route no device tells whose lookup it was */
	if (!event_has(ev, "dev") ||
	    !event_stack_has(ev, (const char *const[]){ "arp_process", NULL }))
		return;
	while (rx > lookups->trace->events.v && !(rx->kind == EV_ARP_RX && rx->netns == ev->netns))
		rx--;
	if (rx->kind != EV_ARP_RX)
		return;
	event_must_be_as(lookups->trace, ev, "dst", rx, "tpa");
	event_must_be_as(lookups->trace, ev, "src", rx, "spa");
	if (ev->pkt && rx->pkt && ev->pkt != rx->pkt)
		trace_contradicts(lookups->trace, ev, "pkt", _("%lld, as event %lld says"),
				  (long long)rx->pkt, (long long)rx->n);
}

void lookups_check(struct lookups *lookups, const struct event *ev)
{
	switch (ev->kind) {
	case EV_FIB_LOOKUP:
		check_search(lookups, ev);
		break;
	case EV_ROUTE_RESULT:
		check_result(lookups, ev);
		check_arp(lookups, ev);
		break;
	case EV_TCP_TX:
		check_sent(lookups, ev);
		break;
	case EV_TCP_RX:
		check_received(lookups, ev);
		break;
	default:
		break;
	}
}
