// SPDX-License-Identifier: GPL-2.0-or-later
// The wire ledger: gives every captured frame the event that sent it and the event that received it.
#include "run/ledger.h"
#include "base/i18n.h"
#include "run/cards.h"
#include "run/lanes.h"
#include "run/tellers.h"

#include <stdlib.h>
#include <string.h>

/*
 * Theory of operation. Each NIC's capture holds the frames that the NIC sent (its own MAC is the
 * source) and those that it saw. A frame is matched with the first event, not yet taken, of the
 * same node, direction and protocol that has the same addresses and numbers. One tx event may
 * take several frames: the NIC cuts a large segment (TSO), so a frame matches when its bytes lie
 * within the event's sequence range and its IP id is not below the event's, and the event is used
 * up when its last byte was seen. Parts of a packet that IP cut are in parts.c. A qdisc may send segments of one
 * flow in another order than they came to it, and twice; a card hands them up in their order.
 * Events are kept in lanes (node, direction, flow), each with a cursor at its first free event.
 */

/* Datagrams that nobody watches, neither when they are sent nor when they are received, are not looked at. */
static void leave_unwatched(const struct trace *trace, struct frame *f)
{
	if (f->datagrams && !trace_watches(trace, teller(f, false)) &&
	    !trace_watches(trace, teller(f, true)))
		f->kind = FRAME_OTHER;
}

/* Why a frame may have no event of its receiver. */
static const char forwarded[] = N_("the router forwards it");
static const char unwanted[] = N_("it is for a group, and no socket here wants it");
static const char not_joined[] = N_("it is for a group that the node has not joined yet");

static void link_events(struct trace *trace, size_t tx, size_t rx)
{
	if (!tx || !rx)
		return;
	if (!trace->events.v[tx - 1].peer)
		trace->events.v[tx - 1].peer = rx;
	if (!trace->events.v[rx - 1].peer)
		trace->events.v[rx - 1].peer = tx;
}

/* Whether what comes to a card of the node goes on. A node may have more addresses of IPv6 than are known. */
static bool is_forwarded(const struct trace *trace, const char *node, const struct frame *f)
{
	char text[ADDRESS_TEXT];

	return f->kind != FRAME_ARP && !trace_is_address_of(trace, node, f->daddr) &&
	       (!f->six || trace_node_by_address(trace, address_text(f->daddr, text)));
}

static void match_loop(struct ledger *ledger, const struct wire *wire, struct frame *f)
{
	const struct node *node = trace_node(ledger->trace, wire->node);

	leave_unwatched(ledger->trace, f);
	if (!node || f->kind == FRAME_OTHER)
		return;
	f->tx_event = match_any(ledger, wire, f, node->name, false);
	if (!f->tx_event && !f->reason)
		f->reason = program_sent(ledger, node->name, f);
	f->rx_event = match_any(ledger, wire, f, node->name, true);
	link_events(ledger->trace, f->tx_event, f->rx_event);
}

static void match_card(struct ledger *ledger, const struct wire *wire, struct frame *f)
{
	const struct node *node = node_of_nic(ledger->trace, wire);

	leave_unwatched(ledger->trace, f);
	if (node && f->sent && f->kind == FRAME_OTHER)
		f->reason = program_sent(ledger, node->name, f);
	if (!node || f->kind == FRAME_OTHER)
		return;
	if (f->sent) {
		f->tx_event = match_any(ledger, wire, f, node->name, false);
		if (!f->tx_event && !f->reason)
			f->reason = program_sent(ledger, node->name, f);
		/* a segment that goes through has an event, at ip_output(); a datagram has one where it is made */
		if (!f->tx_event && !f->reason && f->datagrams && !is_of_link(f) &&
		    !trace_is_address_of(ledger->trace, node->name, f->saddr))
			f->reason = forwarded;
	} else if (!is_broadcast(f->eth_dst) && !is_mac_of(node, f->eth_dst)) {
		f->reason = N_("the frame is for another node");
	} else {
		f->rx_event = match_any(ledger, wire, f, node->name, true);
		if (is_of_link(f) && !f->rx_event && f->eth_dst[0] & 1 && !has_joined(wire, f))
			f->reason = not_joined;
		else if (!f->rx_event && !is_of_link(f) &&
			 is_forwarded(ledger->trace, node->name, f))
			f->reason = f->datagrams && is_broadcast(f->eth_dst) ? unwanted : forwarded;
	}
}

/* What is to be known of all frames before the first is matched. */
static void find_packets(const struct trace *trace, struct wire *wire)
{
	const struct node *node = node_of_nic(trace, wire);

	for (size_t i = 0; i < wire->frames.n; i++)
		wire->frames.v[i].sent =
			is_loop(wire) || is_mac_of(node, wire->frames.v[i].eth_src);
	parts_find(wire);
}

static void match_tap(struct ledger *ledger, const struct wire *wire, struct frame *f)
{
	const struct event *ev;

	(is_loop(wire) ? match_loop : match_card)(ledger, wire, f);
	if (ledger->clock_known || !(f->tx_event || f->rx_event))
		return;
	ev = &ledger->trace->events.v[(f->tx_event ? f->tx_event : f->rx_event) - 1];
	ledger->clock_offset_ns = ev->t_ns - f->t_ns;
	ledger->clock_known = true;
}

static bool same_bytes(const struct frame *a, const struct frame *b)
{
	return a->cap_len == b->cap_len && memcmp(a->bytes, b->bytes, a->cap_len) == 0;
}

static bool is_before(const struct ledger *ledger, const struct frame *f)
{
	return ledger->clock_known &&
	       f->t_ns + ledger->clock_offset_ns < ledger->trace->events.v[0].t_ns;
}

static bool is_behind(const struct ledger *ledger, const struct frame *f)
{
	const struct trace *trace = ledger->trace;

	return ledger->clock_known && trace->complete &&
	       f->t_ns + ledger->clock_offset_ns > trace->events.v[trace->events.n - 1].t_ns;
}

static const struct frame *twin_of(const struct trace *trace, const struct frame *f)
{
	return f->twin ? &trace->wires.v[f->twin_wire].frames.v[f->twin - 1] : NULL;
}

/* Another frame of the card with the same bytes, its id and timestamps among them, that has an event; and what
 * came of both at the receiver is one packet there, too, where its events say so. */
static bool is_copy(const struct trace *trace, const struct wire *wire, const struct frame *f)
{
	const struct frame *twin = twin_of(trace, f);
	const struct event *rx =
		twin && twin->rx_event ? &trace->events.v[twin->rx_event - 1] : NULL;

	for (size_t i = 0; f->sent && i < wire->frames.n; i++) {
		const struct frame *other = &wire->frames.v[i];

		if (other == f || !other->tx_event || !same_bytes(other, f))
			continue;
		if (!rx || rx->pkt == trace->events.v[other->tx_event - 1].pkt)
			return true;
	}
	return false;
}

/* From this frame on nothing came to the node's kernel: every frame for it behind this one has no event, either. */
static bool is_in_tail(const struct wire *wire, const struct frame *f)
{
	for (const struct frame *g = f; g < wire->frames.v + wire->frames.n; g++)
		if (g->rx_event)
			return false;
	return !f->sent;
}

/* Why a frame may stand without an event, or NULL. */
static const char *excuse(const struct ledger *ledger, const struct wire *wire,
			  const struct frame *f)
{
	const struct trace *trace = ledger->trace;
	const struct frame *twin = twin_of(trace, f);

	if (!trace_watches(trace, teller(f, !f->sent)))
		return unwatched(f, !f->sent);
	if (!trace->events.n)
		return NULL;
	if (is_before(ledger, f))
		return N_("captured before the points were armed");
	if (is_behind(ledger, f))
		return twin && !f->sent && !is_behind(ledger, twin)
			       ? N_("the card took it only after the lab's end: QEMU kept it until "
				    "then")
			       : N_("captured after the lab's end");
	if (is_in_tail(wire, f))
		return N_("from here on no frame came to the node's kernel");
	return is_copy(trace, wire, f) ? N_("a copy that a qdisc made: a frame that has its event "
					    "is the same, byte for byte")
				       : NULL;
}

static void frame_unmatched(struct trace *trace, const struct wire *wire, const struct frame *f,
			    size_t i, const char *why)
{
	struct str what = { 0 };

	frame_describe(&what, f);
	trace_unmatched(trace, xasprintf(_("wire-%s-%s.pcap frame %zu: %s: %s"), wire->node,
					 wire->nic, i + 1, str_text(&what), why));
	str_free(&what);
}

static void settle_frame(struct ledger *ledger, const struct wire *wire, struct frame *f, size_t i)
{
	bool half = is_loop(wire) && f->kind != FRAME_ARP && f->kind != FRAME_OTHER &&
		    trace_watches(ledger->trace, teller(f, true));

	if (f->kind == FRAME_OTHER || (f->tx_event && (f->rx_event || !half)) ||
	    (f->rx_event && !half))
		return;
	if (!f->reason)
		f->reason = excuse(ledger, wire, f);
	if (!f->reason)
		frame_unmatched(ledger->trace, wire, f, i, _("no event speaks of it"));
}

/* Behind the last frame that the card sent and another card's capture has. */
static size_t behind_last_seen(const struct wire *wire)
{
	size_t i = wire->frames.n;

	while (i > 0 && !(wire->frames.v[i - 1].sent && wire->frames.v[i - 1].twin))
		i--;
	return i;
}

/* A hub loses nothing and keeps the order: what it still had when the run ended is all that one capture may lack. */
static void settle_twins(struct trace *trace, struct wire *wire, const struct wire *other)
{
	size_t last = behind_last_seen(wire);

	for (size_t i = 0; i < wire->frames.n; i++) {
		struct frame *f = &wire->frames.v[i];

		if (f->twin || f->kind == FRAME_OTHER)
			continue;
		if (f->sent && i >= last && !frame_was_taken(trace, wire, f, other->node))
			f->reason =
				N_("it came to no other card: QEMU kept it until the run ended");
		else if (f->sent || is_mac_of(node_of_nic(trace, other), f->eth_src))
			frame_unmatched(trace, wire, f, i,
					_("the capture of the other card lacks it"));
	}
}

static size_t taps_of(const struct trace *trace, int64_t hub)
{
	size_t taps = 0;

	for (size_t i = 0; i < trace->nodes.n; i++)
		taps += trace->nodes.v[i].hub == hub;
	return taps;
}

/* A router does not take a segment: that it came there is seen on the wire only. */
static void link_router(struct trace *trace, const struct frame *sent, const struct frame *seen,
			const struct node *router, int64_t clock_offset_ns)
{
	struct event *ev = sent->tx_event ? &trace->events.v[sent->tx_event - 1] : NULL;

	if (!ev || ev->seen_on || seen->reason != forwarded)
		return;
	ev->seen_on = router->name;
	ev->seen_ns = seen->t_ns + clock_offset_ns;
	if (ev->seen_ns < ev->t_ns)
		ev->seen_ns = ev->t_ns;
}

/* Two taps on one hub see the same frames in the same order. */
static void pair_taps(const struct ledger *ledger, struct wire *a, struct wire *b)
{
	struct trace *trace = ledger->trace;
	const struct node *na = node_of_nic(trace, a), *nb = node_of_nic(trace, b);
	size_t from = 0;

	if (!na || !nb || na->hub != nb->hub)
		return;
	for (size_t i = 0; i < a->frames.n; i++)
		for (size_t j = from; j < b->frames.n; j++) {
			if (b->frames.v[j].twin || a->frames.v[i].twin ||
			    !same_bytes(&a->frames.v[i], &b->frames.v[j]))
				continue;
			a->frames.v[i].twin = j + 1;
			a->frames.v[i].twin_wire = (size_t)(b - trace->wires.v);
			b->frames.v[j].twin = i + 1;
			b->frames.v[j].twin_wire = (size_t)(a - trace->wires.v);
			link_events(trace, a->frames.v[i].tx_event, b->frames.v[j].rx_event);
			link_events(trace, b->frames.v[j].tx_event, a->frames.v[i].rx_event);
			link_router(trace, &a->frames.v[i], &b->frames.v[j], nb,
				    ledger->clock_offset_ns);
			link_router(trace, &b->frames.v[j], &a->frames.v[i], na,
				    ledger->clock_offset_ns);
			from = j + 1;
			break;
		}
	if (taps_of(trace, na->hub) == 2 && !a->problem && !b->problem) {
		settle_twins(trace, a, b);
		settle_twins(trace, b, a);
	}
}

static void count_frame(struct trace *trace, const struct frame *f)
{
	static const char *const names[] = { [FRAME_TCP] = "TCP", [FRAME_ARP] = "ARP" };
	const char *name = f->kind == FRAME_DATAGRAM	 ? f->datagrams->name
			   : f->kind < ARRAY_SIZE(names) ? names[f->kind]
							 : NULL;
	size_t i = 0;

	while (name && i < trace->frames.n && strcmp(trace->frames.v[i].name, name) != 0)
		i++;
	if (name && i == trace->frames.n)
		*vec_add(&trace->frames) = (struct frame_count){ .name = name };
	if (name)
		trace->frames.v[i].n++;
}

/* What a node sends to a group it gives its own sockets, too (ip_mc_output() in net/ipv4/ip_output.c): by no device. */
static bool is_looped(const struct trace *trace, const struct lane *lane)
{
	return lane->datagrams && lane->rx && trace_is_address_of(trace, lane->node, lane->saddr) &&
	       !trace_is_address_of(trace, lane->node, lane->daddr);
}

static void settle_event(struct ledger *ledger, const struct lane *lane, const struct entry *entry)
{
	struct trace *trace = ledger->trace;
	const struct event *ev = &trace->events.v[entry->event];
	const char *why = NULL;
	char *text;

	if (entry->used_up || entry->dropped || was_dropped(ledger, ev) || is_looped(trace, lane))
		return;
	text = xasprintf(entry->seen
				 ? _("event %lld (%s at %s): its last bytes are not on the wire")
				 : _("event %lld (%s at %s): no frame on the wire"),
			 (long long)ev->n, ev->type, lane->node ? lane->node : "?");
	if (!lane->rx && waits_for_neighbour(trace, ev))
		why = N_("%s; it waits for its neighbour's MAC, which has not come");
	else if (!lane->rx && !trace_watches(trace, "kfree_skb"))
		why = N_("%s; whether it was dropped is not known: kfree_skb is not watched in "
			 "this run");
	if (why)
		*vec_add(&trace->excused) = xasprintf(_(why), text);
	else
		trace_unmatched(trace, xstrdup(text));
	free(text);
}

static void settle(struct ledger *ledger)
{
	struct trace *trace = ledger->trace;

	*vec_add(&trace->frames) = (struct frame_count){ .name = "TCP" };
	*vec_add(&trace->frames) = (struct frame_count){ .name = "ARP" };
	for (size_t w = 0; w < trace->wires.n; w++)
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++) {
			count_frame(trace, &trace->wires.v[w].frames.v[i]);
			settle_frame(ledger, &trace->wires.v[w], &trace->wires.v[w].frames.v[i], i);
		}
	for (size_t i = 0; i < ledger->lanes.n; i++)
		for (size_t j = 0; j < ledger->lanes.v[i].entries.n; j++)
			settle_event(ledger, &ledger->lanes.v[i], &ledger->lanes.v[i].entries.v[j]);
}

void ledger_join(struct trace *trace)
{
	struct ledger ledger = { .trace = trace };

	if (!trace->wires.n)
		return;
	lanes_fill(&ledger);
	programs_fill(&ledger);
	for (size_t w = 0; w < trace->wires.n; w++) {
		find_packets(trace, &trace->wires.v[w]);
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++)
			match_tap(&ledger, &trace->wires.v[w], &trace->wires.v[w].frames.v[i]);
	}
	for (size_t a = 0; a < trace->wires.n; a++)
		for (size_t b = a + 1; b < trace->wires.n; b++)
			pair_taps(&ledger, &trace->wires.v[a], &trace->wires.v[b]);
	settle(&ledger);
	trace->clock_offset_ns = ledger.clock_offset_ns;
	lanes_free(&ledger);
	vec_free(&ledger.programs);
}
