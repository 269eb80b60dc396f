// SPDX-License-Identifier: GPL-2.0-or-later
// UDP datagrams, sent and received, and their frames.
#include "base/i18n.h"
#include "types/tell.h"

enum {
	UDP_NUMBER = 17,
	UDP_HEADER = 8, /* RFC 768: ports, length, checksum */
};

static bool decode(struct frame *f, size_t at)
{
	bool ok = true;
	uint32_t length;

	f->sport = (uint16_t)frame_get(f, at, 2, &ok);
	f->dport = (uint16_t)frame_get(f, at + 2, 2, &ok);
	length = frame_get(f, at + 4, 2, &ok);
	f->check = (uint16_t)frame_get(f, at + 6, 2, &ok);
	if (!ok || length < UDP_HEADER)
		return false;
	f->payload_len = length - UDP_HEADER;
	return true;
}

/* The card completes the checksum of what is sent: only at its receiver the kernel has that of the frame. */
static bool is_of(const struct event *ev, const struct frame *f)
{
	return event_int(ev, "payload_len", -1) == f->payload_len &&
	       (ev->row->way == WAY_OUT || event_int(ev, "check", -1) == f->check);
}

static const struct datagrams datagrams = {
	.name = "UDP",
	.number = UDP_NUMBER,
	.type = { "udp.tx", "udp.rx" },
	.point = { "ip_send_skb", "udp_queue_rcv_one_skb" },
	.unwatched = { N_("ip_send_skb is not watched in this run"),
		       N_("udp_queue_rcv_one_skb is not watched in this run") },
	.decode = decode,
	.is_of = is_of,
};
DATAGRAMS(udp, datagrams);

static void say_datagram(const struct telling *of, struct str *out)
{
	str_add(out, "UDP");
	say_field(of->ev, out, " > ", "daddr");
	say_field(of->ev, out, ":", "dport");
	say_field(of->ev, out, " len ", "payload_len");
}

/* clang-format off */
static const struct column columns[] = {
	WHEN_AND_WHERE,
	MADE("direction", "", fill_way),
	MADE("ends", N_("from > to"), fill_ends),
	FIELD("payload_len", N_("len")),
	FIELD("sk", N_("socket")),
	MADE("function", N_("function"), fill_function),
};
/* clang-format on */

static const struct event_table table = {
	.key = "datagrams",
	.title = N_("UDP datagrams"),
	.view = "segments",
	.place = 2,
	.only_with_rows = true,
	COLUMNS(columns),
};

static const struct meaning sent_meanings[] = {
	{ "",
	  N_("A datagram goes to IP by itself: nothing was agreed before, and nothing is kept to "
	     "send it again."),
	  "net/ipv4/udp.c: udp_send_skb()" },
	{ 0 },
};

static const struct meaning received_meanings[] = {
	{ "",
	  N_("The ports have named a socket: the datagram goes to its receive queue, unless that "
	     "is full."),
	  "net/ipv4/udp.c: udp_queue_rcv_one_skb()" },
	{ 0 },
};

#define TUPLE "saddr daddr sport dport"
#define KEYS TUPLE " payload_len check ip skb_len data_len by"

static const struct event_type types[] = {
	{
		.name = "udp.tx",
		.keys = KEYS,
		.way = WAY_OUT,
		.ink = INK_PACKET,
		.in_ladder = ladder_always,
		.say = say_datagram,
		.identity = "dport payload_len",
		.detail = "by",
		.exact = TUPLE,
		.table = &table,
		.meanings = sent_meanings,
	},
	{
		.name = "udp.rx",
		.keys = KEYS,
		.way = WAY_IN,
		.ink = INK_PACKET,
		.in_ladder = ladder_always,
		.say = say_datagram,
		.identity = "dport payload_len",
		.detail = "",
		.exact = TUPLE,
		.table = &table,
		.meanings = received_meanings,
	},
};
EVENT_FAMILY(udp, types);
