// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of opcodes: Intel's Software Developer's Manual, volume 2, appendix A. */
#include "insn.h"

#include <string.h>

enum form {
	PLAIN, /* no operand in memory is possible */
	REGISTER, /* a ModRM byte: only if it names a register */
	ADDRESS /* a ModRM byte, whose memory is not touched */
};

struct opcodes {
	uint8_t first, last;
	enum form form;
	uint8_t groups; /* of the eight that ModRM's middle bits tell apart: so many of the first */
};

static const struct opcodes one_byte[] = {
	{ 0x63, 0x63, REGISTER, 8 }, /* movslq */
	{ 0x69, 0x69, REGISTER, 8 }, /* imul */
	{ 0x6b, 0x6b, REGISTER, 8 }, /* imul */
	{ 0x80, 0x81, REGISTER, 8 }, /* arithmetic with an immediate */
	{ 0x83, 0x8b, REGISTER, 8 }, /* the same; test, xchg, mov */
	{ 0x8d, 0x8d, ADDRESS, 8 }, /* lea */
	{ 0x90, 0x99, PLAIN, 8 }, /* nop, xchg, cltq, cqto */
	{ 0xa8, 0xa9, PLAIN, 8 }, /* test */
	{ 0xb0, 0xbf, PLAIN, 8 }, /* mov of an immediate */
	{ 0xc0, 0xc1, REGISTER, 8 }, /* shifts */
	{ 0xc6, 0xc7, REGISTER, 1 }, /* mov */
	{ 0xd0, 0xd3, REGISTER, 8 }, /* shifts */
	{ 0xf6, 0xf7, REGISTER, 6 }, /* test, not, neg, mul, imul; not div, idiv */
	{ 0xfe, 0xff, REGISTER, 2 }, /* inc, dec */
};

/* behind 0x0f */
static const struct opcodes two_byte[] = {
	{ 0x1f, 0x1f, ADDRESS, 8 }, /* nop */
	{ 0x40, 0x4f, REGISTER, 8 }, /* cmov */
	{ 0x90, 0x9f, REGISTER, 8 }, /* set */
	{ 0xa3, 0xa5, REGISTER, 8 }, /* bt, shld */
	{ 0xab, 0xad, REGISTER, 8 }, /* bts, shrd */
	{ 0xaf, 0xaf, REGISTER, 8 }, /* imul */
	{ 0xb6, 0xb7, REGISTER, 8 }, /* movz */
	{ 0xbe, 0xbf, REGISTER, 8 }, /* movs */
	{ 0xc8, 0xcf, PLAIN, 8 }, /* bswap */
};

static bool listed(const struct opcodes *list, size_t count, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[0] < list[i].first || bytes[0] > list[i].last)
			continue;
		if (list[i].form == PLAIN)
			return true;
		if (length < 2 || (bytes[1] >> 3 & 7) >= list[i].groups)
			return false;
		return (bytes[1] >> 6 == 3) == (list[i].form == REGISTER);
	}
	return false;
}

/* add, or, adc, sbb, and, sub, xor, cmp: eight rows of six forms, the last two with an immediate */
static bool arithmetic(const uint8_t *bytes, size_t length)
{
	unsigned int form = bytes[0] & 7;

	return bytes[0] < 0x40 &&
	       (form == 4 || form == 5 || (form < 4 && length > 1 && bytes[1] >> 6 == 3));
}

#define LISTED(list, bytes, length) listed(list, sizeof(list) / sizeof((list)[0]), bytes, length)

bool insn_completes(const uint8_t *bytes, size_t length)
{
	/* of the prefixes, operand size and REX */
	for (; length > 1 && (*bytes == 0x66 || *bytes >> 4 == 4); length--)
		bytes++;
	if (!length)
		return false;
	if (*bytes == 0x0f)
		return length > 1 && LISTED(two_byte, bytes + 1, length - 1);
	return arithmetic(bytes, length) || LISTED(one_byte, bytes, length);
}

bool insn_returns(const uint8_t *bytes, size_t length)
{
	/* rep ret is one, too */
	if (length == 2 && bytes[0] == 0xf3)
		bytes++;
	return length && (*bytes == 0xc3 || (*bytes == 0xc2 && length == 3));
}

bool insn_resumes(const uint8_t *bytes, size_t length)
{
	return length == 2 && bytes[0] == 0x48 && bytes[1] == 0xcf;
}

/* A jump's target: its last bytes are the distance from the instruction behind it. */
static bool near(const uint8_t *bytes, size_t length, size_t opcode, uint64_t address,
		 uint64_t *target)
{
	int8_t short_way;
	int32_t long_way;

	if (length == opcode + sizeof(short_way)) {
		memcpy(&short_way, bytes + opcode, sizeof(short_way));
		*target = address + length + (uint64_t)(int64_t)short_way;
		return true;
	}
	if (length != opcode + sizeof(long_way))
		return false;
	memcpy(&long_way, bytes + opcode, sizeof(long_way));
	*target = address + length + (uint64_t)(int64_t)long_way;
	return true;
}

bool insn_branches(const uint8_t *bytes, size_t length, uint64_t address, uint64_t *target)
{
	if (length == 2 && (bytes[0] >> 4 == 0x7 || bytes[0] >> 2 == 0xe0 >> 2))
		return near(bytes, length, 1, address, target);
	return length == 6 && bytes[0] == 0x0f && bytes[1] >> 4 == 0x8 &&
	       near(bytes, length, 2, address, target);
}

bool insn_jumps(const uint8_t *bytes, size_t length, uint64_t address, uint64_t *target)
{
	return ((length == 2 && bytes[0] == 0xeb) || (length == 5 && bytes[0] == 0xe9)) &&
	       near(bytes, length, 1, address, target);
}

bool insn_reads_counter(const uint8_t *bytes, size_t length)
{
	static const uint8_t rdtsc[] = { 0x0f, 0x31 }, rdtscp[] = { 0x0f, 0x01, 0xf9 };

	return (length == sizeof(rdtsc) && !memcmp(bytes, rdtsc, length)) ||
	       (length == sizeof(rdtscp) && !memcmp(bytes, rdtscp, length));
}

bool insn_halts(const uint8_t *bytes, size_t length)
{
	return length == 1 && *bytes == 0xf4;
}
