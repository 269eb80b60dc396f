// SPDX-License-Identifier: GPL-2.0-or-later
// The ledger's packets: which were dropped at which node, and which came to TCP there.
#include "run/lanes.h"

#include <stdlib.h>

static int by_packet(const void *a, const void *b)
{
	const struct packet *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (uintptr_t)x->node < (uintptr_t)y->node ? -1 : x->node != y->node;
}

static void sort_packets(struct packet *packets, size_t n)
{
	if (n)
		qsort(packets, n, sizeof(*packets), by_packet);
}

/* Whether the packet of the event is among those at its node. */
static bool is_among(const struct packet *packets, size_t n, const struct event *ev)
{
	const struct packet packet = { ev->pkt, ev->netns };

	return ev->pkt && n && bsearch(&packet, packets, n, sizeof(*packets), by_packet);
}

enum {
	LOOK_BACK = 40 /* events between one that sends and a drop by the device's queue */
};

bool is_of_copy(const struct trace *trace, const struct event *drop)
{
	const struct event *ev = drop;

	for (int left = LOOK_BACK; left-- > 0 && ev-- > trace->events.v;)
		if (ev->kind == EV_TCP_TX && ev->pkt == drop->pkt && ev->netns == drop->netns)
			return event_same(ev, drop, "seq") && event_same(ev, drop, "end_seq") &&
			       !event_same(ev, drop, "skb");
	return false;
}

void packets_collect(struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;

	for (size_t i = 0; i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];
		const struct packet packet = { ev->pkt, ev->netns };

		if (ev->kind == EV_SKB_DROP && ev->pkt && !is_of_copy(trace, ev))
			*vec_add(&ledger->drops) = packet;
		else if (ev->kind == EV_TCP_RX && ev->pkt)
			*vec_add(&ledger->received) = packet;
	}
	sort_packets(ledger->drops.v, ledger->drops.n);
	sort_packets(ledger->received.v, ledger->received.n);
}

bool was_dropped(const struct ledger *ledger, const struct event *ev)
{
	return is_among(ledger->drops.v, ledger->drops.n, ev);
}

bool was_received(const struct ledger *ledger, const struct event *ev)
{
	return is_among(ledger->received.v, ledger->received.n, ev);
}

void packets_free(struct ledger *ledger)
{
	vec_free(&ledger->drops);
	vec_free(&ledger->received);
}
