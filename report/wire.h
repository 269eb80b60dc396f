/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of a capture file: Ethernet, ARP, IPv4 and TCP headers, read with libpcap. */
#ifndef KTREPORT_WIRE_H
#define KTREPORT_WIRE_H

#include "util.h"

enum frame_kind {
	FRAME_OTHER,
	FRAME_ARP,
	FRAME_TCP
};

enum {
	TCP_FIN = 1,
	TCP_SYN = 2,
	TCP_RST = 4,
	TCP_PSH = 8,
	TCP_ACK = 16
};

struct frame {
	int64_t t_ns; /* as in the capture file */
	uint32_t cap_len;
	uint32_t len;
	unsigned char *bytes; /* cap_len of them */
	enum frame_kind kind;
	unsigned char eth_src[6];
	unsigned char eth_dst[6];
	uint32_t saddr; /* host order; of ARP: spa and tpa */
	uint32_t daddr;
	uint16_t sport;
	uint16_t dport;
	uint32_t seq;
	uint32_t ack;
	uint8_t flags;
	uint16_t win;
	uint16_t ip_id;
	uint32_t payload_len; /* by the IP header: padding does not count */
	uint16_t arp_op;
	unsigned char sha[6];
	/* what ledger.c found out */
	size_t tx_event; /* index + 1 into the trace's events; 0: none */
	size_t rx_event;
	const char *reason; /* why there is none, or NULL: unmatched */
	size_t twin; /* index + 1 of the same frame at the other tap, 0: none */
	size_t twin_wire; /* index of that tap */
	bool hidden; /* the user's filter refuses it */
	bool sent; /* by the NIC that was tapped */
};

/* One NIC's capture. */
struct wire {
	char *path;
	char *node;
	char *nic;
	VEC(struct frame) frames;
	char *problem; /* where and why reading ended early, or NULL */
};

/* Reads all frames; a file that is cut or broken gives the good ones and a problem. */
void wire_read(struct wire *wire, const char *path, const char *node, const char *nic);
/* The same from a stream, which is closed, into a wire that has its names. */
void wire_read_stream(struct wire *wire, FILE *stream);
void wire_free(struct wire *wire);

/* Hides the frames that the expression (pcap-filter's syntax) refuses. NULL, or why not. */
char *wire_filter(struct wire *wire, const char *expression);

/* Reads headers from the frame's bytes; what is cut off stays zero. */
void frame_decode(struct frame *frame);

/* Appends what the frame is, in a few words. */
void frame_describe(struct str *out, const struct frame *frame);

/* tcpdump's letters in tcpdump's order; text holds 8 bytes or more. */
const char *tcp_flag_letters(uint8_t flags, char *text);
/* "10.0.0.1" to a number in host order; false if it is none. */
bool ip_parse(const char *text, uint32_t *ip);
/* Texts into a caller's buffer of 16 and 18 bytes. */
const char *ip_text(uint32_t ip, char *text);
const char *mac_text(const unsigned char *mac, char *text);

#endif
