/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ledger's lanes: the events of a node, a direction and a flow that wait for their frames. */
#ifndef KTREPORT_LANES_H
#define KTREPORT_LANES_H

#include "run/trace.h"

struct entry {
	size_t event; /* index into trace->events */
	uint32_t seq, end_seq, ack;
	int32_t ip_id; /* of the first frame; -1: the event does not say */
	uint16_t flags;
	uint16_t arp_op;
	bool used_up;
	bool dropped; /* by its sender, behind the point: of two that are the same, the other one left */
	uint32_t seen; /* frames that it took */
	uint32_t last_payload; /* of the last of them */
};

struct lane {
	const char *node;
	bool rx;
	enum frame_kind kind;
	const struct datagrams *datagrams;
	struct address saddr, daddr;
	uint16_t sport, dport;
	size_t cursor;
	size_t last_event; /* the order of the wire and of the events must agree */
	size_t last_entry; /* index + 1 of the entry that took the last frame */
	size_t next; /* index + 1 of the next lane with the same hash */
	VEC(struct entry) entries;
};

enum {
	LANE_SLOTS = 4096,
};

/* A packet at a node. */
struct packet {
	int64_t id;
	const char *node;
};

struct ledger {
	struct trace *trace;
	VEC(struct lane) lanes;
	size_t slots[LANE_SLOTS]; /* index + 1 of the first lane with this hash */
	VEC(struct packet) drops; /* that were dropped, in order */
	VEC(struct packet) received; /* that TCP took, in order */
	VEC(size_t) programs; /* events of frames that programs made, which no frame has yet */
	int64_t clock_offset_ns; /* event time - capture time, of the first match */
	bool clock_known;
};

/* Fills the lanes with the trace's events; lanes_free() empties them. */
void lanes_fill(struct ledger *ledger);
void lanes_free(struct ledger *ledger);

/* The index + 1 of the event for this frame, which it takes, or 0. */
size_t match_frame(struct ledger *ledger, struct frame *f, const char *node, bool rx);
/* The same of a frame that may be a part of a packet (parts.c): all parts have the packet's event, or the frame a reason. */
size_t match_any(struct ledger *ledger, const struct wire *wire, struct frame *f, const char *node,
		 bool rx);
/* Finds which parts were one packet; what the node has sent is known by then. */
void parts_find(struct wire *wire);
/* Packets (packets.c): finds those that were dropped or came to TCP; whether that of the event was, at its node. */
void packets_collect(struct ledger *ledger);
void packets_free(struct ledger *ledger);
bool was_dropped(const struct ledger *ledger, const struct event *ev);
/* Whether only a copy that the queue had made of the segment was dropped: net/sched/sch_netem.c netem_enqueue(). */
bool is_of_copy(const struct trace *trace, const struct event *drop);
bool was_received(const struct ledger *ledger, const struct event *ev);
/* Whether the frame has the TCP options of the event (agree.c). */
bool options_agree(const struct event *ev, const struct frame *f);
/* Whether what was sent still lies in the queue of a neighbour that has not answered (waits.c). */
bool waits_for_neighbour(const struct trace *trace, const struct event *ev);
/* Frames that programs made (programs.c): finds their events; why this one was sent, which takes its event, or NULL. */
void programs_fill(struct ledger *ledger);
const char *program_sent(struct ledger *ledger, const char *node, const struct frame *f);
/* Whether a frame that the node's card has not in its capture came there all the same (taken.c). */
bool frame_was_taken(const struct trace *trace, const struct wire *wire, const struct frame *f,
		     const char *node);
/* An IP address of the event's; zeros if it has none. */
struct address event_ip(const struct event *ev, const char *path);

#endif
