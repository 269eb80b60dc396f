// SPDX-License-Identifier: GPL-2.0-or-later
// ICMP echo of both families, sent and received: what ping asks, and what the other node's kernel answers.
#include "base/i18n.h"
#include "types/tell.h"

enum {
	ECHO_HEADER = 8, /* RFC 792: type, code, checksum, id, number */
	NS_PER_US = 1000,
	US_PER_MS = 1000,
};

/* The numbers of the two messages over IPv4, and over IPv6: RFC 792, RFC 4443 4. */
static const struct {
	uint8_t request, reply;
} families[] = { { 8, 0 }, { 128, 129 } };

static bool decode(struct frame *f, size_t at)
{
	bool ok = true;
	uint32_t type = frame_get(f, at, 1, &ok);

	f->check = (uint16_t)frame_get(f, at + 2, 2, &ok);
	f->echo_id = (uint16_t)frame_get(f, at + 4, 2, &ok);
	f->echo_seq = (uint16_t)frame_get(f, at + 6, 2, &ok);
	f->echo_reply = type == families[f->six].reply;
	if (!ok || f->payload_len < ECHO_HEADER ||
	    (type != families[f->six].request && !f->echo_reply))
		return false;
	f->payload_len -= ECHO_HEADER;
	return true;
}

/* The kernel has made the whole message, so that the frame's is the event's; of a packet that IP has cut this is the first
 * part, which has not all of its bytes. */
static bool is_of(const struct event *ev, const struct frame *f)
{
	return event_is(ev, "op", f->echo_reply ? "reply" : "request") &&
	       event_int(ev, "id", -1) == f->echo_id && event_int(ev, "seq", -1) == f->echo_seq &&
	       event_int(ev, "check", -1) == f->check &&
	       (f->more || event_int(ev, "payload_len", -1) == f->payload_len);
}

static void describe(struct str *out, const struct frame *f, const char *from, const char *to)
{
	str_addf(out,
		 f->echo_reply ? _("echo reply %s > %s id %u seq %u len %u")
			       : _("echo request %s > %s id %u seq %u len %u"),
		 from, to, f->echo_id, f->echo_seq, f->payload_len);
}

static const struct datagrams datagrams = {
	.name = "ICMP echo",
	.number = { 1, 58 },
	.protocol = { "ICMP", "ICMPV6" },
	.type = { "echo.tx", "echo.rx" },
	.point = { { "__ip_local_out", "icmp_rcv" }, { "__ip6_local_out", "icmpv6_rcv" } },
	.unwatched = { { N_("__ip_local_out is not watched in this run"),
			 N_("icmp_rcv is not watched in this run") },
		       { N_("__ip6_local_out is not watched in this run"),
			 N_("icmpv6_rcv is not watched in this run") } },
	.decode = decode,
	.is_of = is_of,
	.describe = describe,
};
DATAGRAMS(echo, datagrams);

/* "echo reply > 10.0.0.1 id 77 seq 0 len 56 after 1.234 ms": since its request went the other way. */
static void say_echo(const struct telling *of, struct str *out)
{
	int64_t ns = event_int(of->ev, "since_request_ns", -1);

	str_add(out, event_is(of->ev, "op", "reply") ? _("echo reply") : _("echo request"));
	say_field(of->ev, out, " > ", "daddr");
	say_field(of->ev, out, " id ", "id");
	say_field(of->ev, out, " seq ", "seq");
	say_field(of->ev, out, " len ", "payload_len");
	if (ns >= 0)
		str_addf(out, _(", after %lld.%03lld ms"), (long long)(ns / NS_PER_US / US_PER_MS),
			 (long long)(ns / NS_PER_US % US_PER_MS));
}

/* clang-format off */
static const struct column columns[] = {
	WHEN_AND_WHERE,
	MADE("direction", "", fill_way),
	FIELD("op", N_("what")),
	FIELD("saddr", N_("from")),
	FIELD("daddr", N_("to")),
	FIELD("id", "id"),
	FIELD("seq", "seq"),
	FIELD("payload_len", N_("len")),
	FIELD("since_request_ns", N_("ns since the request")),
	MADE("function", N_("function"), fill_function),
};
/* clang-format on */

static const struct event_table table = {
	.key = "echoes",
	.title = N_("ICMP echoes"),
	.view = "segments",
	.place = 4,
	.only_with_rows = true,
	COLUMNS(columns),
};

static const struct meaning sent_meanings[] = {
	{ "op=reply stack~icmpv6_echo_reply",
	  N_("The kernel itself answers, with the bytes that came: no program has part in it."),
	  "net/ipv6/icmp.c: icmpv6_echo_reply()" },
	{ "op=reply stack~icmp_echo",
	  N_("The kernel itself answers, with the bytes that came: no program has part in it."),
	  "net/ipv4/icmp.c: icmp_echo()" },
	{ 0 },
};

static const struct meaning received_meanings[] = {
	{ "op=reply since_request_ns!=null",
	  N_("The id and the number are those of a request of this node: the time between the "
	     "two is what ping prints."),
	  "net/ipv4/ping.c: ping_rcv()" },
	{ 0 },
};

#define KEYS "saddr daddr op id seq payload_len check ip skb_len data_len by since_request_ns"

static const struct event_type types[] = {
	{
		.name = "echo.tx",
		.keys = KEYS,
		.way = WAY_OUT,
		.ink = INK_PACKET,
		.in_ladder = ladder_always,
		.say = say_echo,
		.identity = "op seq payload_len",
		.detail = "by",
		.exact = "saddr daddr id since_request_ns",
		.table = &table,
		.meanings = sent_meanings,
	},
	{
		.name = "echo.rx",
		.keys = KEYS,
		.way = WAY_IN,
		.ink = INK_PACKET,
		.in_ladder = ladder_always,
		.say = say_echo,
		.identity = "op seq payload_len",
		.detail = "",
		.exact = "saddr daddr id since_request_ns",
		.table = &table,
		.meanings = received_meanings,
	},
};
EVENT_FAMILY(echo, types);
