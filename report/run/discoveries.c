// SPDX-License-Identifier: GPL-2.0-or-later
// Neighbour discovery, and the addresses that it is about: who sent a message, what a question is about, what an address was.
#include "run/follow.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

/* The last event of that type and node before this one that agrees in a field; NULL: there is none. */
static const struct event *last_of(const struct trace *trace, const struct event *ev,
				   const char *type, const char *path, const char *wanted)
{
	for (const struct event *e = ev; e-- > trace->events.v;)
		if (text_is(e->type, type) && e->netns == ev->netns &&
		    event_agrees(e, path, ev, wanted))
			return e;
	return NULL;
}

/* ---- messages ---- */

/* Who decided to send it is on the stack; what is received has come to one function. */
static void check_by(struct trace *trace, const struct event *ev)
{
	char *by = event_dup(ev, "by");

	if (ev->row->way == WAY_IN)
		event_must_be_as(trace, ev, "by", ev, "fn");
	else if (event_has_callers(ev) && !event_whole_stack_has(ev, by))
		trace_contradicts(trace, ev, "by", _("a call on its stack"));
	free(by);
}

/* ndisc_solicit() asks for the neighbour that it is given: the last call before, of the same node, is that of the question. */
static void check_asked(struct trace *trace, const struct event *ev)
{
	const struct event *e = ev;

	if (!event_is(ev, "by", "ndisc_solicit"))
		return;
	while (e > trace->events.v && !(text_is(e->fn, "ndisc_solicit") && e->netns == ev->netns))
		e--;
	if (text_is(e->fn, "ndisc_solicit")) {
		event_must_be_as(trace, e, "args.ip", ev, "target");
		event_must_be_as(trace, e, "args.dev", ev, "dev");
	}
}

/* The last advertisement of a router that came to the event's node; the run's first event, which is none, if none did. */
static const struct event *advertised(const struct trace *trace, const struct event *ev)
{
	const char *netns = ev->netns;

	while (ev > trace->events.v &&
	       !(event_is(ev, "op", "router_advertisement") && ev->netns == netns))
		ev--;
	return ev;
}

/* ndisc_rcv() hands an advertisement of a router to ndisc_router_discovery(), and each prefix to addrconf_prefix_rcv(). */
static void check_prefix(struct trace *trace, const struct event *ev)
{
	static const char *const fields[][2] = {
		{ "args.prefix", "ra.prefixes.0.prefix" },
		{ "args.prefix_len", "ra.prefixes.0.prefix_len" },
		{ "args.on_link", "ra.prefixes.0.on_link" },
		{ "args.autonomous", "ra.prefixes.0.autonomous" },
		{ "args.valid_s", "ra.prefixes.0.valid_s" },
		{ "args.preferred_s", "ra.prefixes.0.preferred_s" },
	};
	const struct event *rx = advertised(trace, ev);

	if (event_has(rx, "ra.prefixes.1"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		event_must_be_as(trace, ev, fields[i][0], rx, fields[i][1]);
}

/* The default router is who has sent the advertisement. */
static void check_router(struct trace *trace, const struct event *ev)
{
	const struct event *rx = advertised(trace, ev);

	event_must_be_as(trace, ev, "args.via", rx, "saddr");
	event_must_be_as(trace, ev, "args.dev", rx, "dev");
}

/* The MAC that a message brought is in one of its options: that of who asks or advertises, about its own address. */
static void check_lladdr(struct trace *trace, const struct event *ev)
{
	const struct event *asked, *answered;

	if (!event_is(ev, "why", "nd_rx") || event_agrees(ev, "lladdr.new", ev, "lladdr.old") ||
	    !event_has(ev, "lladdr.new"))
		return;
	asked = last_of(trace, ev, "nd.rx", "saddr", "ip");
	answered = last_of(trace, ev, "nd.rx", "target", "ip");
	if (!(asked && event_agrees(asked, "slla", ev, "lladdr.new")) &&
	    !(answered && event_agrees(answered, "tlla", ev, "lladdr.new")))
		trace_contradicts(trace, ev, "lladdr.new",
				  _("one that neighbour discovery has brought"));
}

/* ---- addresses ---- */

/* An address is what it became last; ipv6_add_addr() alone makes one. */
static void check_life(struct trace *trace, const struct event *ev)
{
	const struct event *last = last_of(trace, ev, "addr.state", "addr", "addr");
	bool made = text_is(ev->fn, "ipv6_add_addr");

	if (made != (event_get(ev, "state.old").kind == JSON_NULL))
		trace_contradicts(trace, ev, "state.old", made ? "null" : _("a state"));
	if (made || !last)
		return;
	event_must_be_as(trace, ev, "state.old", last, "state.new");
	event_must_be_as(trace, ev, "flags.old", last, "flags.new");
	event_must_be_as(trace, ev, "prefix_len", last, "prefix_len");
}

/* net/ipv6/addrconf.c: where an address may come to a state. */
static void check_state(struct trace *trace, const struct event *ev)
{
	static const struct {
		const char *state;
		const char *fn[4];
	} states[] = {
		{ "PREDAD", { "ipv6_add_addr", "addrconf_dad_work" } },
		{ "ERRDAD", { "addrconf_dad_failure" } },
		{ "DEAD", { "inet6_ifa_finish_destroy" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		const char *const *fn = states[i].fn;

		if (!event_is(ev, "state.new", states[i].state))
			continue;
		while (*fn && !text_is(ev->fn, *fn))
			fn++;
		if (!*fn)
			trace_contradicts(trace, ev, "state.new", _("another state"));
	}
}

/* `ip -6 address` shows the flags of the last event; it has no word for `permanent`, and one for its absence. */
static void check_shown(struct trace *trace, const struct event *ev)
{
	static const char *const words[] = { "tentative", "dadfailed", "mngtmpaddr", "deprecated" };
	const struct event *of = last_of(trace, ev, "addr.state", "addr", "values.ip");
	char *shown = event_dup(ev, "values.flags"),
	     *flags = of ? event_dup(of, "flags.new") : NULL;

	for (size_t i = 0; of && *shown && i < ARRAY_SIZE(words); i++)
		if (!strstr(shown, words[i]) != !strstr(flags, words[i]))
			trace_contradicts(trace, ev, "values.flags", "%s", flags);
	if (of)
		event_must_be_as(trace, ev, "values.prefix_len", of, "prefix_len");
	free(shown);
	free(flags);
}

/* What a message that came has brought: where none of them is an event, nothing is known of it. */
static void check_brought(struct trace *trace, const struct event *ev)
{
	if (!trace_watches(trace, "ndisc_rcv"))
		return;
	if (ev->kind == EV_NEIGH_STATE)
		check_lladdr(trace, ev);
	else if (ev->kind == EV_CALL && text_is(ev->fn, "addrconf_prefix_rcv"))
		check_prefix(trace, ev);
	else if (ev->kind == EV_CALL && text_is(ev->fn, "rt6_add_dflt_router"))
		check_router(trace, ev);
}

void discoveries_check(struct trace *trace, const struct event *ev)
{
	bool tx = text_is(ev->type, "nd.tx");

	if (tx || text_is(ev->type, "nd.rx"))
		check_by(trace, ev);
	check_brought(trace, ev);
	if (tx)
		check_asked(trace, ev);
	else if (ev->kind == EV_WITNESS && event_is(ev, "what", "address"))
		check_shown(trace, ev);
	else if (text_is(ev->type, "addr.state")) {
		check_life(trace, ev);
		check_state(trace, ev);
	}
}
