// SPDX-License-Identifier: GPL-2.0-or-later
// Changes the frames of a run: one is deleted, or a bit of its headers is turned.
#include "mutate.h"

#include <string.h>

enum {
	ETH_HEADER = 14,
	ARP_BYTES = 42
};

/* Whether nothing came to the tapped card behind it: what QEMU still had when the run ended is missing like this. */
static bool is_last(const struct wire *wire, size_t at)
{
	if (wire->frames.v[at].sent)
		return false;
	while (++at < wire->frames.n)
		if (!wire->frames.v[at].sent)
			return false;
	return true;
}

static void delete_frame(struct mutation *m, struct wire *wire, size_t gone)
{
	size_t rest = (wire->frames.n - gone - 1) * sizeof(struct frame);
	struct frame kept = wire->frames.v[gone];
	bool last = is_last(wire, gone);

	memmove(&wire->frames.v[gone], &wire->frames.v[gone + 1], rest);
	wire->frames.n--;
	count(m, last ? "last frame that came, deleted" : "frame deleted", "wire-%s-%s frame %zu",
	      wire->node, wire->nic, gone + 1);
	memmove(&wire->frames.v[gone + 1], &wire->frames.v[gone], rest);
	wire->frames.v[gone] = kept;
	wire->frames.n++;
}

static const char *part_of(const struct frame *f, size_t at, bool last)
{
	if (last)
		return "last frame that came: header";
	if (at < ETH_HEADER)
		return "frame: Ethernet header";
	if (f->kind == FRAME_ARP)
		return "frame: ARP";
	if (at < ETH_HEADER + (size_t)f->ip_header)
		return "frame: IP header";
	return f->kind == FRAME_DATAGRAM ? "frame: datagram's header" : "frame: TCP header";
}

static void turn_bit(struct mutation *m, const struct wire *wire, struct frame *f, size_t at)
{
	struct frame kept = *f;

	f->bytes[at] ^= (unsigned char)(1u << at % 8);
	*f = (struct frame){
		.t_ns = kept.t_ns, .cap_len = kept.cap_len, .len = kept.len, .bytes = kept.bytes
	};
	frame_decode(f);
	count(m, part_of(&kept, at, is_last(wire, (size_t)(f - wire->frames.v))),
	      "wire-%s-%s frame %zu byte %zu", wire->node, wire->nic,
	      (size_t)(f - wire->frames.v) + 1, at);
	*f = kept;
	f->bytes[at] ^= (unsigned char)(1u << at % 8);
}

static size_t header_bytes(const struct frame *f)
{
	size_t bytes = f->kind == FRAME_ARP ? (size_t)ARP_BYTES
		       : f->kind == FRAME_DATAGRAM
			       ? f->tot_len - f->payload_len + ETH_HEADER
			       : (size_t)ETH_HEADER + f->ip_header + f->tcp_header;

	return bytes < f->cap_len ? bytes : f->cap_len;
}

void change_frames(struct mutation *m)
{
	for (size_t w = 0; w < m->trace->wires.n; w++)
		for (size_t i = 0; i < m->trace->wires.v[w].frames.n; i++) {
			struct wire *wire = &m->trace->wires.v[w];
			struct frame *f = &wire->frames.v[i];

			if (f->kind == FRAME_OTHER)
				continue;
			delete_frame(m, wire, i);
			for (size_t at = 0; at < header_bytes(f); at++)
				if (is_turn(m))
					turn_bit(m, wire, f, at);
		}
}
