// SPDX-License-Identifier: GPL-2.0-or-later
// How a route was found: the tables that were searched for it.
#include "views/routes.h"

#include <stdlib.h>

const struct event *search_before(const struct trace *trace, const struct event *ev)
{
	const char *netns = ev->netns;

	while (ev-- > trace->events.v) {
		if (ev->netns != netns)
			continue;
		if (ev->kind == EV_ROUTE_RESULT)
			return NULL;
		if (ev->kind == EV_FIB_LOOKUP && !text_is(ev->at, "enter"))
			return ev;
	}
	return NULL;
}

/* The sender's address of what comes in is looked up, too. */
bool search_is_of(const struct event *search, const struct event *result)
{
	return event_same(search, result, "purpose") ||
	       (event_is(result, "dir", "input") && event_is(search, "purpose", "src_validate"));
}

/* net/ipv4/fib_rules.c: rules that the user added; before there are any, the tables are searched without them. */
const struct event *search_rule(const struct trace *trace, const struct event *search)
{
	const struct event *parent = trace_event(trace, search->parent);

	return parent && text_is(parent->fn, "fib4_rule_action") ? parent : NULL;
}

/* fib_props in net/ipv4/fib_semantics.c */
const char *search_refused_by(const struct event *search)
{
	static const struct {
		const char *error, *type;
	} types[] = {
		{ "EINVAL", "blackhole" },
		{ "EACCES", "prohibit" },
		{ "EHOSTUNREACH", "unreachable" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (event_is(search, "err", types[i].error))
			return types[i].type;
	return NULL;
}
