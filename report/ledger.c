// SPDX-License-Identifier: GPL-2.0-or-later
// The wire ledger: gives every captured frame the event that sent it and the event that received it.
#include "trace.h"
#include "i18n.h"

#include <stdlib.h>
#include <string.h>

/*
 * Theory of operation. Each NIC's capture holds the frames that the NIC sent (its own MAC is the
 * source) and those that it saw. A frame is matched with the first event, not yet taken, of the
 * same node, direction and protocol that has the same addresses and numbers. One tx event may
 * take several frames: the NIC cuts a large segment (TSO), so a frame matches when its bytes lie
 * within the event's sequence range and its IP id is not below the event's, and the event is used
 * up when its last byte was seen.
 * Events are kept in lanes (node, direction, flow), each with a cursor at its first free event.
 */
struct entry {
	size_t event; /* index into trace->events */
	uint32_t seq, end_seq, ack;
	int32_t ip_id; /* of the first frame; -1: the event does not say */
	uint8_t flags;
	uint16_t arp_op;
	bool used_up;
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

struct ledger {
	struct trace *trace;
	VEC(struct lane) lanes;
	size_t slots[LANE_SLOTS]; /* index + 1 of the first lane with this hash */
	VEC(int64_t) drops; /* ids of packets that were dropped, in order */
	int64_t clock_offset_ns; /* event time - capture time, of the first match */
	bool clock_known;
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

static uint8_t flags_of(const struct event *ev)
{
	static const char letters[] = "FSRP.";
	char *text = event_dup(ev, "flags");
	uint8_t flags = 0;

	for (int i = 0; letters[i]; i++)
		if (strchr(text, letters[i]))
			flags |= (uint8_t)(1 << i);
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
	};
}

static void collect_entries(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->trace->events.n; i++) {
		enum event_type kind = ledger->trace->events.v[i].kind;

		if (kind == EV_TCP_TX || kind == EV_TCP_RX)
			add_entry(ledger, i, kind == EV_TCP_RX, FRAME_TCP);
		else if (kind == EV_ARP_TX || kind == EV_ARP_RX)
			add_entry(ledger, i, kind == EV_ARP_RX, FRAME_ARP);
		else if (kind == EV_SKB_DROP &&
			 event_is(&ledger->trace->events.v[i], "proto", "TCP"))
			add_entry(ledger, i, true, FRAME_TCP); /* it came, and TCP never saw it */
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

/* The parts of a segment are numbered one by one: RFC 791 names each by its id. */
static bool ip_id_within(const struct frame *f, const struct entry *entry)
{
	return entry->ip_id < 0 || (uint16_t)(f->ip_id - entry->ip_id) < PARTS_MOST;
}

static bool entry_matches(const struct entry *entry, const struct frame *f)
{
	const uint8_t last_only = TCP_PSH | TCP_FIN; /* of a cut segment, only the last has these */

	if (f->kind == FRAME_ARP)
		return entry->arp_op == f->arp_op;
	if (((entry->flags ^ f->flags) & ~last_only) || entry->ack != f->ack)
		return false;
	return ip_id_within(f, entry) && seq_within(f->seq, entry->seq, entry->end_seq) &&
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
	entry->used_up = f->kind == FRAME_ARP || frame_end_seq(f) == entry->end_seq;
	while (lane->cursor < lane->entries.n && lane->entries.v[lane->cursor].used_up)
		lane->cursor++;
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

	if (entry && !rx && is_surplus(entry, f)) {
		lane->last_entry = 0;
		f->reason = surplus;
		return entry->event + 1;
	}
	for (size_t i = lane ? lane->cursor : 0; lane && i < lane->entries.n; i++) {
		entry = &lane->entries.v[i];
		if (entry->used_up || !entry_matches(entry, f))
			continue;
		if (entry->event < lane->last_event)
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

static void match_tap(struct ledger *ledger, struct wire *wire, struct frame *f)
{
	const struct node *node = node_of_nic(ledger->trace, wire);
	const struct event *ev;

	f->sent = is_mac_of(node, f->eth_src);
	if (!node || f->kind == FRAME_OTHER)
		return;
	if (f->sent) {
		f->tx_event = match_frame(ledger, f, node->name, false);
	} else if (!is_broadcast(f->eth_dst) && !is_mac_of(node, f->eth_dst)) {
		f->reason = N_("the frame is for another node");
		return;
	} else {
		f->rx_event = match_frame(ledger, f, node->name, true);
		if (!f->rx_event && f->kind == FRAME_TCP &&
		    !is_address_of(ledger->trace, node->name, f->daddr))
			f->reason = forwarded;
	}
	if (ledger->clock_known || !(f->tx_event || f->rx_event))
		return;
	ev = &ledger->trace->events.v[(f->tx_event ? f->tx_event : f->rx_event) - 1];
	ledger->clock_offset_ns = ev->t_ns - f->t_ns;
	ledger->clock_known = true;
}

/* Why a frame may stand without an event, or NULL. */
static const char *excuse(const struct ledger *ledger, const struct frame *f)
{
	const struct trace *trace = ledger->trace;
	int64_t t_ns = f->t_ns + ledger->clock_offset_ns;

	if (!trace->events.n || !ledger->clock_known)
		return NULL;
	if (t_ns < trace->events.v[0].t_ns)
		return N_("captured before the points were armed");
	if (trace->complete && t_ns > trace->events.v[trace->events.n - 1].t_ns)
		return N_("captured after the lab's end");
	return NULL;
}

static void add_unmatched(struct trace *trace, struct str *text)
{
	trace->unmatched++;
	if (trace->unmatched_list.n < PROBLEMS_KEPT)
		*vec_add(&trace->unmatched_list) = str_take(text);
	else
		str_free(text);
}

static void settle_frame(struct ledger *ledger, const struct wire *wire, struct frame *f, size_t i)
{
	struct str what = { 0 }, text = { 0 };

	if (f->kind == FRAME_OTHER || f->tx_event || f->rx_event)
		return;
	if (!f->reason)
		f->reason = excuse(ledger, f);
	if (f->reason)
		return;
	frame_describe(&what, f);
	str_addf(&text, _("wire-%s-%s.pcap frame %zu: %s: no event speaks of it"), wire->node,
		 wire->nic, i + 1, str_text(&what));
	str_free(&what);
	add_unmatched(ledger->trace, &text);
}

static bool same_bytes(const struct frame *a, const struct frame *b)
{
	return a->cap_len == b->cap_len && memcmp(a->bytes, b->bytes, a->cap_len) == 0;
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
}

static void count_frame(struct trace *trace, const struct frame *f)
{
	trace->frames_tcp += f->kind == FRAME_TCP;
	trace->frames_arp += f->kind == FRAME_ARP;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void collect_drops(struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;

	for (size_t i = 0; i < trace->events.n; i++)
		if (trace->events.v[i].kind == EV_SKB_DROP && trace->events.v[i].pkt)
			*vec_add(&ledger->drops) = trace->events.v[i].pkt;
	if (ledger->drops.n)
		qsort(ledger->drops.v, ledger->drops.n, sizeof(*ledger->drops.v), by_number);
}

/* A segment that went down and was not seen on the wire: dropped, or still waiting. */
static bool was_dropped(const struct ledger *ledger, const struct event *tx)
{
	return tx->pkt && ledger->drops.n &&
	       bsearch(&tx->pkt, ledger->drops.v, ledger->drops.n, sizeof(*ledger->drops.v),
		       by_number);
}

static void settle_event(struct ledger *ledger, const struct lane *lane, const struct entry *entry)
{
	struct trace *trace = ledger->trace;
	const struct event *ev = &trace->events.v[entry->event];
	struct str text = { 0 };

	if (entry->used_up || was_dropped(ledger, ev))
		return;
	str_addf(&text,
		 entry->seen ? _("event %lld (%s at %s): its last bytes are not on the wire")
			     : _("event %lld (%s at %s): no frame on the wire"),
		 (long long)ev->n, ev->type, lane->node ? lane->node : "?");
	add_unmatched(trace, &text);
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
	collect_entries(&ledger);
	collect_drops(&ledger);
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
}
