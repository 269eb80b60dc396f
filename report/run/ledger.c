// SPDX-License-Identifier: GPL-2.0-or-later
// The wire ledger: gives every captured frame the event that sent it and the event that received it.
#include "run/ledger.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

/*
 * Theory of operation. Each NIC's capture holds the frames that the NIC sent (its own MAC is the
 * source) and those that it saw. A frame is matched with the first event, not yet taken, of the
 * same node, direction and protocol that has the same addresses and numbers. One tx event may
 * take several frames: the NIC cuts a large segment (TSO), so a frame matches when its bytes lie
 * within the event's sequence range and its IP id is not below the event's, and the event is used
 * up when its last byte was seen. Later parts of a packet that IP cut have no TCP header: they
 * belong to the event that took the first part with their id. A qdisc may send segments of one
 * flow in another order than they came to it, and twice; a card hands them up in their order.
 * Events are kept in lanes (node, direction, flow), each with a cursor at its first free event.
 */
struct entry {
	size_t event; /* index into trace->events */
	uint32_t seq, end_seq, ack;
	int32_t ip_id; /* of the first frame; -1: the event does not say */
	uint16_t flags;
	uint16_t arp_op;
	bool used_up;
	bool dropped; /* by its sender, behind the point: of two that are the same, the other one left */
	bool cut; /* by IP: more parts follow */
	uint32_t seen; /* frames that it took */
	uint32_t last_payload; /* of the last of them */
};

struct lane {
	const char *node;
	bool rx;
	enum frame_kind kind;
	uint32_t saddr, daddr;
	uint16_t sport, dport;
	size_t cursor;
	size_t last_event; /* the order of the wire and of the events must agree */
	size_t last_entry; /* index + 1 of the entry that took the last frame */
	size_t next; /* index + 1 of the next lane with the same hash */
	VEC(struct entry) entries;
};

enum {
	LANE_SLOTS = 4096,
	PARTS_MOST = 64, /* of 64 KiB in frames of 1,448 bytes there are 46 */
};

/* A packet at a node. */
struct packet {
	int64_t id;
	const char *node;
};

struct ledger {
	struct trace *trace;
	VEC(struct lane) lanes;
	size_t slots[LANE_SLOTS]; /* index + 1 of the first lane with this hash */
	VEC(struct packet) drops; /* that were dropped, in order */
	VEC(struct packet) received; /* that TCP took, in order */
	int64_t clock_offset_ns; /* event time - capture time, of the first match */
	bool clock_known;
};

/* The point whose events tell of the frames of a kind, and what is said of them where it is not watched. */
static const struct {
	const char *point, *unwatched;
} tellers[][2] = {
	[FRAME_ARP] = { { "arp_xmit", N_("arp_xmit is not watched in this run") },
			{ "arp_rcv", N_("arp_rcv is not watched in this run") } },
	[FRAME_TCP] = { { "ip_output", N_("ip_output is not watched in this run") },
			{ "tcp_v4_rcv", N_("tcp_v4_rcv is not watched in this run") } },
	[FRAME_FRAGMENT] = { { "ip_output", N_("ip_output is not watched in this run") },
			     { "tcp_v4_rcv", N_("tcp_v4_rcv is not watched in this run") } },
};

/* Why a frame may have no event of its receiver. */
static const char forwarded[] = N_("the router forwards it");
/* hw/net/e1000.c: process_tx_desc() calls xmit_seg() once more at the end of the packet, with only
 * the headers left, when the last part was as long as the others. */
static const char surplus[] =
	N_("empty: QEMU's e1000 adds it to a segment that it cuts into equal parts");

static uint32_t event_u32(const struct event *ev, const char *path)
{
	return (uint32_t)event_int(ev, path, 0);
}

static uint32_t event_ip(const struct event *ev, const char *path)
{
	char *text = event_dup(ev, path);
	uint32_t ip = 0;

	ip_parse(text, &ip);
	free(text);
	return ip;
}

static uint16_t flags_of(const struct event *ev)
{
	char *text = event_dup(ev, "flags");
	uint16_t flags = tcp_flags_of(text);

	free(text);
	return flags;
}

static bool same_lane(const struct lane *a, const struct lane *b)
{
	return a->node == b->node && a->rx == b->rx && a->kind == b->kind && a->saddr == b->saddr &&
	       a->daddr == b->daddr && a->sport == b->sport && a->dport == b->dport;
}

static size_t hash_lane(const struct lane *lane)
{
	uint64_t hash = (uintptr_t)lane->node + lane->rx + 2u * lane->kind;

	hash = (hash ^ lane->saddr) * 0x9e3779b97f4a7c15u;
	hash = (hash ^ lane->daddr) * 0x9e3779b97f4a7c15u;
	hash = (hash ^ ((uint32_t)lane->sport << 16 | lane->dport)) * 0x9e3779b97f4a7c15u;
	return (size_t)(hash >> 52) % LANE_SLOTS;
}

static struct lane *find_lane(struct ledger *ledger, const struct lane *like)
{
	size_t at = ledger->slots[hash_lane(like)];

	for (; at; at = ledger->lanes.v[at - 1].next)
		if (same_lane(&ledger->lanes.v[at - 1], like))
			return &ledger->lanes.v[at - 1];
	return NULL;
}

static struct lane *get_lane(struct ledger *ledger, const struct lane *like)
{
	size_t *slot = &ledger->slots[hash_lane(like)];
	struct lane *lane = find_lane(ledger, like);

	if (!lane) {
		lane = vec_add(&ledger->lanes);
		*lane = *like;
		lane->next = *slot;
		*slot = ledger->lanes.n;
	}
	return lane;
}

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

static void collect_packets(struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;

	for (size_t i = 0; i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];
		const struct packet packet = { ev->pkt, ev->netns };

		if (ev->kind == EV_SKB_DROP && ev->pkt)
			*vec_add(&ledger->drops) = packet;
		else if (ev->kind == EV_TCP_RX && ev->pkt)
			*vec_add(&ledger->received) = packet;
	}
	sort_packets(ledger->drops.v, ledger->drops.n);
	sort_packets(ledger->received.v, ledger->received.n);
}

static bool was_dropped(const struct ledger *ledger, const struct event *ev)
{
	return is_among(ledger->drops.v, ledger->drops.n, ev);
}

static void add_entry(struct ledger *ledger, size_t i, bool rx, enum frame_kind kind)
{
	const struct event *ev = &ledger->trace->events.v[i];
	bool arp = kind == FRAME_ARP;
	struct lane like = {
		.node = ev->netns,
		.rx = rx,
		.kind = kind,
		.saddr = event_ip(ev, arp ? "spa" : "saddr"),
		.daddr = event_ip(ev, arp ? "tpa" : "daddr"),
		.sport = arp ? 0 : (uint16_t)event_int(ev, "sport", 0),
		.dport = arp ? 0 : (uint16_t)event_int(ev, "dport", 0),
	};

	*vec_add(&get_lane(ledger, &like)->entries) = (struct entry){
		.event = i,
		.seq = event_u32(ev, "seq"),
		.end_seq = event_u32(ev, "end_seq"),
		.ack = event_u32(ev, "ack"),
		.ip_id = (int32_t)event_int(ev, "ip.id", -1),
		.flags = arp ? 0 : flags_of(ev),
		.arp_op = event_is(ev, "op", "request") ? 1 : 2,
		.dropped = !rx && was_dropped(ledger, ev),
	};
}

/* It came, and TCP never saw it. What TCP itself drops has its event of being received. */
static bool is_dropped_before_tcp(const struct ledger *ledger, size_t i)
{
	const struct event *ev = &ledger->trace->events.v[i];

	return event_is(ev, "proto", "TCP") &&
	       !is_among(ledger->received.v, ledger->received.n, ev);
}

static void collect_entries(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->trace->events.n; i++) {
		enum event_kind kind = ledger->trace->events.v[i].kind;

		if (kind == EV_TCP_TX || kind == EV_TCP_RX)
			add_entry(ledger, i, kind == EV_TCP_RX, FRAME_TCP);
		else if (kind == EV_ARP_TX || kind == EV_ARP_RX)
			add_entry(ledger, i, kind == EV_ARP_RX, FRAME_ARP);
		else if (kind == EV_SKB_DROP && is_dropped_before_tcp(ledger, i))
			add_entry(ledger, i, true, FRAME_TCP);
	}
}

/* Sequence numbers wrap: RFC 9293 section 3.4. */
static bool seq_within(uint32_t seq, uint32_t from, uint32_t to)
{
	return seq - from <= to - from;
}

static uint32_t frame_end_seq(const struct frame *f)
{
	return f->seq + f->payload_len + !!(f->flags & TCP_SYN) + !!(f->flags & TCP_FIN);
}

/* The first part of a segment has its id, those behind it are numbered on: RFC 791 names each by its id. */
static bool ip_id_fits(const struct frame *f, const struct entry *entry)
{
	uint16_t part = (uint16_t)(f->ip_id - entry->ip_id);

	return entry->ip_id < 0 || (f->seq == entry->seq ? !part : part < PARTS_MOST);
}

static bool entry_matches(const struct entry *entry, const struct frame *f)
{
	const uint16_t last_only =
		TCP_PSH | TCP_FIN; /* of a cut segment, only the last has these */

	if (f->kind == FRAME_ARP)
		return entry->arp_op == f->arp_op;
	if (((entry->flags ^ f->flags) & ~last_only) || entry->ack != f->ack)
		return false;
	/* a part has bytes, unless the whole has none */
	if (frame_end_seq(f) == f->seq && entry->end_seq != entry->seq)
		return false;
	return ip_id_fits(f, entry) && seq_within(f->seq, entry->seq, entry->end_seq) &&
	       seq_within(frame_end_seq(f), f->seq, entry->end_seq);
}

/* The empty frame behind the parts of a segment that was cut. */
static bool is_surplus(const struct entry *entry, const struct frame *f)
{
	return entry->seen > 1 && !f->payload_len && f->seq == entry->end_seq &&
	       f->ip_id == (uint16_t)(entry->ip_id + (int32_t)entry->seen) &&
	       entry->end_seq - entry->seq == entry->seen * entry->last_payload;
}

static void take_entry(struct lane *lane, struct entry *entry, const struct frame *f)
{
	entry->seen++;
	entry->last_payload = f->payload_len;
	lane->last_entry = (size_t)(entry - lane->entries.v) + 1;
	entry->cut = f->more;
	entry->used_up =
		f->kind == FRAME_ARP || (!entry->cut && frame_end_seq(f) == entry->end_seq);
	while (lane->cursor < lane->entries.n && lane->entries.v[lane->cursor].used_up)
		lane->cursor++;
}

/* The same for a later part of a packet that IP cut. */
static size_t match_fragment(struct ledger *ledger, const struct frame *f, const char *node,
			     bool rx)
{
	for (size_t l = 0; l < ledger->lanes.n; l++) {
		struct lane *lane = &ledger->lanes.v[l];

		if (lane->node != node || lane->rx != rx || lane->kind != FRAME_TCP ||
		    lane->saddr != f->saddr || lane->daddr != f->daddr)
			continue;
		for (size_t i = lane->cursor; i < lane->entries.n; i++) {
			struct entry *entry = &lane->entries.v[i];

			if (!entry->cut || entry->used_up || entry->ip_id != f->ip_id)
				continue;
			entry->seen++;
			entry->used_up = !f->more;
			return entry->event + 1;
		}
	}
	return 0;
}

static struct entry *find_entry(struct lane *lane, const struct frame *f, bool dropped)
{
	for (size_t i = lane->cursor; i < lane->entries.n; i++) {
		struct entry *entry = &lane->entries.v[i];

		if (!entry->used_up && entry->dropped == dropped && entry_matches(entry, f))
			return entry;
	}
	return NULL;
}

/* The index + 1 of the event for this frame, or 0. */
static size_t match_frame(struct ledger *ledger, struct frame *f, const char *node, bool rx)
{
	const struct lane like = {
		.node = node,
		.rx = rx,
		.kind = f->kind,
		.saddr = f->saddr,
		.daddr = f->daddr,
		.sport = f->sport,
		.dport = f->dport,
	};
	struct lane *lane = find_lane(ledger, &like);
	struct entry *entry =
		lane && lane->last_entry ? &lane->entries.v[lane->last_entry - 1] : NULL;

	if (f->kind == FRAME_FRAGMENT)
		return match_fragment(ledger, f, node, rx);
	if (entry && !rx && is_surplus(entry, f)) {
		lane->last_entry = 0;
		f->reason = surplus;
		return entry->event + 1;
	}
	entry = lane ? find_entry(lane, f, false) : NULL;
	if (!entry && lane)
		entry = find_entry(lane, f, true);
	if (entry) {
		if (rx && entry->event < lane->last_event)
			trace_problem(ledger->trace,
				      _("capture of %s: its order is not that of the events at "
					"event %lld"),
				      node, (long long)ledger->trace->events.v[entry->event].n);
		lane->last_event = entry->event;
		take_entry(lane, entry, f);
		return entry->event + 1;
	}
	return 0;
}

static void link_events(struct trace *trace, size_t tx, size_t rx)
{
	if (!tx || !rx)
		return;
	if (!trace->events.v[tx - 1].peer)
		trace->events.v[tx - 1].peer = rx;
	if (!trace->events.v[rx - 1].peer)
		trace->events.v[rx - 1].peer = tx;
}

static bool is_loop(const struct wire *wire)
{
	return text_is(wire->nic, LOOPBACK);
}

static bool is_broadcast(const unsigned char *mac)
{
	return mac[0] & 1;
}

static bool is_mac_of(const struct node *node, const unsigned char *mac)
{
	char text[18];

	return node && text_is(node->mac, mac_text(mac, text));
}

static const struct node *node_of_nic(const struct trace *trace, const struct wire *wire)
{
	for (size_t i = 0; i < trace->nodes.n; i++)
		if (text_is(trace->nodes.v[i].name, wire->node) &&
		    text_is(trace->nodes.v[i].nic, wire->nic))
			return &trace->nodes.v[i];
	return NULL;
}

static bool is_address_of(const struct trace *trace, const char *node, uint32_t ip)
{
	char text[16];

	ip_text(ip, text);
	for (size_t i = 0; i < trace->nodes.n; i++)
		if (trace->nodes.v[i].name == node && text_is(trace->nodes.v[i].address, text))
			return true;
	return false;
}

static void match_loop(struct ledger *ledger, const struct wire *wire, struct frame *f)
{
	const struct node *node = trace_node(ledger->trace, wire->node);

	f->sent = true;
	if (!node || f->kind == FRAME_OTHER)
		return;
	f->tx_event = match_frame(ledger, f, node->name, false);
	f->rx_event = match_frame(ledger, f, node->name, true);
	link_events(ledger->trace, f->tx_event, f->rx_event);
}

static void match_card(struct ledger *ledger, const struct wire *wire, struct frame *f)
{
	const struct node *node = node_of_nic(ledger->trace, wire);

	f->sent = is_mac_of(node, f->eth_src);
	if (!node || f->kind == FRAME_OTHER)
		return;
	if (f->sent) {
		f->tx_event = match_frame(ledger, f, node->name, false);
	} else if (!is_broadcast(f->eth_dst) && !is_mac_of(node, f->eth_dst)) {
		f->reason = N_("the frame is for another node");
	} else {
		f->rx_event = match_frame(ledger, f, node->name, true);
		if (!f->rx_event && f->kind != FRAME_ARP &&
		    !is_address_of(ledger->trace, node->name, f->daddr))
			f->reason = forwarded;
	}
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

	if (!trace_watches(trace, tellers[f->kind][!f->sent].point))
		return tellers[f->kind][!f->sent].unwatched;
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
	bool half =
		is_loop(wire) && f->kind != FRAME_ARP && trace_watches(ledger->trace, "tcp_v4_rcv");

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
		if (f->sent && i >= last)
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
	trace->frames_tcp += f->kind == FRAME_TCP;
	trace->frames_arp += f->kind == FRAME_ARP;
}

static void settle_event(struct ledger *ledger, const struct lane *lane, const struct entry *entry)
{
	struct trace *trace = ledger->trace;
	const struct event *ev = &trace->events.v[entry->event];
	char *text;

	if (entry->used_up || was_dropped(ledger, ev))
		return;
	text = xasprintf(entry->seen
				 ? _("event %lld (%s at %s): its last bytes are not on the wire")
				 : _("event %lld (%s at %s): no frame on the wire"),
			 (long long)ev->n, ev->type, lane->node ? lane->node : "?");
	if (lane->rx || trace_watches(trace, "kfree_skb")) {
		trace_unmatched(trace, text);
		return;
	}
	*vec_add(&trace->excused) =
		xasprintf(_("%s; whether it was dropped is not known: kfree_skb is not watched in "
			    "this run"),
			  text);
	free(text);
}

static void settle(struct ledger *ledger)
{
	struct trace *trace = ledger->trace;

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
	collect_packets(&ledger);
	collect_entries(&ledger);
	for (size_t w = 0; w < trace->wires.n; w++)
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++)
			match_tap(&ledger, &trace->wires.v[w], &trace->wires.v[w].frames.v[i]);
	for (size_t a = 0; a < trace->wires.n; a++)
		for (size_t b = a + 1; b < trace->wires.n; b++)
			pair_taps(&ledger, &trace->wires.v[a], &trace->wires.v[b]);
	settle(&ledger);
	trace->clock_offset_ns = ledger.clock_offset_ns;
	for (size_t i = 0; i < ledger.lanes.n; i++)
		vec_free(&ledger.lanes.v[i].entries);
	vec_free(&ledger.lanes);
	vec_free(&ledger.drops);
	vec_free(&ledger.received);
}
