// SPDX-License-Identifier: GPL-2.0-or-later
// TCP options of a frame, written as events.jsonl has them: docs/event-format.md.
#include "run/wire.h"

#include <string.h>

/* RFC 9293 3.2, RFC 7323, RFC 2018, RFC 7413. The others have the name kindN. */
enum option_kind {
	OPTION_EOL = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_WSCALE = 3,
	OPTION_SACK_OK = 4,
	OPTION_SACK = 5,
	OPTION_TS = 8,
	OPTION_TFO = 34,
};

/* What the bytes of an option mean; b is behind kind and length, all of `len` are there. */
typedef void (*option_writer)(struct str *out, const unsigned char *b, size_t len);

static uint32_t number(const unsigned char *b, size_t len)
{
	uint32_t value = 0;

	while (len--)
		value = value << 8 | *b++;
	return value;
}

static void write_mss(struct str *out, const unsigned char *b, size_t len)
{
	str_addf(out, "\"mss\",\"mss\":%u", number(b, len));
}

static void write_wscale(struct str *out, const unsigned char *b, size_t len)
{
	str_addf(out, "\"wscale\",\"shift\":%u", number(b, len));
}

static void write_sack_ok(struct str *out, const unsigned char *b, size_t len)
{
	(void)b;
	(void)len;
	str_add(out, "\"sack_ok\"");
}

static void write_sack(struct str *out, const unsigned char *b, size_t len)
{
	str_add(out, "\"sack\",\"blocks\":[");
	for (size_t i = 0; i < len; i += 8)
		str_addf(out, "%s[%u,%u]", i ? "," : "", number(b + i, 4), number(b + i + 4, 4));
	str_add(out, "]");
}

static void write_ts(struct str *out, const unsigned char *b, size_t len)
{
	str_addf(out, "\"ts\",\"val\":%u,\"ecr\":%u", number(b, len / 2),
		 number(b + len / 2, len / 2));
}

static void write_tfo(struct str *out, const unsigned char *b, size_t len)
{
	str_add(out, len ? "\"tfo\",\"cookie\":\"" : "\"tfo\",\"cookie\":null");
	for (size_t i = 0; i < len; i++)
		str_addf(out, "%02x", b[i]);
	str_add(out, len ? "\"" : "");
}

/* The lengths of a body that the kind can have: `unit` times one or more, or exactly, or any. */
static const struct option_row {
	unsigned char kind;
	signed char exactly; /* -1: not */
	unsigned char unit; /* 0: any length */
	option_writer write;
} option_rows[] = {
	{ OPTION_MSS, 2, 0, write_mss },	 { OPTION_WSCALE, 1, 0, write_wscale },
	{ OPTION_SACK_OK, 0, 0, write_sack_ok }, { OPTION_SACK, -1, 8, write_sack },
	{ OPTION_TS, 8, 0, write_ts },		 { OPTION_TFO, -1, 0, write_tfo },
};

static bool length_fits(const struct option_row *row, size_t len)
{
	if (row->exactly >= 0)
		return len == (size_t)row->exactly;
	return !row->unit || (len && len % row->unit == 0);
}

static bool write_known(struct str *out, unsigned int kind, const unsigned char *body, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(option_rows); i++) {
		if (option_rows[i].kind != kind)
			continue;
		if (length_fits(&option_rows[i], len))
			option_rows[i].write(out, body, len);
		return length_fits(&option_rows[i], len);
	}
	str_addf(out, "\"kind%u\"", kind);
	return true;
}

/* Writes the option at b, of which `left` bytes follow; gives its length, `left` where the list ends. */
static size_t write_option(struct str *out, const unsigned char *b, size_t left)
{
	size_t len = left > 1 ? b[1] : 0;
	bool fits = len >= 2 && len <= left;

	if (b[0] <= OPTION_NOP) {
		str_add(out, b[0] ? "\"nop\"" : "\"eol\"");
		return b[0] ? 1 : left;
	}
	if (!fits)
		str_addf(out, "\"truncated\",\"kind\":%u,\"length\":%zu", b[0], len);
	else if (!write_known(out, b[0], b + 2, len - 2))
		str_addf(out, "\"malformed\",\"kind\":%u,\"length\":%zu", b[0], len);
	return fits ? len : left;
}

void frame_options(struct str *out, const struct frame *f)
{
	str_add(out, "[");
	for (size_t at = 0; at < f->opts_len;) {
		str_add(out, at ? ",{\"name\":" : "{\"name\":");
		at += write_option(out, f->bytes + f->opts + at, f->opts_len - at);
		str_add(out, "}");
	}
	str_add(out, "]");
}
