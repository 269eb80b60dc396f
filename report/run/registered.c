// SPDX-License-Identifier: GPL-2.0-or-later
// The order in which parts of the kernel start, and what they make known of themselves, held against what then runs and
// what /proc lists.
#include "base/i18n.h"
#include "run/follow.h"

#include <stdlib.h>
#include <string.h>

struct registered {
	struct trace *trace;
	VEC(const struct event *) all; /* events of that type, so far */
	const struct event *init; /* the last init.call, NULL: none */
};

/* Names and numbers that stand for each other: include/linux/socket.h, include/uapi/linux/in.h, if_ether.h. */
static const struct {
	const char *what, *name, *key;
} keys[] = {
	{ "family", "UNIX", "1" },	     { "family", "INET", "2" },
	{ "family", "INET6", "10" },	     { "family", "NETLINK", "16" },
	{ "family", "PACKET", "17" },	     { "net_protocol", "ICMP", "1" },
	{ "net_protocol", "IGMP", "2" },     { "net_protocol", "TCP", "6" },
	{ "net_protocol", "UDP", "17" },     { "net_protocol", "UDPLITE", "136" },
	{ "packet_type", "IP", "0x0800" },   { "packet_type", "ARP", "0x0806" },
	{ "packet_type", "IPV6", "0x86dd" },
};

/* Functions that the kernel calls by what was made known: a point is hit at its function. */
static const struct {
	const char *what, *name, *handler, *point;
} called[] = {
	{ "family", "INET", "handlers.create", "inet_create" },
	{ "net_protocol", "ICMP", "handlers.handler", "icmp_rcv" },
	{ "net_protocol", "UDP", "handlers.handler", "udp_rcv" },
	{ "net_protocol", "TCP", "handlers.handler", "tcp_v4_rcv" },
	{ "packet_type", "ARP", "handlers.func", "arp_rcv" },
	{ "packet_type", "IP", "handlers.func", "ip_rcv" },
	{ "packet_type", "IP", "handlers.list_func", "ip_list_rcv" },
};

/* include/linux/init.h, in the order in which init/main.c do_pre_smp_initcalls() and do_initcalls() run them */
static const struct {
	const char *level, *name;
} levels[] = {
	{ "early", "early" },	   { "0", "pure" },	    { "0s", "pure_sync" },
	{ "1", "core" },	   { "1s", "core_sync" },   { "2", "postcore" },
	{ "2s", "postcore_sync" }, { "3", "arch" },	    { "3s", "arch_sync" },
	{ "4", "subsys" },	   { "4s", "subsys_sync" }, { "5", "fs" },
	{ "5s", "fs_sync" },	   { "rootfs", "rootfs" },  { "6", "device" },
	{ "6s", "device_sync" },   { "7", "late" },	    { "7s", "late_sync" },
};

struct registered *registered_new(struct trace *trace)
{
	struct registered *registered = xcalloc(1, sizeof(*registered));

	registered->trace = trace;
	return registered;
}

void registered_free(struct registered *registered)
{
	vec_free(&registered->all);
	free(registered);
}

static void check_key(struct trace *trace, const struct event *ev)
{
	char *key = event_dup(ev, "key");

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		bool named = event_is(ev, "name", keys[i].name), keyed = text_is(key, keys[i].key);

		if (event_is(ev, "what", keys[i].what) && named != keyed)
			trace_contradicts(trace, ev, "key", named ? "%s" : _("that of %s"),
					  named ? keys[i].key : keys[i].name);
	}
	/* a device is found by its name */
	if (event_is(ev, "what", "netdevice") && *key)
		trace_contradicts(trace, ev, "key", "null");
	free(key);
}

/* inet_init() (net/ipv4/af_inet.c) makes each protocol known before the type of socket that leads to it. */
static void check_protocol(const struct registered *registered, const struct event *ev)
{
	for (size_t i = 0; i < registered->all.n; i++)
		if (event_is(registered->all.v[i], "what", "proto") &&
		    event_agrees(registered->all.v[i], "key", ev, "handlers.prot"))
			return;
	if (event_whole_stack_has(ev, "inet_init") &&
	    trace_watches(registered->trace, "proto_register"))
		trace_contradicts(registered->trace, ev, "handlers.prot",
				  _("one that was made known"));
}

/* The operations of a driver have one function that sends. */
static void check_device(const struct registered *registered, const struct event *ev)
{
	for (size_t i = 0; i < registered->all.n; i++)
		if (event_is(registered->all.v[i], "what", "netdevice") &&
		    event_agrees(registered->all.v[i], "handlers.ops", ev, "handlers.ops"))
			event_must_be_as(registered->trace, ev, "handlers.ndo_start_xmit",
					 registered->all.v[i], "handlers.ndo_start_xmit");
}

static void check_new(struct registered *registered, const struct event *ev)
{
	check_key(registered->trace, ev);
	if (event_is(ev, "what", "protosw"))
		check_protocol(registered, ev);
	else if (event_is(ev, "what", "netdevice"))
		check_device(registered, ev);
	*vec_add(&registered->all) = ev;
}

/* inet_create() hangs on a new socket what was made known for its type. */
static void check_socket(const struct registered *registered, const struct event *ev)
{
	bool known = false;

	for (size_t i = 0; i < registered->all.n; i++) {
		const struct event *of = registered->all.v[i];

		if (!event_is(of, "what", "protosw") || !event_whole_stack_has(of, "inet_init"))
			continue;
		known = true;
		if (event_agrees(of, "key", ev, "args.type") &&
		    event_agrees(of, "handlers.prot", ev, "result.prot") &&
		    event_agrees(of, "handlers.ops", ev, "result.ops"))
			return;
	}
	if (known && event_has(ev, "result.prot"))
		trace_contradicts(registered->trace, ev, "result", _("what was made known"));
}

static void check_called(const struct registered *registered, const struct event *ev)
{
	for (size_t i = 0; ev->point && ev->fn && i < ARRAY_SIZE(called); i++)
		for (size_t r = 0; text_is(ev->point, called[i].point) && r < registered->all.n;
		     r++) {
			const struct event *of = registered->all.v[r];

			if (event_is(of, "what", called[i].what) &&
			    event_is(of, "name", called[i].name))
				event_must_be_as(registered->trace, of, called[i].handler, ev,
						 "fn");
		}
}

/* What /proc/net/ptype and /proc/net/protocols list of it, where a lab has had them printed. */
static void check_listed(const struct registered *registered, const struct event *ev)
{
	bool types = event_is(ev, "what", "ptype"), protocols = event_is(ev, "what", "protocols");

	for (size_t i = 0; (types || protocols) && i < registered->all.n; i++) {
		const struct event *of = registered->all.v[i];
		char *key = event_dup(of, types ? "key" : "name");
		char *path =
			xasprintf("values.%s", types && starts_with(key, "0x") ? key + 2 : key);

		if (event_is(of, "what", types ? "packet_type" : "proto"))
			event_must_be_as(registered->trace, of,
					 types ? "handlers.func" : "handlers.obj_size", ev, path);
		free(key);
		free(path);
	}
}

/* The place of an init.call's level in that order; the number of all of them: it has none. */
static size_t level_of(const struct event *ev)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(levels) && !event_is(ev, "level", levels[i].level))
		i++;
	return i;
}

static void check_init(struct registered *registered, const struct event *ev)
{
	size_t level = level_of(ev);

	if (level < ARRAY_SIZE(levels))
		event_must_say(registered->trace, ev, "level_name", levels[level].name);
	else if (event_has(ev, "level"))
		trace_contradicts(registered->trace, ev, "level", _("another word"));
	if (registered->init && level < level_of(registered->init))
		trace_contradicts(registered->trace, ev, "level",
				  _("not before that of event %lld"),
				  (long long)registered->init->n);
	if (event_has(ev, "level"))
		registered->init = ev;
}

void registered_check(struct registered *registered, const struct event *ev)
{
	if (text_is(ev->type, "register"))
		check_new(registered, ev);
	else if (text_is(ev->type, "init.call"))
		check_init(registered, ev);
	else if (registered->all.n && ev->kind == EV_WITNESS)
		check_listed(registered, ev);
	else if (registered->all.n)
		check_called(registered, ev);
	if (ev->kind == EV_CALL && ev->fn && text_is(ev->fn, "inet_create") &&
	    text_is(ev->at, "return"))
		check_socket(registered, ev);
}
