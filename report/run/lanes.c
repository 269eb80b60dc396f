// SPDX-License-Identifier: GPL-2.0-or-later
// The ledger's lanes: the events of a node, a direction and a flow that wait for their frames.
#include "run/lanes.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum {
	PARTS_MOST = 64, /* of 64 KiB in frames of 1,448 bytes there are 46 */
	CAPTURED_NS = 1000, /* of which a capture knows no more */
};

/* hw/net/e1000.c: process_tx_desc() calls xmit_seg() once more at the end of the packet, with only
 * the headers left, when the last part was as long as the others. */
static const char surplus[] =
	N_("empty: QEMU's e1000 adds it to a segment that it cuts into equal parts");

static uint32_t event_u32(const struct event *ev, const char *path)
{
	return (uint32_t)event_int(ev, path, 0);
}

struct address event_ip(const struct event *ev, const char *path)
{
	char *text = event_dup(ev, path);
	struct address ip = { 0 };

	address_parse(text, &ip);
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
	return a->node == b->node && a->rx == b->rx && a->kind == b->kind &&
	       a->datagrams == b->datagrams && address_same(a->saddr, b->saddr) &&
	       address_same(a->daddr, b->daddr) && a->sport == b->sport && a->dport == b->dport;
}

static size_t hash_lane(const struct lane *lane)
{
	uint64_t hash = (uintptr_t)lane->node + lane->rx + 2u * lane->kind;

	hash = (hash ^ lane->saddr.high ^ lane->saddr.low) * 0x9e3779b97f4a7c15u;
	hash = (hash ^ lane->daddr.high ^ lane->daddr.low) * 0x9e3779b97f4a7c15u;
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

static struct lane lane_of(const struct event *ev, bool rx, enum frame_kind kind,
			   const struct datagrams *datagrams)
{
	bool arp = kind == FRAME_ARP;

	return (struct lane){
		.node = ev->netns,
		.rx = rx,
		.kind = kind,
		.datagrams = datagrams,
		.saddr = event_ip(ev, arp ? "spa" : "saddr"),
		.daddr = event_ip(ev, arp ? "tpa" : "daddr"),
		.sport = arp ? 0 : (uint16_t)event_int(ev, "sport", 0),
		.dport = arp ? 0 : (uint16_t)event_int(ev, "dport", 0),
	};
}

static void add_entry(struct ledger *ledger, size_t i, bool rx, enum frame_kind kind,
		      const struct datagrams *datagrams)
{
	const struct event *ev = &ledger->trace->events.v[i];
	const struct lane like = lane_of(ev, rx, kind, datagrams);

	*vec_add(&get_lane(ledger, &like)->entries) = (struct entry){
		.event = i,
		.seq = event_u32(ev, "seq"),
		.end_seq = event_u32(ev, "end_seq"),
		.ack = event_u32(ev, "ack"),
		.ip_id = (int32_t)event_int(ev, "ip.id", -1),
		.flags = kind == FRAME_TCP ? flags_of(ev) : 0,
		.arp_op = event_is(ev, "op", "request") ? 1 : 2,
		.dropped = !rx && was_dropped(ledger, ev),
	};
}

/* It came, and TCP never saw it. What TCP itself drops has its event of being received. */
static bool is_dropped_before_tcp(const struct ledger *ledger, size_t i)
{
	const struct event *ev = &ledger->trace->events.v[i];

	return event_is(ev, "proto", "TCP") && !was_received(ledger, ev) &&
	       !is_of_copy(ledger->trace, ev);
}

static void add_datagram(struct ledger *ledger, size_t i)
{
	bool rx = false;
	const struct datagrams *of = datagrams_of_type(ledger->trace->events.v[i].type, &rx);

	if (of)
		add_entry(ledger, i, rx, FRAME_DATAGRAM, of);
}

/* A datagram that was sent, and that its sender dropped: of those in this buffer the last. */
static void drop_sent(struct ledger *ledger, const struct event *drop, const struct datagrams *of)
{
	const struct lane like = lane_of(drop, false, FRAME_DATAGRAM, of);
	struct lane *lane = find_lane(ledger, &like);

	for (size_t i = lane ? lane->entries.n : 0; i > 0; i--) {
		struct entry *entry = &lane->entries.v[i - 1];

		if (!event_same(&ledger->trace->events.v[entry->event], drop, "skb"))
			continue;
		entry->dropped = true;
		return;
	}
}

/* What was dropped before it came to a socket is received where it is dropped; what did not leave has no frame. */
static void add_dropped_datagram(struct ledger *ledger, size_t i)
{
	const struct event *ev = &ledger->trace->events.v[i];
	char *proto = event_dup(ev, "proto");
	const struct datagrams *of = datagrams_called(proto);

	free(proto);
	/* a part of one has no header of it: parts.c */
	if (event_int(ev, "payload_len", -1) < 0)
		return;
	if (of && event_is(ev, "way", "in"))
		add_entry(ledger, i, true, FRAME_DATAGRAM, of);
	else if (of && event_is(ev, "way", "out"))
		drop_sent(ledger, ev, of);
}

static void collect_entries(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->trace->events.n; i++) {
		enum event_kind kind = ledger->trace->events.v[i].kind;

		if (kind == EV_TCP_TX || kind == EV_TCP_RX)
			add_entry(ledger, i, kind == EV_TCP_RX, FRAME_TCP, NULL);
		else if (kind == EV_ARP_TX || kind == EV_ARP_RX)
			add_entry(ledger, i, kind == EV_ARP_RX, FRAME_ARP, NULL);
		else if (kind == EV_SKB_DROP && is_dropped_before_tcp(ledger, i))
			add_entry(ledger, i, true, FRAME_TCP, NULL);
		else if (kind == EV_SKB_DROP)
			add_dropped_datagram(ledger, i);
		else if (ledger->trace->events.v[i].row->way != WAY_NONE)
			add_datagram(ledger, i);
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

static bool entry_matches(const struct ledger *ledger, const struct entry *entry,
			  const struct frame *f)
{
	const uint16_t last_only =
		TCP_PSH | TCP_FIN; /* of a cut segment, only the last has these */

	if (f->kind == FRAME_ARP)
		return entry->arp_op == f->arp_op;
	if (f->kind == FRAME_DATAGRAM)
		return (f->six ? entry->ip_id < 0 : entry->ip_id == (int64_t)f->ip_id) &&
		       f->datagrams->is_of(&ledger->trace->events.v[entry->event], f);
	if (((entry->flags ^ f->flags) & ~last_only) || entry->ack != f->ack)
		return false;
	/* a part has bytes, unless the whole has none */
	if (frame_end_seq(f) == f->seq && entry->end_seq != entry->seq)
		return false;
	return ip_id_fits(f, entry) && seq_within(f->seq, entry->seq, entry->end_seq) &&
	       seq_within(frame_end_seq(f), f->seq, entry->end_seq);
}

/* Whether the frame is by its header behind those that the entry took: IPv6 has no id, but the parts have the same options. */
static bool is_next_part(const struct ledger *ledger, const struct entry *entry,
			 const struct frame *f)
{
	if (entry->ip_id >= 0)
		return f->ip_id == (uint16_t)(entry->ip_id + (int32_t)entry->seen);
	return entry->ack == f->ack && options_agree(&ledger->trace->events.v[entry->event], f);
}

/* The empty frame behind the parts of a segment that was cut. */
static bool is_surplus(const struct ledger *ledger, const struct entry *entry,
		       const struct frame *f)
{
	return entry->seen > 1 && !f->payload_len && f->seq == entry->end_seq &&
	       entry->end_seq - entry->seq == entry->seen * entry->last_payload &&
	       is_next_part(ledger, entry, f);
}

static void take_entry(struct lane *lane, struct entry *entry, const struct frame *f)
{
	entry->seen++;
	entry->last_payload = f->payload_len;
	lane->last_entry = (size_t)(entry - lane->entries.v) + 1;
	entry->used_up = f->kind == FRAME_ARP || f->kind == FRAME_DATAGRAM ||
			 frame_end_seq(f) == entry->end_seq;
	while (lane->cursor < lane->entries.n && lane->entries.v[lane->cursor].used_up)
		lane->cursor++;
}

/* Nothing leaves before it is sent; captures have microseconds, events more. */
static bool is_later(const struct ledger *ledger, const struct entry *entry, const struct frame *f)
{
	const struct trace *trace = ledger->trace;

	return trace->power_on_ns &&
	       trace->events.v[entry->event].t_ns >= f->t_ns - trace->power_on_ns + CAPTURED_NS;
}

static struct entry *find_entry(const struct ledger *ledger, struct lane *lane,
				const struct frame *f, bool dropped)
{
	for (size_t i = lane->cursor; i < lane->entries.n; i++) {
		struct entry *entry = &lane->entries.v[i];

		if (!lane->rx && is_later(ledger, entry, f))
			break;
		if (!entry->used_up && entry->dropped == dropped && entry_matches(ledger, entry, f))
			return entry;
	}
	return NULL;
}

/* Whether the frame of an event that was sent is like this one. */
static bool has_left(const struct ledger *ledger, const struct lane *lane, const struct frame *f)
{
	for (size_t i = 0; !lane->rx && i < lane->entries.n; i++)
		if (lane->entries.v[i].seen && !lane->entries.v[i].dropped &&
		    entry_matches(ledger, &lane->entries.v[i], f))
			return true;
	return false;
}

/* A datagram to a group comes to each socket that wants it: the events of all of them are of one frame. */
static void take_copies(const struct ledger *ledger, struct lane *lane, const struct entry *first,
			const struct frame *f)
{
	const struct event *events = ledger->trace->events.v;

	for (size_t i = (size_t)(first - lane->entries.v) + 1; i < lane->entries.n; i++) {
		struct entry *entry = &lane->entries.v[i];

		if (event_same(&events[first->event], &events[entry->event], "sk"))
			return;
		if (entry_matches(ledger, entry, f))
			entry->used_up = true;
	}
}

/* The index + 1 of the event for this frame, or 0. */
size_t match_frame(struct ledger *ledger, struct frame *f, const char *node, bool rx)
{
	const struct lane like = {
		.node = node,
		.rx = rx,
		.kind = f->kind,
		.datagrams = f->kind == FRAME_DATAGRAM ? f->datagrams : NULL,
		.saddr = f->saddr,
		.daddr = f->daddr,
		.sport = f->sport,
		.dport = f->dport,
	};
	struct lane *lane = find_lane(ledger, &like);
	struct entry *entry =
		lane && lane->last_entry ? &lane->entries.v[lane->last_entry - 1] : NULL;

	if (entry && !rx && is_surplus(ledger, entry, f)) {
		lane->last_entry = 0;
		f->reason = surplus;
		return entry->event + 1;
	}
	entry = lane ? find_entry(ledger, lane, f, false) : NULL;
	/* if one that left is the same, it is rather a copy of that */
	if (!entry && lane && !has_left(ledger, lane, f))
		entry = find_entry(ledger, lane, f, true);
	if (entry) {
		if (rx && entry->event < lane->last_event)
			trace_problem(ledger->trace,
				      _("capture of %s: its order is not that of the events at "
					"event %lld"),
				      node, (long long)ledger->trace->events.v[entry->event].n);
		lane->last_event = entry->event;
		take_entry(lane, entry, f);
		if (rx && f->kind == FRAME_DATAGRAM && f->eth_dst[0] & 1)
			take_copies(ledger, lane, entry, f);
		return entry->event + 1;
	}
	return 0;
}

void lanes_fill(struct ledger *ledger)
{
	packets_collect(ledger);
	collect_entries(ledger);
}

void lanes_free(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->lanes.n; i++)
		vec_free(&ledger->lanes.v[i].entries);
	vec_free(&ledger->lanes);
	packets_free(ledger);
}
