// SPDX-License-Identifier: GPL-2.0-or-later
// Changes the frames of a run: one is deleted, or a bit of its headers is turned.
#include "mutate.h"

#include <string.h>

enum {
	ETH_HEADER = 14,
	ARP_BYTES = 42
};

static void delete_frame(struct mutation *m, struct wire *wire, size_t gone)
{
	size_t rest = (wire->frames.n - gone - 1) * sizeof(struct frame);
	struct frame kept = wire->frames.v[gone];

	memmove(&wire->frames.v[gone], &wire->frames.v[gone + 1], rest);
	wire->frames.n--;
	count(m, "frame deleted");
	memmove(&wire->frames.v[gone + 1], &wire->frames.v[gone], rest);
	wire->frames.v[gone] = kept;
	wire->frames.n++;
}

static const char *part_of(const struct frame *f, size_t at)
{
	if (at < ETH_HEADER)
		return "frame: Ethernet header";
	if (f->kind == FRAME_ARP)
		return "frame: ARP";
	if (at < ETH_HEADER + (size_t)f->ip_header)
		return "frame: IP header";
	return f->kind == FRAME_DATAGRAM ? "frame: datagram's header" : "frame: TCP header";
}

static void turn_bit(struct mutation *m, struct frame *f, size_t at)
{
	struct frame kept = *f;

	f->bytes[at] ^= (unsigned char)(1u << at % 8);
	*f = (struct frame){
		.t_ns = kept.t_ns, .cap_len = kept.cap_len, .len = kept.len, .bytes = kept.bytes
	};
	frame_decode(f);
	count(m, part_of(&kept, at));
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
			struct frame *f = &m->trace->wires.v[w].frames.v[i];

			if (f->kind == FRAME_OTHER)
				continue;
			delete_frame(m, &m->trace->wires.v[w], i);
			for (size_t at = 0; at < header_bytes(f); at++)
				if (m->turn++ % m->every == 0)
					turn_bit(m, f, at);
		}
}
