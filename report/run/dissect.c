// SPDX-License-Identifier: GPL-2.0-or-later
// Headers as rows of fields: where each lies, and how it is written.
#include "run/dissect.h"

#include <stdio.h>

enum how {
	NUMBER,
	HEX,
	WORDS, /* a length in words of four bytes, said in bytes */
	EIGHTS, /* one in units of eight bytes, said in bytes */
	MAC,
	IP4,
	IP6,
	BYTES
};

struct part {
	const char *name;
	uint32_t bit,
		bits; /* from the header's begin; 0 bits: to the header's end, which may be at once */
	enum how how;
};

static const struct part ethernet[] = {
	{ "eth.dst", 0, 48, MAC },
	{ "eth.src", 48, 48, MAC },
	{ "eth.type", 96, 16, HEX },
};

static const struct part arp[] = {
	{ "arp.hw.type", 0, 16, NUMBER },	{ "arp.proto.type", 16, 16, HEX },
	{ "arp.hw.size", 32, 8, NUMBER },	{ "arp.proto.size", 40, 8, NUMBER },
	{ "arp.opcode", 48, 16, NUMBER },	{ "arp.src.hw_mac", 64, 48, MAC },
	{ "arp.src.proto_ipv4", 112, 32, IP4 }, { "arp.dst.hw_mac", 144, 48, MAC },
	{ "arp.dst.proto_ipv4", 192, 32, IP4 },
};

static const struct part ip4[] = {
	{ "ip.version", 0, 4, NUMBER },	     { "ip.hdr_len", 4, 4, WORDS },
	{ "ip.dsfield.dscp", 8, 6, NUMBER }, { "ip.dsfield.ecn", 14, 2, NUMBER },
	{ "ip.len", 16, 16, NUMBER },	     { "ip.id", 32, 16, HEX },
	{ "ip.flags.rb", 48, 1, NUMBER },    { "ip.flags.df", 49, 1, NUMBER },
	{ "ip.flags.mf", 50, 1, NUMBER },    { "ip.frag_offset", 51, 13, EIGHTS },
	{ "ip.ttl", 64, 8, NUMBER },	     { "ip.proto", 72, 8, NUMBER },
	{ "ip.checksum", 80, 16, HEX },	     { "ip.src", 96, 32, IP4 },
	{ "ip.dst", 128, 32, IP4 },	     { "ip.options", 160, 0, BYTES },
};

static const struct part ip6[] = {
	{ "ipv6.version", 0, 4, NUMBER },     { "ipv6.tclass", 4, 8, HEX },
	{ "ipv6.flow", 12, 20, HEX },	      { "ipv6.plen", 32, 16, NUMBER },
	{ "ipv6.nxt", 48, 8, NUMBER },	      { "ipv6.hlim", 56, 8, NUMBER },
	{ "ipv6.src", 64, 128, IP6 },	      { "ipv6.dst", 192, 128, IP6 },
	{ "ipv6.extensions", 320, 0, BYTES },
};

static const struct part tcp[] = {
	{ "tcp.srcport", 0, 16, NUMBER },      { "tcp.dstport", 16, 16, NUMBER },
	{ "tcp.seq_raw", 32, 32, NUMBER },     { "tcp.ack_raw", 64, 32, NUMBER },
	{ "tcp.hdr_len", 96, 4, WORDS },       { "tcp.flags.res", 100, 3, NUMBER },
	{ "tcp.flags.ae", 103, 1, NUMBER },    { "tcp.flags.cwr", 104, 1, NUMBER },
	{ "tcp.flags.ece", 105, 1, NUMBER },   { "tcp.flags.urg", 106, 1, NUMBER },
	{ "tcp.flags.ack", 107, 1, NUMBER },   { "tcp.flags.push", 108, 1, NUMBER },
	{ "tcp.flags.reset", 109, 1, NUMBER }, { "tcp.flags.syn", 110, 1, NUMBER },
	{ "tcp.flags.fin", 111, 1, NUMBER },   { "tcp.window_size_value", 112, 16, NUMBER },
	{ "tcp.checksum", 128, 16, HEX },      { "tcp.urgent_pointer", 144, 16, NUMBER },
	{ "tcp.options", 160, 0, BYTES },
};

static const struct part udp[] = {
	{ "udp.srcport", 0, 16, NUMBER },
	{ "udp.dstport", 16, 16, NUMBER },
	{ "udp.length", 32, 16, NUMBER },
	{ "udp.checksum", 48, 16, HEX },
};

static const struct part icmp[] = {
	{ "icmp.type", 0, 8, NUMBER },
	{ "icmp.code", 8, 8, NUMBER },
	{ "icmp.checksum", 16, 16, HEX },
};

static const struct part icmp6[] = {
	{ "icmpv6.type", 0, 8, NUMBER },
	{ "icmpv6.code", 8, 8, NUMBER },
	{ "icmpv6.checksum", 16, 16, HEX },
};

static const struct part echo4[] = {
	{ "icmp.ident", 0, 16, NUMBER },
	{ "icmp.seq", 16, 16, NUMBER },
};

static const struct part echo6[] = {
	{ "icmpv6.echo.identifier", 0, 16, NUMBER },
	{ "icmpv6.echo.sequence_number", 16, 16, NUMBER },
};

/* A header: its rows, and how many bytes it has. */
struct layer {
	const struct part *parts;
	size_t n, bytes;
};

#define LAYER(parts, bytes) ((struct layer){ parts, ARRAY_SIZE(parts), bytes })

struct dissection {
	const struct frame *frame;
	void (*give)(const struct dissected *field, void *data);
	void *data;
};

/* Up to 32 bits, which lie in five bytes at most. */
static uint32_t bits_get(const struct frame *f, uint32_t bit, uint32_t bits)
{
	uint64_t value = 0;

	for (uint32_t i = bit / 8; i <= (bit + bits - 1) / 8; i++)
		value = value << 8 | f->bytes[i];
	value >>= 7 - (bit + bits - 1) % 8;
	return (uint32_t)(value & ((UINT64_C(1) << bits) - 1));
}

static void address6_say(const unsigned char *bytes, char *text)
{
	struct address address = { 0 };

	for (int i = 0; i < 8; i++) {
		address.high = address.high << 8 | bytes[i];
		address.low = address.low << 8 | bytes[i + 8];
	}
	address_text(address, text);
}

static void value_say(const struct frame *f, uint32_t bit, const struct part *part, char *text)
{
	const unsigned char *bytes = f->bytes + bit / 8;
	uint32_t number = part->bits <= 32 ? bits_get(f, bit, part->bits) : 0;

	switch (part->how) {
	case MAC:
		mac_text(bytes, text);
		break;
	case IP4:
		address_text(address_of_ip4(number), text);
		break;
	case IP6:
		address6_say(bytes, text);
		break;
	case HEX:
		snprintf(text, ADDRESS_TEXT, "0x%0*x", (int)(part->bits + 3) / 4, number);
		break;
	case WORDS:
	case EIGHTS:
		snprintf(text, ADDRESS_TEXT, "%u", number * (part->how == WORDS ? 4 : 8));
		break;
	default:
		snprintf(text, ADDRESS_TEXT, "%u", number);
	}
}

/* What is left of the frame as it is, or of what its header says that there is: `bytes` from there on. */
static void rest_give(const struct dissection *to, const char *name, size_t at, size_t bytes)
{
	size_t left = at < to->frame->cap_len ? to->frame->cap_len - at : 0;

	if (bytes > left)
		bytes = left;
	if (bytes)
		to->give(&(struct dissected){ name, (uint32_t)at * 8, (uint32_t)bytes * 8, "" },
			 to->data);
}

/* Returns where the next header begins. */
static size_t layer_give(const struct dissection *to, size_t at, struct layer layer)
{
	char text[ADDRESS_TEXT];

	for (size_t i = 0; i < layer.n; i++) {
		const struct part *part = &layer.parts[i];
		uint32_t bit = (uint32_t)at * 8 + part->bit;

		if (!part->bits && layer.bytes > part->bit / 8)
			rest_give(to, part->name, bit / 8, layer.bytes - part->bit / 8);
		if (!part->bits || (bit + part->bits + 7) / 8 > to->frame->cap_len)
			continue;
		value_say(to->frame, bit, part, text);
		to->give(&(struct dissected){ part->name, bit, part->bits, text }, to->data);
	}
	return at + layer.bytes;
}

enum {
	ETHERNET_BYTES = 14,
	ARP_BYTES = 28,
	TCP_BYTES = 20,
	UDP_BYTES = 8,
	ICMP_BYTES = 4,
	/* linux/in.h */
	PROTO_ICMP = 1,
	PROTO_ICMPV6 = 58,
	PROTO_UDP = 17,
};

static bool is_echo(const struct frame *f)
{
	return f->kind == FRAME_DATAGRAM && text_is(f->datagrams->name, "ICMP echo");
}

/* What IP carries; a later part of a packet has no header of it. */
static void transport_give(const struct dissection *to, size_t at, size_t end)
{
	const struct frame *f = to->frame;
	const char *rest = "data";

	if (f->kind == FRAME_TCP) {
		at = layer_give(to, at, LAYER(tcp, f->damaged ? TCP_BYTES : f->tcp_header));
		rest = "tcp.payload";
	} else if (!f->fragment && f->next_header == PROTO_UDP) {
		at = layer_give(to, at, LAYER(udp, UDP_BYTES));
		rest = "udp.payload";
	} else if (!f->fragment && f->next_header == PROTO_ICMP && !f->six) {
		at = layer_give(to, at, LAYER(icmp, ICMP_BYTES));
	} else if (!f->fragment && f->next_header == PROTO_ICMPV6 && f->six) {
		at = layer_give(to, at, LAYER(icmp6, ICMP_BYTES));
	}
	if (is_echo(f))
		at = layer_give(to, at,
				f->six ? LAYER(echo6, ICMP_BYTES) : LAYER(echo4, ICMP_BYTES));
	rest_give(to, rest, at, end > at ? end - at : 0);
	at = end > at ? end : at;
	rest_give(to, "eth.padding", at, f->cap_len);
}

void frame_dissect(const struct frame *f, void (*give)(const struct dissected *field, void *data),
		   void *data)
{
	const struct dissection to = { f, give, data };
	size_t at = layer_give(&to, 0, LAYER(ethernet, ETHERNET_BYTES));
	/* a packet too big for the field says no length */
	size_t end = f->tot_len ? at + f->tot_len : f->cap_len;

	if (f->kind == FRAME_ARP)
		rest_give(&to, "eth.padding", layer_give(&to, at, LAYER(arp, ARP_BYTES)),
			  f->cap_len);
	else if (f->six)
		transport_give(
			&to, layer_give(&to, at, LAYER(ip6, (size_t)f->ip_header + f->part_header)),
			end);
	else if (f->ip_header)
		transport_give(&to, layer_give(&to, at, LAYER(ip4, f->ip_header)), end);
	else
		rest_give(&to, "data", at, f->cap_len);
}
