// SPDX-License-Identifier: GPL-2.0-or-later
// The ledger's parts of packets that IP cut: which frames of a wire were one packet, and the event that tells of all of them.
#include "base/i18n.h"
#include "run/follow.h"
#include "run/lanes.h"

/*
 * Theory of operation. Parts of a packet have its addresses, its protocol and its id, and a wire may lose them, exchange
 * them and have them twice. A receiver keeps what came until it has all bytes (net/ipv4/ip_fragment.c ip_frag_queue()): a
 * part that is there already is freed, and with the last one that lacked, whichever that is, the packet is whole. Only then
 * it comes to anybody.
 */

enum {
	LOOK_BACK = 1000 /* frames between two parts of a packet */
};

static const char twice[] = N_("a part that is there already: IP frees it");
static const char lacking[] = N_("a part of a packet that did not come as a whole");
static const char headless[] = N_("a part of a packet of which the queue dropped another");

static bool is_part(const struct frame *f)
{
	return f->kind == FRAME_FRAGMENT ||
	       (f->more && (f->kind == FRAME_DATAGRAM || f->kind == FRAME_TCP));
}

static bool is_of_same(const struct frame *f, const struct frame *g)
{
	return f->ip_id == g->ip_id && f->six == g->six && f->datagrams == g->datagrams &&
	       f->sent == g->sent && address_same(f->saddr, g->saddr) &&
	       address_same(f->daddr, g->daddr);
}

static uint32_t bytes_of(const struct frame *f)
{
	return (uint32_t)f->tot_len - f->ip_header - f->part_header;
}

/* The first part of the packet of frame i that passed and is not whole, or NULL. */
static struct frame *packet_of(const struct wire *wire, size_t i)
{
	for (size_t j = i; j-- > 0 && j + LOOK_BACK > i;) {
		struct frame *g = &wire->frames.v[j];
		struct frame *first = g->packet ? &wire->frames.v[g->packet - 1] : NULL;

		if (first && is_of_same(&wire->frames.v[i], g))
			return first->whole ? NULL : first;
	}
	return NULL;
}

/* Whether all bytes of the packet lie between its first frame and this one. */
static bool is_whole(const struct wire *wire, const struct frame *first, size_t last)
{
	uint32_t bytes = 0, total = 0;

	for (size_t i = first->packet - 1; i <= last; i++) {
		const struct frame *f = &wire->frames.v[i];

		if (f->packet != first->packet)
			continue;
		bytes += bytes_of(f);
		if (!f->more)
			total = f->fragment + bytes_of(f);
	}
	return total && bytes == total;
}

static bool has_part(const struct wire *wire, const struct frame *first, size_t i)
{
	for (size_t j = first->packet - 1; j < i; j++)
		if (wire->frames.v[j].packet == first->packet &&
		    wire->frames.v[j].fragment == wire->frames.v[i].fragment)
			return true;
	return false;
}

void parts_find(struct wire *wire)
{
	for (size_t i = 0; i < wire->frames.n; i++) {
		struct frame *f = &wire->frames.v[i], *first;

		if (!is_part(f))
			continue;
		first = packet_of(wire, i);
		if (first && has_part(wire, first, i))
			continue;
		f->packet = first ? first->packet : i + 1;
		first = &wire->frames.v[f->packet - 1];
		first->last = i + 1;
		if (is_whole(wire, first, i))
			first->whole = true;
	}
}

/* The part with the header of what the packet carries, or NULL. */
static const struct frame *head_of(const struct wire *wire, const struct frame *first)
{
	for (size_t i = first->packet - 1; i < first->last; i++)
		if (wire->frames.v[i].packet == first->packet && !wire->frames.v[i].fragment)
			return &wire->frames.v[i];
	return NULL;
}

/* Whether the node dropped a part of the packet before it left. */
static bool lost_a_part(const struct trace *trace, const struct frame *f, const char *node)
{
	for (size_t i = 0; i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];

		if (ev->kind == EV_SKB_DROP && ev->netns == node && event_is(ev, "way", "out") &&
		    address_same(event_ip(ev, "saddr"), f->saddr) &&
		    address_same(event_ip(ev, "daddr"), f->daddr) &&
		    event_int(ev, "ip.id", f->ip_id) == f->ip_id)
			return true;
	}
	return false;
}

/* The event of the packet is that of each part. */
static size_t match_packet(struct ledger *ledger, const struct wire *wire,
			   const struct frame *first, const char *node, bool rx)
{
	const struct frame *head = head_of(wire, first);
	struct frame whole;
	size_t event;

	if (!head)
		return 0;
	whole = *head;
	/* of a segment that was cut, the numbers are those of all its bytes */
	for (size_t i = first->packet - 1; i < first->last && head->kind == FRAME_TCP; i++)
		if (wire->frames.v[i].packet == first->packet && wire->frames.v[i].fragment)
			whole.payload_len += bytes_of(&wire->frames.v[i]);
	event = match_frame(ledger, &whole, node, rx);
	for (size_t i = first->packet - 1; i < first->last; i++)
		if (wire->frames.v[i].packet == first->packet)
			*(rx ? &wire->frames.v[i].rx_event : &wire->frames.v[i].tx_event) = event;
	return event;
}

size_t match_any(struct ledger *ledger, const struct wire *wire, struct frame *f, const char *node,
		 bool rx)
{
	const struct frame *first = f->packet ? &wire->frames.v[f->packet - 1] : NULL;

	if (!is_part(f))
		return match_frame(ledger, f, node, rx);
	if (rx && !(first && first->whole)) {
		f->reason = first ? lacking : twice;
		return 0;
	}
	if (!first)
		return 0;
	if (!first->whole && !lost_a_part(ledger->trace, f, node))
		return 0;
	if (!first->whole && !head_of(wire, first))
		f->reason = headless;
	if (f == &wire->frames.v[first->last - 1])
		return match_packet(ledger, wire, first, node, rx);
	return rx ? f->rx_event : f->tx_event;
}
