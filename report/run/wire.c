// SPDX-License-Identifier: GPL-2.0-or-later
// Frames of a capture file, read with libpcap.
#include "run/wire.h"
#include "base/i18n.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum {
	LARGEST_FRAME = 256 * 1024,
};

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

/* "TCP 10.0.0.1:40000 > 10.0.0.2:8080" */
static void add_ends(struct str *out, const char *name, const struct frame *f, const char *from,
		     const char *to)
{
	str_addf(out, "%s ", name);
	str_add_port(out, from, f->sport);
	str_add(out, " > ");
	str_add_port(out, to, f->dport);
}

void frame_describe(struct str *out, const struct frame *f)
{
	char from[ADDRESS_TEXT], to[ADDRESS_TEXT], flags[TCP_FLAG_LETTERS] = "";

	address_text(f->saddr, from);
	address_text(f->daddr, to);
	if (f->kind == FRAME_ARP)
		str_addf(out, f->arp_op == 1 ? _("ARP: %s asks for %s") : _("ARP: %s answers %s"),
			 from, to);
	else if (f->kind == FRAME_TCP) {
		add_ends(out, "TCP", f, from, to);
		str_addf(out, " %s seq %u ack %u", tcp_flag_letters(f->flags, flags), f->seq,
			 f->ack);
	} else if (f->kind == FRAME_DATAGRAM && f->datagrams->describe)
		f->datagrams->describe(out, f, from, to);
	else if (f->kind == FRAME_DATAGRAM) {
		add_ends(out, f->datagrams->name, f, from, to);
		str_addf(out, " len %u", f->payload_len);
	} else if (f->kind == FRAME_FRAGMENT)
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
