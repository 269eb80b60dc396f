/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 (FIPS 180-4), so that the events' checksum needs no library. */
#ifndef KTREPORT_SHA256_H
#define KTREPORT_SHA256_H

#include "base/util.h"

enum {
	SHA256_BLOCK = 64,
	SHA256_TEXT = 65 /* its digits and their end */
};

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes until now */
	unsigned char block[SHA256_BLOCK]; /* those that do not fill one yet */
};

void sha256_start(struct sha256 *sum);
void sha256_add(struct sha256 *sum, const char *data, size_t length);
/* Ends the sum, as hexadecimal digits. */
void sha256_end(struct sha256 *sum, char text[SHA256_TEXT]);

#endif
