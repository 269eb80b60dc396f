// SPDX-License-Identifier: GPL-2.0-or-later
// An IP address of either family: its text, and what two have in common.
#include "run/address.h"

#include <arpa/inet.h>
#include <stddef.h>

enum {
	MAPPED = 0xffff, /* what stands before the 32 bits of IPv4 */
	BYTES = 16,
};

static bool is_ip4(struct address address)
{
	return !address.high && address.low >> 32 == MAPPED;
}

struct address address_of_ip4(uint32_t ip)
{
	return (struct address){ .low = (uint64_t)MAPPED << 32 | ip };
}

bool address_same(struct address a, struct address b)
{
	return a.high == b.high && a.low == b.low;
}

/* Whether two numbers have the same upper bits. */
static bool begins(uint64_t a, uint64_t b, int64_t bits)
{
	return bits <= 0 || !((a ^ b) >> (bits < 64 ? 64 - bits : 0));
}

bool address_begins(struct address a, struct address b, int64_t prefix_len)
{
	int64_t bits = prefix_len + (is_ip4(a) ? 96 : 0);

	return prefix_len >= 0 && bits <= 128 && is_ip4(a) == is_ip4(b) &&
	       begins(a.high, b.high, bits) && begins(a.low, b.low, bits - 64);
}

bool address_parse(const char *text, struct address *address)
{
	unsigned char bytes[BYTES];
	struct address found = { 0 };
	struct in_addr ip4;

	if (text && inet_pton(AF_INET, text, &ip4) == 1) {
		*address = address_of_ip4(ntohl(ip4.s_addr));
		return true;
	}
	if (!text || inet_pton(AF_INET6, text, bytes) != 1)
		return false;
	for (size_t i = 0; i < BYTES / 2; i++) {
		found.high = found.high << 8 | bytes[i];
		found.low = found.low << 8 | bytes[BYTES / 2 + i];
	}
	*address = found;
	return true;
}

const char *address_text(struct address address, char *text)
{
	const struct in_addr ip4 = { htonl((uint32_t)address.low) };
	unsigned char bytes[BYTES];

	for (size_t i = 0; i < BYTES / 2; i++) {
		bytes[i] = (unsigned char)(address.high >> (56 - 8 * i));
		bytes[BYTES / 2 + i] = (unsigned char)(address.low >> (56 - 8 * i));
	}
	return is_ip4(address) ? inet_ntop(AF_INET, &ip4, text, ADDRESS_TEXT)
			       : inet_ntop(AF_INET6, bytes, text, ADDRESS_TEXT);
}
