// SPDX-License-Identifier: GPL-2.0-or-later
// Frames of a capture file: Ethernet, ARP, IP and TCP headers, read with libpcap.
#include "run/wire.h"
#include "base/i18n.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum {
	ETH_HEADER = 14,
	ETHERTYPE_IP = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_IPV6 = 0x86dd,
	IPV6_HEADER = 40, /* RFC 8200 3 */
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
	LARGEST_FRAME = 256 * 1024,
};

/* Where the linker puts what DATAGRAMS() names; nothing, where no file has any. */
extern const struct datagrams *const __start_datagram_rows[] __attribute__((weak));
extern const struct datagrams *const __stop_datagram_rows[] __attribute__((weak));

static const struct datagrams *datagrams_numbered(uint32_t number)
{
	for (const struct datagrams *const *p = __start_datagram_rows; p != __stop_datagram_rows;
	     p++)
		if ((*p)->number == number)
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
		if (strcmp((*p)->name, name) == 0)
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
	f->datagrams = datagrams_numbered(proto);
	if (f->fragment && (f->datagrams || proto == IPPROTO_IS_TCP))
		f->kind = FRAME_FRAGMENT;
	else if (f->datagrams && f->datagrams->decode(f, at + header))
		f->kind = FRAME_DATAGRAM;
	else
		f->datagrams = NULL;
	if (!f->fragment && proto == IPPROTO_IS_TCP)
		decode_tcp(f, at + header, total - header);
}

static struct address get_ip6(const struct frame *f, size_t at, bool *ok)
{
	return (struct address){
		.high = (uint64_t)frame_get(f, at, 4, ok) << 32 | frame_get(f, at + 4, 4, ok),
		.low = (uint64_t)frame_get(f, at + 8, 4, ok) << 32 | frame_get(f, at + 12, 4, ok),
	};
}

/* Of what has extension headers or is no TCP, the addresses and the next header's number are all that is read. */
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
	if (f->next_header == IPPROTO_IS_TCP)
		decode_tcp(f, at + IPV6_HEADER, payload);
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

static void add_frame(struct wire *wire, const struct pcap_pkthdr *header,
		      const unsigned char *bytes)
{
	struct frame *f = vec_add(&wire->frames);

	*f = (struct frame){
		.t_ns = (int64_t)header->ts.tv_sec * 1000000000 + header->ts.tv_usec,
		.cap_len = header->caplen,
		.len = header->len,
		.bytes = xcalloc(header->caplen, 1),
	};
	memcpy(f->bytes, bytes, header->caplen);
	frame_decode(f);
}

static void read_frames(struct wire *wire, pcap_t *pcap)
{
	struct pcap_pkthdr *header;
	const unsigned char *bytes;
	int got;

	while ((got = pcap_next_ex(pcap, &header, &bytes)) == 1) {
		if (header->caplen > LARGEST_FRAME) {
			wire->problem = xasprintf(_("%s: frame %zu: %u bytes are too many"),
						  wire->path, wire->frames.n + 1, header->caplen);
			return;
		}
		add_frame(wire, header, bytes);
	}
	if (got == PCAP_ERROR)
		wire->problem = xasprintf(_("%s: after frame %zu: %s"), wire->path, wire->frames.n,
					  pcap_geterr(pcap));
}

void wire_read_stream(struct wire *wire, FILE *stream)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap;

	/* libpcap scales to ns and turns the byte order as needed */
	pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!pcap) {
		wire->problem = xasprintf(_("%s: no capture file: %s"), wire->path, why);
		fclose(stream);
		return;
	}
	if (pcap_datalink(pcap) == DLT_EN10MB)
		read_frames(wire, pcap);
	else
		wire->problem = xasprintf(_("%s: no Ethernet frames in it"), wire->path);
	pcap_close(pcap);
}

void wire_read(struct wire *wire, const char *path, const char *node, const char *nic)
{
	FILE *stream = fopen(path, "rb");

	*wire = (struct wire){ .path = xstrdup(path), .node = xstrdup(node), .nic = xstrdup(nic) };
	if (stream)
		wire_read_stream(wire, stream);
	else
		wire->problem = xasprintf(_("cannot open '%s': %s"), path, strerror(errno));
}

char *wire_filter(struct wire *wire, const char *expression)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, LARGEST_FRAME);
	struct bpf_program program;
	char *error = NULL;

	if (pcap_compile(pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		error = xasprintf("packets: %s", pcap_geterr(pcap));
		pcap_close(pcap);
		return error;
	}
	for (size_t i = 0; i < wire->frames.n; i++) {
		struct frame *f = &wire->frames.v[i];
		const struct pcap_pkthdr header = { .caplen = f->cap_len, .len = f->len };

		f->hidden = !pcap_offline_filter(&program, &header, f->bytes);
	}
	pcap_freecode(&program);
	pcap_close(pcap);
	return NULL;
}

void wire_free(struct wire *wire)
{
	for (size_t i = 0; i < wire->frames.n; i++)
		free(wire->frames.v[i].bytes);
	vec_free(&wire->frames);
	free(wire->path);
	free(wire->node);
	free(wire->nic);
	free(wire->problem);
}

/* tcpdump's letters in tcpdump's order (print-tcp.c): docs/event-format.md */
static const struct {
	uint16_t flag;
	char letter;
	const char *name;
} tcp_flags[] = {
	{ TCP_FIN, 'F', "FIN" }, { TCP_SYN, 'S', "SYN" }, { TCP_RST, 'R', "RST" },
	{ TCP_PSH, 'P', "PSH" }, { TCP_ACK, '.', "ACK" }, { TCP_URG, 'U', "URG" },
	{ TCP_ECE, 'E', "ECE" }, { TCP_CWR, 'W', "CWR" }, { TCP_AE, 'e', "AE" },
};
static const char no_flags[] = "none";

const char *tcp_flag_name(size_t index, char *letter)
{
	if (index >= ARRAY_SIZE(tcp_flags))
		return NULL;
	*letter = tcp_flags[index].letter;
	return tcp_flags[index].name;
}

const char *tcp_flag_letters(uint16_t flags, char *text)
{
	char *p = text;

	for (size_t i = 0; i < ARRAY_SIZE(tcp_flags); i++)
		if (flags & tcp_flags[i].flag)
			*p++ = tcp_flags[i].letter;
	*p = '\0';
	return p > text ? text : strcpy(text, no_flags);
}

uint16_t tcp_flags_of(const char *letters)
{
	uint16_t flags = 0;

	for (size_t i = 0; strcmp(letters, no_flags) != 0 && i < ARRAY_SIZE(tcp_flags); i++)
		if (strchr(letters, tcp_flags[i].letter))
			flags |= tcp_flags[i].flag;
	return flags;
}

void frame_describe(struct str *out, const struct frame *f)
{
	char from[ADDRESS_TEXT], to[ADDRESS_TEXT], flags[TCP_FLAG_LETTERS] = "";

	address_text(f->saddr, from);
	address_text(f->daddr, to);
	if (f->kind == FRAME_ARP)
		str_addf(out, f->arp_op == 1 ? _("ARP: %s asks for %s") : _("ARP: %s answers %s"),
			 from, to);
	else if (f->kind == FRAME_TCP)
		str_addf(out,
			 f->six ? "TCP [%s]:%u > [%s]:%u %s seq %u ack %u"
				: "TCP %s:%u > %s:%u %s seq %u ack %u",
			 from, f->sport, to, f->dport, tcp_flag_letters(f->flags, flags), f->seq,
			 f->ack);
	else if (f->kind == FRAME_DATAGRAM)
		str_addf(out, "%s %s:%u > %s:%u len %u", f->datagrams->name, from, f->sport, to,
			 f->dport, f->payload_len);
	else if (f->kind == FRAME_FRAGMENT)
		str_addf(out, _("%s %s > %s: part of packet %u from byte %u on"),
			 f->datagrams ? f->datagrams->name : "TCP", from, to, f->ip_id,
			 f->fragment);
	else if (f->six)
		str_addf(out, _("IPv6 %s > %s: next header %u"), from, to, f->next_header);
	else
		str_addf(out, _("another frame of %u bytes"), f->len);
}

const char *mac_text(const unsigned char *mac, char *text)
{
	snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
	return text;
}
