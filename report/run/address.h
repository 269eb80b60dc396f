/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IP address of either family. */
#ifndef KTREPORT_ADDRESS_H
#define KTREPORT_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

/* As IPv6 has it, host order; one of IPv4 is ::ffff:a.b.c.d there (RFC 4291 2.5.5.2), none is 0. */
struct address {
	uint64_t high, low;
};

enum {
	ADDRESS_TEXT = 46 /* bytes that hold any address's text */
};

struct address address_of_ip4(uint32_t ip);
bool address_same(struct address a, struct address b);
/* Whether both begin with the same bits, as many as a prefix of their family is long; of two families: never. */
bool address_begins(struct address a, struct address b, int64_t prefix_len);
/* The text of an address, as the kernel's tools write it; false if it is none. */
bool address_parse(const char *text, struct address *address);
/* Into a caller's buffer of ADDRESS_TEXT bytes. */
const char *address_text(struct address address, char *text);

#endif
