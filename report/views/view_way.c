// SPDX-License-Identifier: GPL-2.0-or-later
// The way of a packet or of a connection, function by function: what was called when something happened to it.
#include "base/i18n.h"
#include "run/follow.h"
#include "views/view.h"

#include <stdlib.h>

struct way {
	VEC(char *) functions; /* of an event, what was called first in front */
};

static void way_clear(struct way *way)
{
	for (size_t i = 0; i < way->functions.n; i++)
		free(way->functions.v[i]);
	vec_free(&way->functions);
	*way = (struct way){ 0 };
}

/* The event's own functions; what was interrupted has no part in it. */
static void way_of(struct way *way, const struct event *ev)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));
	size_t n;

	for (size_t left = event_own_frames(ev); left && json_next(&it); left--) {
		char *name = json_dup(json_path(it.value, "fn"));

		*vec_add(&way->functions) = name ? name : xstrdup("?");
	}
	n = way->functions.n;
	for (size_t i = 0; i < n / 2; i++) {
		char *name = way->functions.v[i];

		way->functions.v[i] = way->functions.v[n - 1 - i];
		way->functions.v[n - 1 - i] = name;
	}
}

/* How many functions both begin with. */
static size_t way_shared(const struct way *one, const struct way *other)
{
	size_t n = 0;

	while (n < one->functions.n && n < other->functions.n &&
	       text_is(one->functions.v[n], other->functions.v[n]))
		n++;
	return n;
}

/* "… > tcp_v4_rcv > tcp_v4_do_rcv": from the last function on that the event before was in, too. */
static char *way_said(const struct way *way, size_t shared)
{
	struct str out = { 0 };
	size_t from = shared ? shared - 1 : 0;

	str_add(&out, from ? "… > " : "");
	for (size_t i = from; i < way->functions.n; i++)
		str_addf(&out, "%s%s", i > from ? " > " : "", way->functions.v[i]);
	return str_take(&out);
}

/* Whose events are shown. */
struct party {
	int64_t conn;
	VEC(bool)
	packets; /* by number: its own; of some of their events only the packet is known */
};

static void party_of(struct party *party, const struct request *rq, int64_t pkt, int64_t conn)
{
	party->conn = conn;
	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		while (ev->pkt > 0 && party->packets.n <= (size_t)ev->pkt)
			*vec_add(&party->packets) = false;
		if (ev->pkt > 0 && (conn ? ev->conn == conn : ev->pkt == pkt))
			party->packets.v[ev->pkt] = true;
	}
}

static bool party_has(const struct party *party, const struct event *ev)
{
	return (party->conn && ev->conn == party->conn) ||
	       (ev->pkt > 0 && (size_t)ev->pkt < party->packets.n && party->packets.v[ev->pkt]);
}

void way_show(struct doc *doc, const struct request *rq, int64_t pkt, int64_t conn)
{
	static const struct column columns[] = {
		{ .key = "n", .title = N_("n") },
		{ .key = "netns", .title = N_("node") },
		{ .key = "ctx", .title = N_("context") },
		{ .key = "functions", .title = N_("functions") },
	};
	struct table *t = DOC_TABLE(doc, "way", columns, N_("The functions that it went through"));
	const struct event *last = NULL; /* a packet that comes in begins anew */
	struct party party = { 0 };
	struct way before = { 0 };

	party_of(&party, rq, pkt, conn);
	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];
		struct way way = { 0 };
		size_t shared;

		if (!party_has(&party, ev) || !request_wants(rq, ev))
			continue;
		way_of(&way, ev);
		shared = last && last->netns == ev->netns && ev->row->way != WAY_IN
				 ? way_shared(&before, &way)
				 : 0;
		/* what a function does and its return are where its entry was */
		if (way.functions.n && (shared < way.functions.n || shared < before.functions.n)) {
			table_int(t, ev->n);
			table_text(t, ev->netns);
			table_text(t, ev->ctx);
			table_take(t, way_said(&way, shared));
		}
		way_clear(&before);
		before = way;
		last = ev;
	}
	way_clear(&before);
	vec_free(&party.packets);
}
