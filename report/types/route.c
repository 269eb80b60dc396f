// SPDX-License-Identifier: GPL-2.0-or-later
// A packet's way is looked up: each table that is searched, and what all of it gave.
#include "types/tell.h"
#include "base/i18n.h"

static void say_lookup(const struct telling *of, struct str *out)
{
	const struct event *ev = of->ev;
	/* the route's own table: while no rule was added, those of `local` stand in main's trie (fib_unmerge()) */
	bool own = event_get(ev, "out.table_name").kind == JSON_STRING;

	say_with(ev, out, _("table %s"), own ? "out.table_name" : "table_name");
	say_field(ev, out, ": ", "in.daddr");
	say_field(ev, out, " -> ", "err");
	say_field(ev, out, " -> ", "out.prefix");
	say_field(ev, out, "/", "out.prefixlen");
	say_field(ev, out, " dev ", "out.dev");
	say_field(ev, out, ", ", "purpose");
}

static void say_route(const struct telling *of, struct str *out)
{
	const struct event *ev = of->ev;

	say_with(ev, out, _("route to %s"), "dst");
	say_field(ev, out, ": ", "error");
	say_field(ev, out, " via ", "via");
	say_field(ev, out, " dev ", "out_dev");
	say_field(ev, out, " src ", "saddr");
	say_field(ev, out, ", ", "purpose");
}

/* Of a search the answer alone; what kind of address it is (ARP asks for each) is no way for a packet. */
static bool is_answer(const struct event *ev)
{
	return !text_is(ev->at, "enter") && !event_is(ev, "purpose", "addr_type");
}

static void fill_prefix(const struct telling *of, struct table *t)
{
	struct str out = { 0 };

	if (event_text(of->ev, "out.prefix", &out)) {
		str_add(&out, "/");
		event_text(of->ev, "out.prefixlen", &out);
	} else {
		event_text(of->ev, "err", &out);
	}
	table_take(t, str_take(&out));
}

/* clang-format off */
static const struct column route_columns[] = {
	WHEN_AND_WHERE,
	FIELD("purpose", N_("why")),
	FIELD("dir", N_("direction")),
	FIELD("dst", N_("to")),
	FIELD("src", N_("from")),
	FIELD("via", N_("via")),
	FIELD("out_dev", N_("dev")),
	FIELD("saddr", N_("source chosen")),
	FIELD("error", N_("error")),
};

static const struct column lookup_columns[] = {
	WHEN_AND_WHERE,
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
/* clang-format on */

static const struct event_table routes = {
	.key = "routes",
	.title = N_("Routes found"),
	.view = "routes",
	.place = 1,
	COLUMNS(route_columns),
};

static const struct event_table lookups = {
	.key = "lookups",
	.title = N_("Tables searched"),
	.view = "routes",
	.place = 2,
	COLUMNS(lookup_columns),
};

static const struct meaning lookup_meanings[] = {
	{ "purpose=choose_saddr stack~tcp_sendmsg_fastopen",
	  N_("First of up to three lookups of a call that connects and sends at once (Fast Open): "
	     "the socket has no source address yet, and the route tells which one to take."),
	  "net/ipv4/tcp.c: tcp_sendmsg_fastopen()" },
	{ "purpose=newports stack~tcp_sendmsg_fastopen",
	  N_("The last lookup of a call that connects and sends at once (Fast Open): the source "
	     "port is known only now, and a policy rule could depend on it."),
	  "net/ipv4/tcp.c: tcp_sendmsg_fastopen()" },
	/* IPv6 */
	{ "fn=fib6_table_lookup err=EAGAIN table_name=local",
	  N_("IPv6 asks the table local first: the address is none of this node's own."),
	  "net/ipv6/fib6_rules.c: fib6_rule_lookup()" },
	{ "fn=fib6_table_lookup err=EAGAIN", N_("No route of this table fits the address."),
	  "net/ipv6/route.c: fib6_table_lookup()" },
	{ "fn=fib6_table_lookup purpose=choose_saddr stack~tcp_v6_connect",
	  N_("The one lookup of connect() over IPv6: the socket has no source address yet, and "
	     "the route's device has those to choose from."),
	  "net/ipv6/ip6_output.c: ip6_dst_lookup_tail()" },
	{ "fn=fib6_table_lookup purpose=choose_saddr",
	  N_("A lookup without a source address: that is chosen next, among those of the route's "
	     "device."),
	  "net/ipv6/ip6_output.c: ip6_dst_lookup_tail()" },
	{ "fn=fib6_table_lookup purpose=route",
	  N_("The lookup for the flow itself, with both addresses known."),
	  "net/ipv6/route.c: ip6_route_output_flags()" },
	{ "fn=fib6_table_lookup purpose=input",
	  N_("A packet came in: the lookup tells whether it is for this node or must go on."),
	  "net/ipv6/route.c: ip6_route_input()" },
	/* IPv4 */
	{ "purpose=choose_saddr",
	  N_("First of up to three lookups of one connect(): the socket has no source address yet, "
	     "and the route tells which one to take."),
	  "include/net/route.h: ip_route_connect()" },
	{ "purpose=newports",
	  N_("The last lookup of connect(): the source port is known only now, and a policy rule "
	     "could depend on it."),
	  "include/net/route.h: ip_route_newports()" },
	{ "purpose=route in.saddr=0.0.0.0",
	  N_("The lookup for what is to be sent: the route tells the source address, too."),
	  "net/ipv4/route.c: ip_route_output_key_hash_rcu()" },
	{ "purpose=route", N_("The lookup for the flow itself, with both addresses known."),
	  "net/ipv4/route.c: ip_route_output_flow()" },
	{ "purpose=input",
	  N_("A packet came in: the lookup tells whether it is for this node or must go on."),
	  "net/ipv4/route.c: ip_route_input_slow()" },
	{ "purpose=src_validate",
	  N_("The sender's address is looked up too, to see whether the packet could come from "
	     "there."),
	  "net/ipv4/fib_frontend.c: fib_validate_source()" },
	{ "purpose=addr_type",
	  N_("The kernel asks what kind of address this is: local, broadcast or unicast."),
	  "net/ipv4/fib_frontend.c: __inet_dev_addr_type()" },
	{ 0 },
};

static const struct meaning route_meanings[] = {
	{ "stack~inet_rtm_getroute",
	  N_("Somebody asks, as `ip route get` does: no packet is on its way."),
	  "net/ipv4/route.c: inet_rtm_getroute()" },
	{ "stack~inet6_rtm_getroute",
	  N_("Somebody asks, as `ip route get` does: no packet is on its way."),
	  "net/ipv6/route.c: inet6_rtm_getroute()" },
	{ "stack~icmpv6_xrlim_allow error=null",
	  N_("An ICMP error is to go there: how often it may, its route tells."),
	  "net/ipv6/icmp.c: icmpv6_xrlim_allow()" },
	{ "stack~icmpv6_rt_has_prefsrc error=null",
	  N_("An ICMP error is to go there: has its route a source address of its own?"),
	  "net/ipv6/icmp.c: icmpv6_rt_has_prefsrc()" },
	{ "fn=ip6_route_output_flags purpose=choose_saddr error=null",
	  N_("Which address of the route's device becomes the source is chosen next (RFC 6724)."),
	  "net/ipv6/ip6_output.c: ip6_dst_lookup_tail()" },
	{ "fn=ip6_route_output_flags error=null",
	  N_("The answer of the whole lookup: device, next hop and source address."),
	  "net/ipv6/route.c: ip6_route_output_flags()" },
	{ "fn=ip6_route_output_flags", N_("There is no way: whoever asked gets this error."),
	  "net/ipv6/route.c: ip6_route_output_flags()" },
	{ "fn=ip6_route_input route_type=local",
	  N_("The packet that came in is for this node itself: such routes have the device lo."),
	  "net/ipv6/route.c: ip6_route_input()" },
	{ "dir=input stack~arp_process", N_("ARP asks whether the address is this node's own."),
	  "net/ipv4/arp.c: arp_process()" },
	{ "dir=output purpose=choose_saddr error=null",
	  N_("The route's device gives the connection its source address."),
	  "include/net/route.h: ip_route_connect()" },
	{ "dir=output error=null",
	  N_("The answer of the whole lookup: device, next hop and source address."),
	  "net/ipv4/route.c: ip_route_output_key_hash_rcu()" },
	{ "dir=output", N_("There is no way: whoever asked gets this error."),
	  "net/ipv4/route.c: ip_route_output_key_hash_rcu()" },
	{ "dir=input route_type=local",
	  N_("The packet that came in is for this node itself: such routes have the device lo."),
	  "net/ipv4/route.c: ip_route_input_slow()" },
	{ "dir=input route_type=unicast",
	  N_("The packet that came in is for somebody else: this node sends it on."),
	  "net/ipv4/route.c: __mkroute_input()" },
	{ "dir=input route_type=unreachable",
	  N_("The packet that came in has no way from here: ip_error() is to tell its sender."),
	  "net/ipv4/route.c: ip_error()" },
	{ "dir=input error!=null", N_("The packet that came in gets no route: it is dropped here."),
	  "net/ipv4/route.c: ip_route_input_slow()" },
	{ 0 },
};

static const struct event_type types[] = {
	{
		.name = "fib.lookup",
		.keys = "in table table_name purpose err out",
		.kind = EV_FIB_LOOKUP,
		.ink = INK_ROUTE,
		.in_ladder = is_answer,
		.say = say_lookup,
		.identity = "purpose table_name in.daddr",
		.detail = "err out.type out.prefixlen out.dev",
		.exact = "in.daddr in.saddr out.prefix",
		.table = &lookups,
		.meanings = lookup_meanings,
	},
	{
		.name = "route.result",
		.keys = "dir dst src route_type via out_dev saddr error purpose",
		.kind = EV_ROUTE_RESULT,
		.ink = INK_ROUTE,
		.in_ladder = ladder_always,
		.say = say_route,
		.identity = "dir purpose dst",
		.detail = "route_type error out_dev",
		.exact = "dst src via saddr",
		.table = &routes,
		.meanings = route_meanings,
	},
};
EVENT_FAMILY(route, types);
