// SPDX-License-Identifier: GPL-2.0-or-later
// The headers of a frame: Ethernet, ARP, IP of both families, TCP, and what the files of types/ have rows of.
#include "run/wire.h"

#include <string.h>

enum {
	ETH_HEADER = 14,
	ETHERTYPE_IP = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_IPV6 = 0x86dd,
	IPV6_HEADER = 40, /* RFC 8200 3 */
	IPV6_FRAGMENT = 44,
	IPV6_FRAGMENT_HEADER = 8, /* RFC 8200 4.5 */
	IPV6_WHOLE =
		0xfff9, /* the bits of a part that is not the whole: its offset, and that more follow */
	ARP_SHA = 8,
	ARP_SPA = 14,
	ARP_THA = 18,
	ARP_TPA = 24,
	IP_DF = 0x4000,
	IP_MORE = 0x2000,
	IP_FRAGMENT = 0x1fff,
	TCP_FLAGS = 0x1ff,
	TCP_HEADER = 20,
	IPPROTO_IS_TCP = 6,
};

/* Where the linker puts what DATAGRAMS() names; nothing, where no file has any. */
extern const struct datagrams *const __start_datagram_rows[] __attribute__((weak));
extern const struct datagrams *const __stop_datagram_rows[] __attribute__((weak));

static const struct datagrams *datagrams_numbered(uint32_t number, bool six)
{
	for (const struct datagrams *const *p = __start_datagram_rows; p != __stop_datagram_rows;
	     p++)
		if ((*p)->number[six] == number)
			return *p;
	return NULL;
}

const struct datagrams *datagrams_of_type(const char *type, bool *rx)
{
	for (const struct datagrams *const *p = __start_datagram_rows; p != __stop_datagram_rows;
	     p++)
		for (int way = 0; way < 2; way++)
			if (strcmp((*p)->type[way], type) == 0) {
				*rx = way;
				return *p;
			}
	return NULL;
}

const struct datagrams *datagrams_called(const char *name)
{
	for (const struct datagrams *const *p = __start_datagram_rows; p != __stop_datagram_rows;
	     p++)
		if (strcmp((*p)->protocol[0], name) == 0 || strcmp((*p)->protocol[1], name) == 0)
			return *p;
	return NULL;
}

uint32_t frame_get(const struct frame *f, size_t at, size_t bytes, bool *ok)
{
	uint32_t value = 0;

	if (at + bytes > f->cap_len) {
		*ok = false;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | f->bytes[at + i];
	return value;
}

static void get_mac(const struct frame *f, size_t at, unsigned char *mac)
{
	if (at + 6 <= f->cap_len)
		memcpy(mac, f->bytes + at, 6);
}

static void decode_arp(struct frame *f, size_t at)
{
	bool ok = true;

	f->arp_op = (uint16_t)frame_get(f, at + 6, 2, &ok);
	get_mac(f, at + ARP_SHA, f->sha);
	get_mac(f, at + ARP_THA, f->tha);
	f->saddr = address_of_ip4(frame_get(f, at + ARP_SPA, 4, &ok));
	f->daddr = address_of_ip4(frame_get(f, at + ARP_TPA, 4, &ok));
	if (ok)
		f->kind = FRAME_ARP;
}

static void decode_tcp(struct frame *f, size_t at, uint32_t ip_payload)
{
	bool ok = true;
	uint32_t word;

	f->sport = (uint16_t)frame_get(f, at, 2, &ok);
	f->dport = (uint16_t)frame_get(f, at + 2, 2, &ok);
	f->seq = frame_get(f, at + 4, 4, &ok);
	f->ack = frame_get(f, at + 8, 4, &ok);
	word = frame_get(f, at + 12, 2, &ok);
	f->tcp_header = (uint8_t)((word >> 12) * 4);
	f->reserved = word >> 9 & 7;
	f->flags = word & TCP_FLAGS;
	f->win = (uint16_t)frame_get(f, at + 14, 2, &ok);
	f->urg = (uint16_t)frame_get(f, at + 18, 2, &ok);
	if (!ok || ip_payload < TCP_HEADER)
		return;
	f->kind = FRAME_TCP;
	f->damaged = f->tcp_header < TCP_HEADER || f->tcp_header > ip_payload;
	f->payload_len = 0;
	if (f->damaged)
		return;
	f->payload_len = ip_payload - f->tcp_header;
	f->opts = at + TCP_HEADER;
	f->opts_len = f->tcp_header - TCP_HEADER;
	frame_get(f, f->opts, f->opts_len, &ok);
	if (!ok)
		f->opts_len = f->cap_len - f->opts;
}

/* Several protocols may have one number, as those of ICMPv6 do. */
static const struct datagrams *decode_datagram(struct frame *f, size_t at)
{
	for (const struct datagrams *const *p = __start_datagram_rows; p != __stop_datagram_rows;
	     p++)
		if ((*p)->number[f->six] == f->next_header && (*p)->decode(f, at))
			return *p;
	return NULL;
}

/* What IP carries: payload_len bytes of it, from there on. */
static void decode_carried(struct frame *f, size_t at)
{
	f->datagrams =
		f->fragment ? datagrams_numbered(f->next_header, f->six) : decode_datagram(f, at);
	if (f->fragment && (f->datagrams || f->next_header == IPPROTO_IS_TCP))
		f->kind = FRAME_FRAGMENT;
	else if (f->datagrams)
		f->kind = FRAME_DATAGRAM;
	if (!f->fragment && f->next_header == IPPROTO_IS_TCP)
		decode_tcp(f, at, f->payload_len);
}

static void decode_ip(struct frame *f, size_t at)
{
	bool ok = true;
	uint32_t version = frame_get(f, at, 1, &ok) >> 4;
	uint32_t header = (frame_get(f, at, 1, &ok) & 0x0f) * 4;
	uint32_t total = frame_get(f, at + 2, 2, &ok);
	uint32_t fragment = frame_get(f, at + 6, 2, &ok);
	uint32_t proto = frame_get(f, at + 9, 1, &ok);

	f->ip_header = (uint8_t)header;
	f->tot_len = (uint16_t)total;
	f->df = fragment & IP_DF;
	f->more = fragment & IP_MORE;
	f->fragment = (uint16_t)((fragment & IP_FRAGMENT) * 8);
	f->tos = (uint8_t)frame_get(f, at + 1, 1, &ok);
	f->ttl = (uint8_t)frame_get(f, at + 8, 1, &ok);
	f->ip_id = (uint16_t)frame_get(f, at + 4, 2, &ok);
	f->next_header = (uint8_t)proto;
	f->saddr = address_of_ip4(frame_get(f, at + 12, 4, &ok));
	f->daddr = address_of_ip4(frame_get(f, at + 16, 4, &ok));
	if (!total) /* a GSO packet too big for the field */
		total = f->len > at ? f->len - (uint32_t)at : 0;
	if (!ok || version != 4 || header < 20 || total < header)
		return;
	f->payload_len = total - header;
	decode_carried(f, at + header);
}

static struct address get_ip6(const struct frame *f, size_t at, bool *ok)
{
	return (struct address){
		.high = (uint64_t)frame_get(f, at, 4, ok) << 32 | frame_get(f, at + 4, 4, ok),
		.low = (uint64_t)frame_get(f, at + 8, 4, ok) << 32 | frame_get(f, at + 12, 4, ok),
	};
}

/* Headers that may stand between that of IPv6 and what it carries (RFC 8200 4), by the words of their RFC. */
static const struct {
	uint8_t number;
	const char *name;
} extensions[] = {
	{ 0, "hop-by-hop" },
	{ 43, "routing" },
	{ IPV6_FRAGMENT, "fragment" },
	{ 60, "destination" },
};

/* NULL: it is none. */
static const char *extension_name(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		if (extensions[i].number == number)
			return extensions[i].name;
	return NULL;
}

void frame_extensions(struct str *out, const struct frame *f)
{
	for (size_t n = 0; n < ARRAY_SIZE(f->extensions) && f->extensions[n]; n++)
		str_addf(out, "%s%s", n ? "," : "",
			 extension_name((uint8_t)(f->extensions[n] - 1)));
}

/* The header of a part of a packet, which the packet itself does not have; false: it is a whole packet's all the same. */
static bool decode_part(struct frame *f, size_t from, bool *ok)
{
	uint32_t word = frame_get(f, from + 2, 2, ok);

	if (f->next_header != IPV6_FRAGMENT || !(word & IPV6_WHOLE))
		return false;
	f->ip_id = frame_get(f, from + 4, 4, ok);
	f->fragment = (uint16_t)(word & ~7u);
	f->more = word & 1;
	f->part_header = IPV6_FRAGMENT_HEADER;
	return true;
}

/* Passes the headers behind that of IPv6; false where they do not fit into the frame, or are too many. */
static bool decode_extensions(struct frame *f, size_t at)
{
	for (size_t n = 0; extension_name(f->next_header);) {
		bool ok = n < ARRAY_SIZE(f->extensions);
		size_t from = at + f->ip_header + f->part_header;
		uint32_t bytes = f->next_header == IPV6_FRAGMENT
					 ? IPV6_FRAGMENT_HEADER
					 : (frame_get(f, from + 1, 1, &ok) + 1) * 8;
		uint32_t next = frame_get(f, from, 1, &ok);

		if (!decode_part(f, from, &ok)) {
			f->ip_header = (uint8_t)(f->ip_header + bytes);
			ok = ok && f->ip_header >= bytes;
			if (ok)
				f->extensions[n++] = (uint8_t)(f->next_header + 1);
		}
		if (!ok || bytes > f->payload_len)
			return false;
		f->next_header = (uint8_t)next;
		f->payload_len -= bytes;
	}
	return true;
}

/* Of what nobody knows, the addresses and the last header's number are all that is read. */
static void decode_ip6(struct frame *f, size_t at)
{
	bool ok = true;
	uint32_t head = frame_get(f, at, 4, &ok);
	uint32_t payload = frame_get(f, at + 4, 2, &ok);

	f->next_header = (uint8_t)frame_get(f, at + 6, 1, &ok);
	f->ttl = (uint8_t)frame_get(f, at + 7, 1, &ok);
	f->saddr = get_ip6(f, at + 8, &ok);
	f->daddr = get_ip6(f, at + 24, &ok);
	if (!ok || head >> 28 != 6)
		return;
	if (!payload) /* a GSO packet too big for the field */
		payload = f->len - (uint32_t)at - IPV6_HEADER;
	f->six = true;
	f->tos = head >> 20 & 0xff;
	f->ip_header = IPV6_HEADER;
	f->payload_len = payload;
	f->tot_len = (uint16_t)(payload + IPV6_HEADER);
	if (decode_extensions(f, at))
		decode_carried(f, at + f->ip_header + f->part_header);
}

void frame_decode(struct frame *f)
{
	bool ok = true;
	uint32_t type = frame_get(f, 12, 2, &ok);

	get_mac(f, 0, f->eth_dst);
	get_mac(f, 6, f->eth_src);
	if (type == ETHERTYPE_ARP)
		decode_arp(f, ETH_HEADER);
	else if (type == ETHERTYPE_IP)
		decode_ip(f, ETH_HEADER);
	else if (type == ETHERTYPE_IPV6)
		decode_ip6(f, ETH_HEADER);
}
