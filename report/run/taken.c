// SPDX-License-Identifier: GPL-2.0-or-later
// Whether a frame that one capture of a hub lacks came to its card all the same: what its node sent later tells.
#include "run/lanes.h"

static bool is_of_flow(const struct frame *a, const struct frame *b)
{
	return a->kind == b->kind && a->sport == b->sport && a->dport == b->dport &&
	       address_same(a->saddr, b->saddr) && address_same(a->daddr, b->daddr);
}

static bool has_bytes(const struct frame *a, const struct frame *b)
{
	return is_of_flow(a, b) && a->ip_id == b->ip_id && a->seq == b->seq && a->ack == b->ack &&
	       a->fragment == b->fragment && a->payload_len == b->payload_len;
}

static uint32_t end_seq(const struct frame *f)
{
	return f->seq + f->payload_len + !!(f->flags & TCP_SYN) + !!(f->flags & TCP_FIN);
}

/* RFC 9293 3.4: who acknowledges a number has a segment that ends there. */
static bool acknowledges(const struct frame *g, const struct frame *f)
{
	return f->kind == FRAME_TCP && g->kind == FRAME_TCP && (g->flags & TCP_ACK) &&
	       end_seq(f) != f->seq && g->ack == end_seq(f) && g->sport == f->dport &&
	       g->dport == f->sport && address_same(g->saddr, f->daddr) &&
	       address_same(g->daddr, f->saddr);
}

/* The card has had another frame that is the same, or one that reaches as far. */
static bool came_before(const struct wire *wire, const struct frame *f, bool same)
{
	for (size_t i = 0; i < wire->frames.n; i++) {
		const struct frame *g = &wire->frames.v[i];

		if (g != f && g->twin && g->sent == f->sent && is_of_flow(g, f) &&
		    (same ? has_bytes(g, f) : (int32_t)(end_seq(g) - end_seq(f)) >= 0))
			return true;
	}
	return false;
}

bool frame_was_taken(const struct trace *trace, const struct wire *wire, const struct frame *f,
		     const char *node)
{
	bool first = !came_before(wire, f, true), farthest = !came_before(wire, f, false);

	if (f->kind != FRAME_TCP && f->kind != FRAME_DATAGRAM)
		return false;
	for (size_t w = 0; w < trace->wires.n; w++) {
		const struct wire *other = &trace->wires.v[w];

		for (size_t i = 0; text_is(other->node, node) && i < other->frames.n; i++) {
			const struct frame *g = &other->frames.v[i];

			/* it was acknowledged, or went on by another card */
			if (g->sent && g->t_ns >= f->t_ns &&
			    ((farthest && acknowledges(g, f)) || (first && has_bytes(g, f))))
				return true;
		}
	}
	return false;
}
