// SPDX-License-Identifier: GPL-2.0-or-later
// The checksum of a TCP segment, over what IP puts before it: RFC 9293 3.1, RFC 8200 8.1.
#include "run/wire.h"

enum {
	ETH_HEADER = 14,
	NUMBER_OF_TCP = 6,
};

/* Where both addresses are in an IP header, and how long they are: of IPv4, of IPv6. */
static const struct {
	size_t at, len;
} addresses[] = { { 12, 8 }, { 8, 32 } };

/* Sum of 16-bit words, as RFC 1071 has it. */
static uint32_t sum_words(const unsigned char *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	return len % 2 ? sum + (uint32_t)(p[len - 1] << 8) : sum;
}

bool frame_sum_is_wrong(const struct frame *f)
{
	size_t ip = ETH_HEADER, tcp = ip + f->ip_header, len = (size_t)f->tot_len - f->ip_header;
	uint32_t sum;

	if (f->kind != FRAME_TCP || f->more || f->fragment || f->tot_len < f->ip_header ||
	    tcp + len > f->cap_len)
		return false;
	sum = sum_words(f->bytes + tcp, len) + NUMBER_OF_TCP + (uint32_t)len +
	      sum_words(f->bytes + ip + addresses[f->six].at, addresses[f->six].len);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum != 0xffff;
}
