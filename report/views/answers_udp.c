// SPDX-License-Identifier: GPL-2.0-or-later
// Which socket a datagram came to, and how long it waited there.
#include "views/answers.h"
#include "base/i18n.h"
#include "run/follow.h"
#include "types/tell.h"

#include <stdlib.h>
#include <string.h>

/* How the socket is bound that gets what came: why no other does (net/ipv4/udp.c compute_score()). */
static const struct {
	const char *match, *text;
} matches[] = {
	{ "connected", N_("connected to the sender") },
	{ "address", N_("bound to the address") },
	{ "wildcard", N_("bound to any address") },
};

static const char *how_bound(const struct event *lookup)
{
	for (size_t i = 0; lookup && i < ARRAY_SIZE(matches); i++)
		if (event_is(lookup, "match", matches[i].match))
			return _(matches[i].text);
	return NULL;
}

/* The search that found the socket: the last one for these ends. */
static const struct event *search_for(const struct answers *a, const struct event *rx)
{
	for (const struct event *e = rx; e-- > a->rq->trace->events.v;)
		if (text_is(e->type, "udp.lookup") && e->netns == rx->netns &&
		    event_agrees(e, "saddr", rx, "saddr") &&
		    event_agrees(e, "sport", rx, "sport") &&
		    event_agrees(e, "daddr", rx, "daddr") && event_agrees(e, "dport", rx, "dport"))
			return event_agrees(e, "found", rx, "sk") ? e : NULL;
	return NULL;
}

/* Sockets that share a port are told apart by whose they are. */
static void answer_came(struct answers *a, const struct event *rx)
{
	const struct event *lookup = search_for(a, rx);
	const char *bound = how_bound(lookup);
	char *ends = event_ends(rx), *whose = event_dup(rx, "owner.comm"),
	     *fd = event_dup(rx, "owner.fd"), *pid = event_dup(rx, "owner.pid");

	if (is_new(a, xasprintf("%s %s %s", ends, pid, fd)))
		answer(a,
		       xasprintf(_("%s on %s: the socket of %s, descriptor %s%s%s"), ends,
				 or_dash(rx->netns), or_dash(whose), or_dash(fd), bound ? ", " : "",
				 bound ? bound : ""),
		       lookup ? lookup : rx, lookup ? rx : NULL);
	free(pid);
	free(fd);
	free(whose);
	free(ends);
}

/* An error, too, has its socket looked for, by the datagram that it quotes. */
static void answer_nobody(struct answers *a, const struct event *lookup)
{
	static const char *const errors[] = { "udp_err", "udpv6_err", NULL };
	char *ends = event_ends(lookup);

	if (!event_stack_has(lookup, errors) && is_new(a, xstrdup(ends)))
		answer(a, xasprintf(_("%s on %s: none"), ends, or_dash(lookup->netns)), lookup,
		       NULL);
	free(ends);
}

void answer_sockets(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		if (!request_wants(a->rq, ev))
			continue;
		if (text_is(ev->type, "udp.rx"))
			answer_came(a, ev);
		else if (text_is(ev->type, "udp.lookup") && event_is(ev, "match", "none") &&
			 !event_is(ev, "early", "true"))
			answer_nobody(a, ev);
	}
}

/* When it was put into the queue. */
static const struct event *added(const struct answers *a, const struct event *take)
{
	for (const struct event *e = take; e-- > a->rq->trace->events.v;)
		if (text_is(e->type, "udp.queue") && event_is(e, "op", "add") &&
		    event_agrees(e, "skb", take, "skb"))
			return event_agrees(e, "sk", take, "sk") ? e : NULL;
	return NULL;
}

void answer_queued(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		const struct event *add;
		char *took;

		if (!text_is(ev->type, "udp.queue") || !event_is(ev, "op", "take") ||
		    !request_wants(a->rq, ev) || !(add = added(a, ev)))
			continue;
		took = duration(a, add, ev);
		answer(a,
		       xasprintf(_("%s on %s, of %lld bytes for port %lld"), took,
				 or_dash(ev->netns), (long long)event_int(ev, "payload_len", 0),
				 (long long)event_int(ev, "sport", 0)),
		       add, ev);
		free(took);
	}
}
