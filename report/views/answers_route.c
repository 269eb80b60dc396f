// SPDX-License-Identifier: GPL-2.0-or-later
// Answers of the way: which route was chosen and why, and how long ARP took.
#include "views/answers.h"
#include "base/i18n.h"
#include "types/tell.h"
#include "views/routes.h"

#include <stdlib.h>
#include <string.h>

/* ---- routes ---- */

static bool is_route(const struct answers *a, const struct event *ev)
{
	return ev->kind == EV_ROUTE_RESULT && event_is(ev, "dir", "output") &&
	       request_wants(a->rq, ev);
}

/* The last table that was searched for this result: with a prefix that fits, or, for an error, with that. */
static const struct event *lookup_of(const struct answers *a, const struct event *result)
{
	bool failed = event_get(result, "error").kind == JSON_STRING;

	for (const struct event *ev = search_before(a->rq->trace, result); ev;
	     ev = search_before(a->rq->trace, ev))
		if (event_same(ev, result, "purpose") &&
		    event_get(ev, failed ? "err" : "out.prefix").kind == JSON_STRING)
			return ev;
	return NULL;
}

static char *route_text(const struct event *ev)
{
	char *dst = event_dup(ev, "dst"), *via = event_dup(ev, "via");
	char *dev = event_dup(ev, "out_dev"), *error = event_dup(ev, "error"), *text;

	if (*error)
		text = xasprintf(_("%s to %s: no route (%s)"), or_dash(ev->netns), dst, error);
	else if (*via)
		text = xasprintf(_("%s to %s: by way of %s, out of %s"), or_dash(ev->netns), dst,
				 via, or_dash(dev));
	else
		text = xasprintf(_("%s to %s: directly, out of %s"), or_dash(ev->netns), dst,
				 or_dash(dev));
	free(dst);
	free(via);
	free(dev);
	free(error);
	return text;
}

/* "…, because no prefix in table main fits"; takes the route over. */
static char *add_error(char *route, const struct event *lookup)
{
	char *table = event_dup(lookup, "table_name"), *error = event_dup(lookup, "err"), *text;
	const char *type = search_refused_by(lookup);

	if (type)
		text = xasprintf(_("%s, because the longest prefix that fits in table %s is a "
				   "route of the type %s"),
				 route, table, type);
	else
		text = xasprintf(_("%s, because the search of table %s gave %s"), route, table,
				 error);
	free(route);
	free(table);
	free(error);
	return text;
}

static char *route_with_reason(const struct event *ev, const struct event *lookup)
{
	char *route = route_text(ev), *prefix, *table, *text;

	if (!lookup)
		return route;
	if (event_get(ev, "error").kind == JSON_STRING)
		return add_error(route, lookup);
	prefix = event_dup(lookup, "out.prefix");
	table = event_dup(lookup, "out.table_name");
	if (!*table) {
		free(table);
		table = event_dup(lookup, "table_name");
	}
	text = xasprintf(_("%s, because %s/%lld in table %s is the longest prefix that fits"),
			 route, prefix, (long long)event_int(lookup, "out.prefixlen", 0), table);
	free(route);
	free(prefix);
	free(table);
	return text;
}

/* The same way is looked up for each segment: it is said once. */
void answer_route(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		const struct event *lookup;

		if (!is_route(a, ev) || !is_new(a, route_text(ev)))
			continue;
		lookup = lookup_of(a, ev);
		answer(a, route_with_reason(ev, lookup), ev, lookup);
	}
}

/* How many results the call that this one belongs to had before it; a softirq on its stack is another node's, too. */
static int results_before(const struct answers *a, const struct event *result)
{
	int n = 0;

	for (const struct event *ev = result; ev-- > a->rq->trace->events.v;) {
		n += is_route(a, ev) && ev->parent == result->parent && ev->netns == result->netns;
		if (ev->n == result->parent)
			break;
	}
	return n;
}

/* connect() needs the way up to three times: each time more of the flow is known. */
void answer_again_looked_up(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		int before = is_route(a, ev) && ev->parent ? results_before(a, ev) : 0;
		const struct event *lookup = before ? lookup_of(a, ev) : NULL;
		const struct meaning *meaning = lookup ? meaning_of(lookup) : NULL;
		char *purpose = event_dup(ev, "purpose");

		if (meaning && is_new(a, xasprintf("%s %s", or_dash(ev->netns), purpose)))
			answer(a,
			       xasprintf(_("on %s, lookup %d (%s): %s"), or_dash(ev->netns),
					 before + 1, purpose, _(meaning->text)),
			       lookup, ev);
		free(purpose);
	}
}

/* ---- ARP ---- */

static bool is_request(const struct event *ev)
{
	return ev->kind == EV_ARP_TX && event_is(ev, "op", "request") &&
	       !json_true(event_get(ev, "gratuitous"));
}

/* The event that made the address known: the entry's new state, or the reply itself. */
static bool makes_known(const struct event *ev, const struct event *request, const char *address)
{
	if (ev->netns != request->netns)
		return false;
	return (ev->kind == EV_NEIGH_STATE && event_is(ev, "ip", address) &&
		event_is(ev, "nud.new", "REACHABLE")) ||
	       (ev->kind == EV_ARP_RX && event_is(ev, "op", "reply") &&
		event_is(ev, "spa", address));
}

/* A later request for the same address, while it is not known, belongs to the first. */
static bool is_asked_again(const struct answers *a, const struct event *request,
			   const char *address)
{
	for (const struct event *ev = request; ev-- > a->rq->trace->events.v;) {
		if (makes_known(ev, request, address))
			return false;
		if (is_request(ev) && ev->netns == request->netns && event_is(ev, "tpa", address))
			return true;
	}
	return false;
}

static void answer_arp_request(struct answers *a, const struct event *request, const char *address)
{
	const struct event *reply = NULL, *known = NULL;
	long long times = 0;

	for (const struct event *ev = request; ev < events_end(a) && !known; ev++) {
		times += is_request(ev) && ev->netns == request->netns &&
			 event_is(ev, "tpa", address);
		if (makes_known(ev, request, address))
			*(ev->kind == EV_ARP_RX && !reply ? &reply : &known) = ev;
		if (reply && ev > reply + 20)
			break;
	}
	known = known ? known : reply;
	if (known) {
		char *took = duration(a, request, known);

		answer(a,
		       xasprintf(_("%s on %s, from asking for %s to knowing it"), took,
				 or_dash(request->netns), address),
		       request, known);
		free(took);
	} else
		answer(a,
		       xasprintf(_("%s asked for %s, requests: %lld; nobody answered"),
				 or_dash(request->netns), address, times),
		       request, NULL);
}

void answer_arp(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		char *address;

		if (!is_request(ev) || !request_wants(a->rq, ev))
			continue;
		address = event_dup(ev, "tpa");
		if (!is_asked_again(a, ev, address))
			answer_arp_request(a, ev, address);
		free(address);
	}
}
