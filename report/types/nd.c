// SPDX-License-Identifier: GPL-2.0-or-later
// Neighbour discovery of IPv6 (RFC 4861), sent and received: who has an address, and which routers and prefixes a link has.
#include "base/i18n.h"
#include "types/tell.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	ETH_HEADER = 14,
	ADDRESS_AT = 8, /* of the target, behind the header */
	/* RFC 4861 4.6, RFC 3971 5.3.2: options, in units of eight bytes */
	OPTION_SOURCE = 1,
	OPTION_TARGET = 2,
	OPTION_PREFIX = 3,
	OPTION_NONCE = 14,
	OPTION_UNIT = 8,
	PREFIX_BYTES = 32,
	NONCE_MOST = 64,
};

/* Those of which an event tells, and how many bytes they have before their options: RFC 4861 4.1 to 4.4. */
static const struct message {
	uint8_t type, bytes;
	const char *op;
	bool has_target;
} messages[] = {
	{ 133, 8, "router_solicitation", false },
	{ 134, 16, "router_advertisement", false },
	{ 135, 24, "neighbour_solicitation", true },
	{ 136, 24, "neighbour_advertisement", true },
};

static const struct message *message_at(const struct frame *f, size_t at)
{
	bool ok = true;
	uint32_t type = frame_get(f, at, 1, &ok), code = frame_get(f, at + 1, 1, &ok);

	for (size_t i = 0; ok && !code && i < ARRAY_SIZE(messages); i++)
		if (messages[i].type == type)
			return &messages[i];
	return NULL;
}

static size_t begin_of(const struct frame *f)
{
	return ETH_HEADER + f->ip_header + f->part_header;
}

static bool decode(struct frame *f, size_t at)
{
	const struct message *message = message_at(f, at);
	bool ok = true;

	if (!message || f->payload_len < message->bytes)
		return false;
	f->check = (uint16_t)frame_get(f, at + 2, 2, &ok);
	frame_get(f, at, message->bytes, &ok);
	return ok;
}

/* ---- a frame beside its event: every field of the event is read once more in the bytes ---- */

struct reading {
	const struct event *ev;
	const struct frame *f;
	size_t at, end; /* of the message */
	bool same;
};

static void read_number(struct reading *r, const char *path, int64_t number)
{
	r->same = r->same && event_int(r->ev, path, -1) == number;
}

static void read_truth(struct reading *r, const char *path, bool truth)
{
	struct json v = event_get(r->ev, path);

	r->same = r->same && v.kind == JSON_BOOL && json_true(v) == truth;
}

static void read_text(struct reading *r, const char *path, const char *text)
{
	r->same = r->same && event_is(r->ev, path, text);
}

static void read_null(struct reading *r, const char *path)
{
	r->same = r->same && event_get(r->ev, path).kind == JSON_NULL;
}

static struct address address_at(const struct frame *f, size_t at)
{
	bool ok = true;

	return (struct address){
		.high = (uint64_t)frame_get(f, at, 4, &ok) << 32 | frame_get(f, at + 4, 4, &ok),
		.low = (uint64_t)frame_get(f, at + 8, 4, &ok) << 32 | frame_get(f, at + 12, 4, &ok),
	};
}

static bool is_address(struct json v, struct address wanted)
{
	char *text = json_dup(v);
	struct address ip;
	bool same = text && address_parse(text, &ip) && address_same(ip, wanted);

	free(text);
	return same;
}

/* The option's place, 0: the message has none of the kind, or no other behind `after`. */
static size_t option_find(const struct reading *r, uint8_t kind, size_t after)
{
	size_t at = r->at + message_at(r->f, r->at)->bytes;
	bool ok = true;

	while (at + OPTION_UNIT <= r->end) {
		size_t bytes = frame_get(r->f, at + 1, 1, &ok) * OPTION_UNIT;

		if (!ok || !bytes || at + bytes > r->end)
			return 0;
		if (at > after && frame_get(r->f, at, 1, &ok) == kind)
			return at;
		at += bytes;
	}
	return 0;
}

static void read_mac(struct reading *r, const char *path, uint8_t kind)
{
	size_t at = option_find(r, kind, 0);
	char text[18];

	if (at)
		read_text(r, path, mac_text(r->f->bytes + at + 2, text));
	else
		read_null(r, path);
}

static void read_nonce(struct reading *r)
{
	size_t at = option_find(r, OPTION_NONCE, 0), bytes;
	char text[2 * NONCE_MOST + 1] = "";
	bool ok = true;

	if (!at) {
		read_null(r, "nonce");
		return;
	}
	bytes = frame_get(r->f, at + 1, 1, &ok) * OPTION_UNIT - 2;
	for (size_t i = 0; i < bytes && i < NONCE_MOST; i++)
		snprintf(text + 2 * i, 3, "%02x", frame_get(r->f, at + 2 + i, 1, &ok));
	read_text(r, "nonce", text);
}

/* One prefix of the event beside the option, whose bytes begin at `at`. */
static bool is_prefix(const struct frame *f, size_t at, struct json v)
{
	const struct {
		const char *name;
		size_t at, bytes;
		uint32_t mask;
	} fields[] = {
		{ "prefix_len", 2, 1, UINT8_MAX },   { "on_link", 3, 1, 0x80 },
		{ "autonomous", 3, 1, 0x40 },	     { "valid_s", 4, 4, UINT32_MAX },
		{ "preferred_s", 8, 4, UINT32_MAX },
	};
	bool ok = true, same = is_address(json_path(v, "prefix"), address_at(f, at + 16));

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		uint32_t found =
			frame_get(f, at + fields[i].at, fields[i].bytes, &ok) & fields[i].mask;
		struct json said = json_path(v, fields[i].name);
		int64_t number;

		if (said.kind == JSON_BOOL)
			same = same && json_true(said) == (found != 0);
		else
			same = same && json_int(said, &number) && number == found;
	}
	return same && ok;
}

static void read_prefixes(struct reading *r)
{
	struct json_iter it = json_iter(event_get(r->ev, "ra.prefixes"));
	size_t at = option_find(r, OPTION_PREFIX, 0);

	for (; at; at = option_find(r, OPTION_PREFIX, at))
		r->same = r->same && json_next(&it) && is_prefix(r->f, at, it.value);
	r->same = r->same && !json_next(&it);
}

/* RFC 4191 2.2: the preference of a router */
static const char *const preferences[] = { "medium", "high", "reserved", "low" };

static void read_router(struct reading *r)
{
	bool ok = true;
	uint32_t word = frame_get(r->f, r->at + 4, 4, &ok);

	read_number(r, "ra.hop_limit", word >> 24);
	read_truth(r, "ra.managed", word >> 23 & 1);
	read_truth(r, "ra.other", word >> 22 & 1);
	read_text(r, "ra.pref", preferences[word >> 19 & 3]);
	read_number(r, "ra.lifetime_s", word & 0xffff);
	read_number(r, "ra.reachable_ms", frame_get(r->f, r->at + 8, 4, &ok));
	read_number(r, "ra.retrans_ms", frame_get(r->f, r->at + 12, 4, &ok));
	read_prefixes(r);
}

static void read_flags(struct reading *r)
{
	static const char *const names[] = { "router", "solicited", "override" };
	bool ok = true;
	uint32_t word = frame_get(r->f, r->at + 4, 4, &ok);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		read_truth(r, names[i], word << i >> 31);
}

static void read_link(struct reading *r)
{
	char text[18];

	if (r->ev->row->way != WAY_IN)
		return;
	read_text(r, "eth_src", mac_text(r->f->eth_src, text));
	read_text(r, "eth_dst", mac_text(r->f->eth_dst, text));
}

static bool is_of(const struct event *ev, const struct frame *f)
{
	struct reading r = { ev, f, begin_of(f), begin_of(f) + f->payload_len, true };
	const struct message *message = message_at(f, r.at);

	read_text(&r, "op", message->op);
	read_number(&r, "check", f->check);
	read_mac(&r, "slla", OPTION_SOURCE);
	read_mac(&r, "tlla", OPTION_TARGET);
	read_nonce(&r);
	read_link(&r);
	if (message->has_target)
		r.same = r.same &&
			 is_address(event_get(ev, "target"), address_at(f, r.at + ADDRESS_AT));
	else
		read_null(&r, "target");
	if (strcmp(message->op, "neighbour_advertisement") == 0)
		read_flags(&r);
	else
		read_null(&r, "router");
	if (strcmp(message->op, "router_advertisement") == 0)
		read_router(&r);
	else
		read_null(&r, "ra");
	return r.same;
}

/* ---- what is said ---- */

static void describe(struct str *out, const struct frame *f, const char *from, const char *to)
{
	str_addf(out, "%s %s > %s", message_at(f, begin_of(f))->op, from, to);
}

static const struct datagrams datagrams = {
	.name = "neighbour discovery",
	.number = { UINT8_MAX, 58 }, /* over IPv4 there is none */
	.protocol = { "ND", "ND" },
	.type = { "nd.tx", "nd.rx" },
	.point = { { "ip6_output", "ndisc_rcv" }, { "ip6_output", "ndisc_rcv" } },
	.unwatched = { { N_("ip6_output is not watched in this run"),
			 N_("ndisc_rcv is not watched in this run") },
		       { N_("ip6_output is not watched in this run"),
			 N_("ndisc_rcv is not watched in this run") } },
	.of_link = true,
	.decode = decode,
	.is_of = is_of,
	.describe = describe,
};
DATAGRAMS(nd, datagrams);

/* "NS is fd00:1::7 free?", "NA fd00:1::fe is here" */
static void say_nd(const struct telling *of, struct str *out)
{
	const struct event *ev = of->ev;

	if (event_is(ev, "op", "router_solicitation")) {
		str_add(out, _("RS is there a router?"));
	} else if (event_is(ev, "op", "router_advertisement")) {
		say_with(ev, out, _("RA router for %s s"), "ra.lifetime_s");
		say_field(ev, out, ", ", "ra.prefixes.0.prefix");
		say_field(ev, out, "/", "ra.prefixes.0.prefix_len");
	} else if (event_is(ev, "op", "neighbour_advertisement")) {
		say_with(ev, out, _("NA %s is here"), "target");
	} else {
		say_with(ev, out,
			 event_is(ev, "saddr", "::") ? _("NS is %s free?") : _("NS who has %s?"),
			 "target");
	}
}

/* clang-format off */
static const struct column columns[] = {
	WHEN_AND_WHERE,
	MADE("direction", "", fill_way),
	MADE("what", N_("what"), fill_sentence),
	FIELD("saddr", N_("from")),
	FIELD("daddr", N_("to")),
	FIELD("solicited", N_("solicited")),
	FIELD("override", N_("override")),
	FIELD("by", N_("function")),
};
/* clang-format on */

static const struct event_table table = {
	.key = "discovery",
	.title = N_("Neighbour discovery"),
	.view = "neighbours",
	.place = 3,
	.only_with_rows = true,
	COLUMNS(columns),
};

static const struct meaning sent_meanings[] = {
	{ "op=neighbour_solicitation saddr=::",
	  N_("Is the address free? Who asks does not use it yet, so the question comes from the "
	     "address that is none."),
	  "net/ipv6/addrconf.c: addrconf_dad_work()" },
	{ "op=neighbour_advertisement solicited=true",
	  N_("The answer goes to who asked alone, and confirms that the neighbour is reachable."),
	  "net/ipv6/ndisc.c: ndisc_recv_ns()" },
	{ "op=neighbour_advertisement solicited=false override=true daddr=ff02::1",
	  N_("The address is taken: who asked has none to send this to, so it goes to all nodes of "
	     "the link."),
	  "net/ipv6/ndisc.c: ndisc_recv_ns()" },
	{ 0 },
};

#define KEYS                                                                                   \
	"saddr daddr op target slla tlla router solicited override nonce ra check ip eth_src " \
	"eth_dst "                                                                             \
	"by"

static const struct event_type types[] = {
	{
		.name = "nd.tx",
		.keys = KEYS,
		.way = WAY_OUT,
		.ink = INK_NEIGHBOUR,
		.in_ladder = ladder_always,
		.say = say_nd,
		.identity = "op target solicited override",
		.detail = "by ra.lifetime_s",
		.exact = "saddr daddr slla tlla",
		.table = &table,
		.meanings = sent_meanings,
	},
	{
		.name = "nd.rx",
		.keys = KEYS,
		.way = WAY_IN,
		.ink = INK_NEIGHBOUR,
		.in_ladder = ladder_always,
		.say = say_nd,
		.identity = "op target solicited override",
		.detail = "ra.lifetime_s",
		.exact = "saddr daddr slla tlla",
		.table = &table,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(nd, types);
