// SPDX-License-Identifier: GPL-2.0-or-later
// Unit tests of TCP's checksum, over both families, and of SHA-256. Prints TAP.
#include "base/sha256.h"
#include "run/wire.h"

#include <stdlib.h>
#include <string.h>

static int count, failed;

static void it(const char *name, bool good)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++count, name);
	failed += !good;
}

/* A segment with 8 bytes, as a guest sent it: over IPv6 and over IPv4. */
static const unsigned char over_six[] = {
	0x52, 0x54, 0x00, 0x00, 0x00, 0x02, 0x52, 0x54, 0x00, 0x00, 0x00, 0x01, 0x86, 0xdd,
	0x60, 0x0d, 0x79, 0xcc, 0x00, 0x28, 0x06, 0x40, 0xfd, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xfd, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xde, 0x34,
	0x1f, 0x90, 0xdc, 0x1d, 0xac, 0x60, 0x88, 0xc0, 0x68, 0x6f, 0x80, 0x18, 0x0f, 0xd2,
	0x5d, 0x74, 0x00, 0x00, 0x01, 0x01, 0x08, 0x0a, 0x02, 0x8d, 0xe0, 0xfc, 0x9e, 0x99,
	0x15, 0xcc, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};
static const unsigned char over_four[] = {
	0x52, 0x54, 0x00, 0x00, 0x00, 0x02, 0x52, 0x54, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00,
	0x45, 0x00, 0x00, 0x44, 0xcb, 0x74, 0x40, 0x00, 0x40, 0x06, 0x5b, 0x3d, 0x0a, 0x00,
	0x00, 0x01, 0x0a, 0x00, 0x00, 0x02, 0x9f, 0xdc, 0x1f, 0x90, 0x42, 0x5d, 0x3c, 0x5f,
	0xb0, 0xa9, 0x31, 0x99, 0x80, 0x18, 0x0f, 0xaf, 0x71, 0xef, 0x00, 0x00, 0x01, 0x01,
	0x08, 0x0a, 0x4e, 0x20, 0x86, 0xfe, 0xd6, 0x2e, 0x15, 0x4b, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* Whether the checksum is wrong when the byte at a place is another one; 0: when none is. */
static bool is_wrong(const unsigned char *bytes, size_t len, size_t place)
{
	struct frame f = { .cap_len = (uint32_t)len, .len = (uint32_t)len };
	bool wrong;

	f.bytes = xcalloc(len, 1);
	memcpy(f.bytes, bytes, len);
	f.bytes[place] ^= place ? 1 : 0;
	frame_decode(&f);
	wrong = frame_sum_is_wrong(&f);
	free(f.bytes);
	return wrong;
}

static void test_checksums(void)
{
	bool all = true;

	it("finds the checksum of a segment right over both families",
	   !is_wrong(over_four, sizeof(over_four), 0) && !is_wrong(over_six, sizeof(over_six), 0));
	for (size_t at = 22; at < sizeof(over_six); at++)
		all = all && is_wrong(over_six, sizeof(over_six), at);
	it("and wrong with any other bit of the addresses and of the segment", all);
}

/* Whether this is the sum of a text, taken in pieces of `piece` bytes. */
static bool sums_to(const char *text, size_t piece, const char *wanted)
{
	char found[SHA256_TEXT];
	struct sha256 sum;

	sha256_start(&sum);
	for (size_t left = strlen(text), part; left; left -= part, text += part) {
		part = left < piece ? left : piece;
		sha256_add(&sum, text, part);
	}
	sha256_end(&sum, found);
	return strcmp(found, wanted) == 0;
}

/* The examples of FIPS 180-4's test vectors; the second fills a block but for its length. */
static void test_sums(void)
{
	static const char *const two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	static const char *const sum =
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";

	it("sums up a block",
	   sums_to("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	it("sums up two blocks", sums_to(two, 56, sum));
	it("sums up pieces", sums_to(two, 5, sum));
	it("sums up nothing",
	   sums_to("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

int main(void)
{
	test_sums();
	test_checksums();
	printf("1..%d\n", count);
	return failed > 0;
}
