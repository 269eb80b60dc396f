/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields of a frame's headers, each with its bits and its value, under the names of Wireshark's display filters. */
#ifndef KTREPORT_DISSECT_H
#define KTREPORT_DISSECT_H

#include "run/wire.h"

struct dissected {
	const char *name; /* "tcp.flags.syn" */
	uint32_t bit, bits; /* from the frame's first bit on, each byte's highest one first */
	const char *value; /* until the next one; "": its bytes are all that is said */
};

/*
 * Gives each field in the order in which they lie, none of what is cut off. Ethernet; ARP (RFC 826); IPv4 (RFC 791, 2474,
 * 3168), IPv6 (RFC 8200); TCP (RFC 9293, 3168), UDP (RFC 768), the beginning of ICMP (RFC 792).
 */
void frame_dissect(const struct frame *frame,
		   void (*give)(const struct dissected *field, void *data), void *data);

#endif
