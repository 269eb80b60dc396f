// SPDX-License-Identifier: GPL-2.0-or-later
// What an event says of its frame, held against the bytes of the frame, field by field.
#include "base/i18n.h"
#include "run/follow.h"
#include "run/ledger.h"

#include <stdlib.h>
#include <string.h>

/* A number of the header: where the event has it, and where the frame. */
struct number_field {
	const char *path;
	size_t offset, size;
	bool whole; /* the parts of a segment that was cut have numbers of their own */
	bool joins; /* what the kernel joins (GRO) has that of one of its parts */
};

/* clang-format off */
#define NUMBER(path, member, whole) \
	{ path, offsetof(struct frame, member), sizeof(((struct frame *)NULL)->member), whole, false }
#define NUMBER_OF_ONE(path, member) \
	{ path, offsetof(struct frame, member), sizeof(((struct frame *)NULL)->member), false, true }
/* clang-format on */

static const struct number_field tcp_numbers[] = {
	NUMBER("sport", sport, false),
	NUMBER("dport", dport, false),
	NUMBER("seq", seq, true),
	NUMBER("ack", ack, false),
	NUMBER_OF_ONE("win", win),
	NUMBER("urg", urg, false),
	NUMBER("header_len", tcp_header, false),
	NUMBER("reserved", reserved, false),
	NUMBER("payload_len", payload_len, true),
};

static const struct number_field datagram_numbers[] = {
	NUMBER("sport", sport, false),
	NUMBER("dport", dport, false),
};

static const struct number_field datagram_length[] = {
	NUMBER("payload_len", payload_len, false),
};

static const struct number_field ip_numbers[] = {
	NUMBER("ip.id", ip_id, true), NUMBER("ip.ttl", ttl, false),
	NUMBER("ip.df", df, false),   NUMBER("ip.tot_len", tot_len, true),
	NUMBER("ip.tos", tos, false), NUMBER("ip.header_len", ip_header, false),
};

/* An address of the link: where the event has it, and where the frame. */
static const struct {
	const char *path;
	size_t offset;
} arp_macs[] = {
	{ "sha", offsetof(struct frame, sha) },
	{ "tha", offsetof(struct frame, tha) },
	{ "eth_src", offsetof(struct frame, eth_src) },
	{ "eth_dst", offsetof(struct frame, eth_dst) },
};

/* A frame beside its event. */
struct pair {
	struct trace *trace;
	const struct event *ev;
	const struct wire *wire;
	size_t number; /* of the frame, from 1 */
	const struct frame *f;
	bool whole; /* the event has no other frame */
};

static void differs(const struct pair *p, const char *path, const char *frame)
{
	char *event = event_dup(p->ev, path);

	trace_unmatched(p->trace,
			xasprintf(_("event %lld: %s is %s; wire-%s-%s.pcap frame %zu says %s"),
				  (long long)p->ev->n, path, event, p->wire->node, p->wire->nic,
				  p->number, frame));
	free(event);
}

static void differs_number(const struct pair *p, const char *path, int64_t frame)
{
	char *text = xasprintf("%lld", (long long)frame);

	differs(p, path, text);
	free(text);
}

static int64_t number_in(const struct frame *f, const struct number_field *field)
{
	const char *at = (const char *)f + field->offset;
	uint32_t four;
	uint16_t two;

	if (field->size == sizeof(four))
		return memcpy(&four, at, sizeof(four)), four;
	if (field->size == sizeof(two))
		return memcpy(&two, at, sizeof(two)), two;
	return *(const unsigned char *)at;
}

/* A number or a truth of the event; false where it does not say. */
static bool said(const struct event *ev, const char *path, int64_t *number)
{
	struct json v = event_get(ev, path);

	*number = json_true(v);
	return v.kind == JSON_BOOL || json_int(v, number);
}

static void agree_numbers(const struct pair *p, const struct number_field *fields, size_t n)
{
	int64_t number;

	for (size_t i = 0; i < n; i++) {
		const struct number_field *field = &fields[i];

		bool own =
			p->whole || !(field->whole || (field->joins && p->ev->row->way == WAY_IN));

		if (own && said(p->ev, field->path, &number) && number != number_in(p->f, field))
			differs_number(p, field->path, number_in(p->f, field));
	}
}

static void agree_text(const struct pair *p, const char *path, const char *frame)
{
	char *event = event_dup(p->ev, path);

	if (strcmp(event, frame) != 0)
		differs(p, path, frame);
	free(event);
}

/* The event's options as they stand in its line, without spaces. */
bool options_agree(const struct event *ev, const struct frame *f)
{
	struct json opts = event_get(ev, "opts");
	struct str frame = { 0 }, event = { 0 };
	bool agree;

	frame_options(&frame, f);
	for (const char *c = opts.p; opts.kind == JSON_ARRAY && c < opts.end; c++)
		if (*c != ' ')
			str_addc(&event, *c);
	agree = opts.kind != JSON_ARRAY || strcmp(str_text(&event), str_text(&frame)) == 0;
	str_free(&frame);
	str_free(&event);
	return agree;
}

static void agree_options(const struct pair *p)
{
	struct str frame = { 0 };

	if (options_agree(p->ev, p->f))
		return;
	frame_options(&frame, p->f);
	differs(p, "opts", str_text(&frame));
	str_free(&frame);
}

/* The card: of what a router drops on its way out, the one by which it was to leave. */
static void agree_card(const struct pair *p)
{
	static const char *const forwards[] = { "ip_forward", "ip6_forward", NULL };
	bool passes = p->ev->kind == EV_SKB_DROP && event_stack_has(p->ev, forwards);

	if (event_get(p->ev, "dev").kind == JSON_STRING && !passes)
		agree_text(p, "dev", p->wire->nic);
}

static bool has_options(const struct frame *f)
{
	return f->damaged || f->opts + f->tcp_header - 20 <= f->cap_len;
}

/* The kernel joins (GRO) only what has the same options and the same header of IP: tcp_gro_receive(), inet_gro_receive(). */
static void agree_tcp(const struct pair *p)
{
	char flags[TCP_FLAG_LETTERS];

	agree_numbers(p, tcp_numbers, ARRAY_SIZE(tcp_numbers));
	agree_numbers(p, ip_numbers, ARRAY_SIZE(ip_numbers));
	if (p->whole)
		agree_text(p, "flags", tcp_flag_letters(p->f->flags, flags));
	if (has_options(p->f))
		agree_options(p);
}

/* Of IPv6: the headers behind its own, where the event has any, or the frame of a whole packet. */
static void agree_extensions(const struct pair *p)
{
	struct str frame = { 0 };

	if (!p->f->six || !p->whole)
		return;
	frame_extensions(&frame, p->f);
	agree_text(p, "ip.extensions", str_text(&frame));
	str_free(&frame);
}

static void agree_datagram(const struct pair *p)
{
	char text[ADDRESS_TEXT];

	agree_numbers(p, datagram_numbers, ARRAY_SIZE(datagram_numbers));
	if (p->f->datagrams->says_length || !p->f->more)
		agree_numbers(p, datagram_length, ARRAY_SIZE(datagram_length));
	agree_numbers(p, ip_numbers, ARRAY_SIZE(ip_numbers));
	agree_extensions(p);
	agree_text(p, "saddr", address_text(p->f->saddr, text));
	agree_text(p, "daddr", address_text(p->f->daddr, text));
}

static void agree_arp(const struct pair *p)
{
	char text[ADDRESS_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(arp_macs); i++)
		agree_text(p, arp_macs[i].path,
			   mac_text((const unsigned char *)p->f + arp_macs[i].offset, text));
	agree_text(p, "spa", address_text(p->f->saddr, text));
	agree_text(p, "tpa", address_text(p->f->daddr, text));
	agree_text(p, "gratuitous", address_same(p->f->saddr, p->f->daddr) ? "true" : "false");
}

static void agree_pair(const struct pair *p)
{
	agree_card(p);
	if (p->f->kind == FRAME_ARP)
		agree_arp(p);
	else if (p->f->kind == FRAME_DATAGRAM && p->ev->row->way != WAY_NONE)
		agree_datagram(p);
	else if (p->f->kind == FRAME_TCP && p->ev->kind != EV_SKB_DROP)
		agree_tcp(p);
}

/* Whether the packet came in this event behind another one: the kernel joined them (GRO). */
static bool has_joined(const struct event *rx, int64_t pkt)
{
	struct json_iter it = json_iter(event_get(rx, "joined"));
	int64_t number;

	while (json_next(&it))
		if (json_int(it.value, &number) && number == pkt)
			return true;
	return false;
}

/* Both ends of a frame on a wire speak of one packet of one connection. */
static void agree_ends(struct trace *trace, const struct event *tx, const struct event *rx)
{
	const struct {
		const char *path;
		int64_t tx, rx;
	} ends[] = { { "pkt", tx->pkt, rx->pkt }, { "conn", tx->conn, rx->conn } };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends[i].tx && ends[i].tx != ends[i].rx && !(i == 0 && has_joined(rx, tx->pkt)))
			trace_unmatched(
				trace,
				xasprintf(_("event %lld: %s is %lld; event %lld, its other end, "
					    "says %lld"),
					  (long long)rx->n, ends[i].path, (long long)ends[i].rx,
					  (long long)tx->n, (long long)ends[i].tx));
}

static void agree_peers(struct trace *trace)
{
	for (size_t i = 0; i < trace->events.n; i++) {
		const struct event *tx = &trace->events.v[i];

		if ((tx->kind == EV_TCP_TX || tx->kind == EV_ARP_TX) && tx->peer)
			agree_ends(trace, tx, &trace->events.v[tx->peer - 1]);
	}
}

static void agree_frame(struct trace *trace, const size_t *frames, const struct wire *wire,
			size_t i)
{
	const struct frame *f = &wire->frames.v[i];
	const size_t events[] = { f->tx_event, f->rx_event };

	for (size_t e = 0; e < ARRAY_SIZE(events); e++)
		if (events[e])
			agree_pair(&(struct pair){ trace, &trace->events.v[events[e] - 1], wire,
						   i + 1, f, frames[events[e] - 1] == 1 });
}

void agree_check(struct trace *trace)
{
	size_t *frames = xcalloc(trace->events.n, sizeof(*frames)); /* of each event */

	for (size_t w = 0; w < trace->wires.n; w++)
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++) {
			const struct frame *f = &trace->wires.v[w].frames.v[i];

			if (f->tx_event)
				frames[f->tx_event - 1]++;
			if (f->rx_event)
				frames[f->rx_event - 1]++;
		}
	for (size_t w = 0; w < trace->wires.n; w++)
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++)
			agree_frame(trace, frames, &trace->wires.v[w], i);
	agree_peers(trace);
	free(frames);
}
