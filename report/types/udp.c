// SPDX-License-Identifier: GPL-2.0-or-later
// UDP datagrams, sent and received, and their frames; whose they are, and the queue in which they wait.
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

static uint64_t sum_words(uint64_t bits)
{
	return (bits >> 48) + (bits >> 32 & 0xffff) + (bits >> 16 & 0xffff) + (bits & 0xffff);
}

static uint64_t sum_address(struct address address, bool six)
{
	return six ? sum_words(address.high) + sum_words(address.low)
		   : sum_words(address.low & 0xffffffff);
}

/* The sum of the addresses, the protocol and the length, with which a sender begins (RFC 768, RFC 8200 8.1): net/ipv4/udp.c
 * udp4_hwcsum(), net/ipv6/udp.c udp6_hwcsum_outgoing(). */
static uint16_t pseudo_sum(const struct frame *f)
{
	uint32_t length = f->payload_len + UDP_HEADER;
	uint64_t sum =
		UDP_NUMBER + length + sum_address(f->saddr, f->six) + sum_address(f->daddr, f->six);

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* The card completes the checksum of what is sent, if the kernel has not: only its receiver is sure to have the frame's. */
static bool is_of(const struct event *ev, const struct frame *f)
{
	int64_t check = event_int(ev, "check", -1);

	return event_int(ev, "payload_len", -1) == f->payload_len &&
	       (check == f->check || (ev->row->way == WAY_OUT && check == pseudo_sum(f)));
}

static const struct datagrams datagrams = {
	.name = "UDP",
	.number = { UDP_NUMBER, UDP_NUMBER },
	.protocol = { "UDP", "UDP" },
	.type = { "udp.tx", "udp.rx" },
	.point = { { "ip_send_skb", "udp_queue_rcv_one_skb" },
		   { "ip6_send_skb", "udpv6_queue_rcv_one_skb" } },
	.unwatched = { { N_("ip_send_skb is not watched in this run"),
			 N_("udp_queue_rcv_one_skb is not watched in this run") },
		       { N_("ip6_send_skb is not watched in this run"),
			 N_("udpv6_queue_rcv_one_skb is not watched in this run") } },
	.says_length = true,
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

static void say_lookup(const struct telling *of, struct str *out)
{
	bool none = event_is(of->ev, "match", "none");

	say_with(of->ev, out, none ? _("no socket for port %s") : _("a socket for port %s"),
		 "dport");
	if (!none)
		say_field(of->ev, out, ": ", "match");
}

/* What became of a queue, by the event's op. */
static const struct {
	const char *op, *said;
} changes[] = {
	{ "add", N_("a datagram waits") },
	{ "take", N_("a datagram is taken") },
	{ "peek", N_("a datagram is looked at") },
	{ "full", N_("no room for a datagram") },
};

static void say_queue(const struct telling *of, struct str *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (event_is(of->ev, "op", changes[i].op))
			str_add(out, _(changes[i].said));
	say_field(of->ev, out, ": ", "qlen.old");
	say_field(of->ev, out, " -> ", "qlen.new");
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

static const struct column lookup_columns[] = {
	WHEN_AND_WHERE,
	MADE("ends", N_("from > to"), fill_ends),
	FIELD("match", N_("bound by")),
	FIELD("sk", N_("socket")),
	FIELD("owner.comm", N_("program")),
	FIELD("owner.fd", N_("descriptor")),
	MADE("chain", N_("by"), fill_chain),
};

static const struct column queue_columns[] = {
	WHEN_AND_WHERE,
	FIELD("sk", N_("socket")),
	FIELD("op", N_("what")),
	FIELD("payload_len", N_("len")),
	FIELD("qlen.old", N_("old")),
	FIELD("qlen.new", N_("new")),
	FIELD("rmem_bytes", N_("memory")),
	FIELD("limit_bytes", N_("limit")),
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

static const struct event_table lookups = {
	.key = "lookups",
	.title = N_("Sockets that were looked for"),
	.view = "segments",
	.place = 3,
	.only_with_rows = true,
	COLUMNS(lookup_columns),
};

static const struct event_table queues = {
	.key = "datagram_queues",
	.title = N_("Receive queues of datagrams"),
	.view = "queues",
	.place = 2,
	.only_with_rows = true,
	COLUMNS(queue_columns),
};

static const struct meaning lookup_meanings[] = {
	{ "match=none stack~__udp4_lib_err",
	  N_("The error is about a datagram of no socket here: it is dropped."),
	  "net/ipv4/udp.c: __udp4_lib_err()" },
	{ "match=none stack~__udp6_lib_err",
	  N_("The error is about a datagram of no socket here: it is dropped."),
	  "net/ipv6/udp.c: __udp6_lib_err()" },
	{ "stack~__udp4_lib_err",
	  N_("The error quotes a datagram: its ports, turned round, name the socket that sent it."),
	  "net/ipv4/udp.c: __udp4_lib_err()" },
	{ "stack~__udp6_lib_err",
	  N_("The error quotes a datagram: its ports, turned round, name the socket that sent it."),
	  "net/ipv6/udp.c: __udp6_lib_err()" },
	{ "match=none stack~__udp6_lib_rcv",
	  N_("No socket has this port: the sender gets an ICMP error, port unreachable."),
	  "net/ipv6/udp.c: __udp6_lib_rcv()" },
	{ "match=none",
	  N_("No socket has this port: the sender gets an ICMP error, port unreachable."),
	  "net/ipv4/udp.c: __udp4_lib_rcv()" },
	{ "match=connected",
	  N_("A connected socket goes before all others: both addresses and both ports are its "
	     "own."),
	  "net/ipv4/udp.c: compute_score()" },
	{ "reuseport=true",
	  N_("Several sockets share the port: a hash of addresses and ports chooses one, the same "
	     "for a flow."),
	  "net/core/sock_reuseport.c: reuseport_select_sock()" },
	{ "match=address",
	  N_("No socket is connected to the sender: one that is bound to the address gets it."),
	  "net/ipv4/udp.c: compute_score()" },
	{ "match=wildcard", N_("No socket has the address: one that takes any address gets it."),
	  "net/ipv4/udp.c: __udp4_lib_lookup()" },
	{ 0 },
};

static const struct meaning queue_meanings[] = {
	{ "op=add",
	  N_("The datagram waits in the socket's receive queue until a program takes it."),
	  "net/ipv4/udp.c: __udp_enqueue_schedule_skb()" },
	{ "op=take",
	  N_("A program takes the oldest datagram, whole; what it has no room for is lost."),
	  "net/ipv4/udp.c: __skb_recv_udp()" },
	{ "op=peek", N_("MSG_PEEK: the program gets the datagram, and it stays in the queue."),
	  "net/ipv4/udp.c: __skb_recv_udp()" },
	{ "op=full", N_("The receive buffer is full: the datagram is dropped, and nobody is told."),
	  "net/ipv4/udp.c: __udp_enqueue_schedule_skb()" },
	{ 0 },
};

static const struct meaning sent_meanings[] = {
	{ "stack~udp_v6_send_skb",
	  N_("A datagram goes to IP by itself: nothing was agreed before, and nothing is kept to "
	     "send it again."),
	  "net/ipv6/udp.c: udp_v6_send_skb()" },
	{ "",
	  N_("A datagram goes to IP by itself: nothing was agreed before, and nothing is kept to "
	     "send it again."),
	  "net/ipv4/udp.c: udp_send_skb()" },
	{ 0 },
};

static const struct meaning received_meanings[] = {
	{ "by=udpv6_queue_rcv_one_skb",
	  N_("The ports have named a socket: the datagram goes to its receive queue, unless that "
	     "is full."),
	  "net/ipv6/udp.c: udpv6_queue_rcv_one_skb()" },
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
	{
		.name = "udp.lookup",
		.keys = TUPLE " found match reuseport early",
		.ink = INK_ROUTE,
		.in_ladder = ladder_always,
		.say = say_lookup,
		.identity = "dport match",
		.detail = "early",
		.exact = TUPLE,
		.table = &lookups,
		.meanings = lookup_meanings,
	},
	{
		.name = "udp.queue",
		.keys = TUPLE " op payload_len qlen rmem_bytes limit_bytes drops",
		.ink = INK_QUEUE,
		.in_ladder = ladder_always,
		.say = say_queue,
		.identity = "op payload_len",
		.detail = "qlen.old qlen.new rmem_bytes limit_bytes drops",
		.exact = TUPLE,
		.table = &queues,
		.meanings = queue_meanings,
	},
};
EVENT_FAMILY(udp, types);
