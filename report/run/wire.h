/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of a capture file: Ethernet, ARP, IP and TCP headers, read with libpcap. */
#ifndef KTREPORT_WIRE_H
#define KTREPORT_WIRE_H

#include "base/util.h"
#include "run/address.h"

enum frame_kind {
	FRAME_OTHER,
	FRAME_ARP,
	FRAME_TCP,
	FRAME_FRAGMENT, /* a later part of an IP packet: the header of TCP or of a datagram is in the first */
	FRAME_DATAGRAM, /* of a protocol whose family's file has a row */
};

struct event;
struct frame;

/* A protocol of which a frame is an event's, and one only: a file of types/ has its row. */
struct datagrams {
	const char *name;
	uint8_t number[2]; /* in the header of IPv4, and of IPv6 */
	const char *protocol[2]; /* as events call it */
	/* of those that are sent, and of those that are received: the type of event; the point that makes it over IPv4,
	 * and over IPv6, and what is said of a frame where that is not watched */
	const char *type[2], *point[2][2], *unwatched[2][2];
	bool of_link; /* no router sends it on: its ends may be any addresses of the two nodes */
	bool says_length; /* its header does, so that the first part says it of the whole */
	bool (*decode)(struct frame *f, size_t at); /* ports and lengths; false: it is none */
	bool (*is_of)(const struct event *ev, const struct frame *f); /* of the same flow */
	/* appends what the frame is; NULL: the name, both ends with their ports, and the length are all of it */
	void (*describe)(struct str *out, const struct frame *f, const char *from, const char *to);
};

/* As EVENT_FAMILY(): nobody keeps a list. */
#define DATAGRAMS(protocol, row)                               \
	static const struct datagrams *const protocol##_frames \
		__attribute__((used, section("datagram_rows"))) = &(row)

/* The protocol whose events have that type, and whether they are of what is received; NULL: none has. */
const struct datagrams *datagrams_of_type(const char *type, bool *rx);
/* The protocol that events call so, or NULL. */
const struct datagrams *datagrams_called(const char *name);

/* Bits of bytes 13 and 14 of the TCP header: RFC 9293 3.1, RFC 3168, RFC 8311; the last was RFC 3540's NS. */
enum {
	TCP_FIN = 0x001,
	TCP_SYN = 0x002,
	TCP_RST = 0x004,
	TCP_PSH = 0x008,
	TCP_ACK = 0x010,
	TCP_URG = 0x020,
	TCP_ECE = 0x040,
	TCP_CWR = 0x080,
	TCP_AE = 0x100
};

enum {
	TCP_FLAG_LETTERS = 10 /* bytes that hold the letters of all flags, or "none" */
};

struct frame {
	int64_t t_ns; /* as in the capture file */
	uint32_t cap_len;
	uint32_t len;
	unsigned char *bytes; /* cap_len of them */
	enum frame_kind kind;
	const struct datagrams
		*datagrams; /* of FRAME_DATAGRAM and its FRAME_FRAGMENTs; NULL: TCP */
	unsigned char eth_src[6];
	unsigned char eth_dst[6];
	bool six; /* IPv6 */
	struct address saddr; /* of ARP: spa and tpa */
	struct address daddr;
	uint16_t sport;
	uint16_t dport;
	uint32_t seq;
	uint32_t ack;
	uint16_t flags;
	uint16_t win;
	uint16_t urg;
	uint8_t reserved; /* bits between the header's length and the flags */
	uint8_t tcp_header; /* bytes, as the header says */
	bool damaged; /* the header cannot be as long as it says: nothing is known behind its 20 bytes */
	size_t opts, opts_len; /* where the TCP options are in bytes */
	uint8_t next_header; /* what IP carries, behind all its headers */
	uint8_t extensions
		[4]; /* the first headers behind that of IPv6, by their numbers + 1; 0: no more */
	uint32_t ip_id; /* of IPv6 only a part of a packet has one */
	uint16_t tot_len;
	uint16_t fragment; /* offset of this part, bytes */
	uint8_t ip_header, tos, ttl; /* IPv6's with the headers behind it, but */
	uint8_t part_header; /* that of a part of a packet: bytes */
	bool df, more;
	uint32_t payload_len; /* by the IP header: padding does not count */
	uint16_t check; /* the checksum of a datagram, or of an echo */
	uint16_t echo_id, echo_seq;
	bool echo_reply;
	uint16_t arp_op;
	unsigned char sha[6];
	unsigned char tha[6];
	/* of a part of a packet, what parts.c found out: index + 1 of the first of its parts that passed, 0: it was there
	 * already; and of that first one: index + 1 of the last, and whether that made the packet whole */
	size_t packet, last;
	bool whole;
	/* what ledger.c found out */
	size_t tx_event; /* index + 1 into the trace's events; 0: none */
	size_t rx_event;
	const char *reason; /* why there is none, or NULL: unmatched */
	size_t twin; /* index + 1 of the same frame at the other tap, 0: none */
	size_t twin_wire; /* index of that tap */
	bool hidden; /* the user's filter refuses it */
	bool sent; /* by the NIC that was tapped */
};

/* The device that carries what a node sends to itself: its frames are sent and received by one node. */
#define LOOPBACK "lo"

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

/* Appends the names of the headers behind that of IPv6, as events.jsonl has them. */
void frame_extensions(struct str *out, const struct frame *f);

/* Whether its TCP checksum is known to be wrong: the frame is there as a whole, and crossed a wire. */
bool frame_sum_is_wrong(const struct frame *f);

/* The one way to bytes of a frame: beyond its end there are zeros, and *ok turns false. */
uint32_t frame_get(const struct frame *f, size_t at, size_t bytes, bool *ok);

/* Appends what the frame is, in a few words. */
void frame_describe(struct str *out, const struct frame *frame);

/* tcpdump's letters in tcpdump's order, or "none"; text holds TCP_FLAG_LETTERS bytes. */
const char *tcp_flag_letters(uint16_t flags, char *text);
/* The name of a flag and its letter, one after the other; NULL: there are no more. */
const char *tcp_flag_name(size_t index, char *letter);
/* The flags that such a text names. */
uint16_t tcp_flags_of(const char *letters);
/* Appends a frame's TCP options as events.jsonl has them. */
void frame_options(struct str *out, const struct frame *frame);
/* The text into a caller's buffer of 18 bytes. */
const char *mac_text(const unsigned char *mac, char *text);

#endif
