// SPDX-License-Identifier: GPL-2.0-or-later
// Text for a terminal: made safe, measured in columns, wrapped.
#include "base/text.h"

#include <string.h>

const char *color_on(const struct style *style, enum color color)
{
	static const char *const sequences[] = {
		[PLAIN] = "\033[0m", [BOLD] = "\033[1m",     [DIM] = "\033[2m",
		[RED] = "\033[31m",  [GREEN] = "\033[32m",   [YELLOW] = "\033[33m",
		[BLUE] = "\033[34m", [MAGENTA] = "\033[35m", [CYAN] = "\033[36m",
	};

	return style->color ? sequences[color] : "";
}

/* The character at p and its length in bytes; 0 as length for what is no UTF-8. */
static uint32_t decode(const char *p, size_t *len)
{
	const unsigned char *u = (const unsigned char *)p;
	uint32_t c;

	*len = u[0] < 0x80 ? 1 : u[0] < 0xc2 ? 0 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if (*len < 2)
		return u[0];
	c = u[0] & (0x7fu >> *len);
	for (size_t i = 1; i < *len; i++) {
		if ((u[i] & 0xc0) != 0x80) {
			*len = 0;
			return u[0];
		}
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		*len = 0;
	return c;
}

struct span {
	uint32_t from, to;
};

static bool is_in_span(uint32_t c, const struct span *spans, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= spans[i].from && c <= spans[i].to)
			return true;
	return false;
}

/* Control characters, and those that turn or hide the text beside them. */
static bool is_harmful(uint32_t c)
{
	static const struct span spans[] = {
		{ 0x00, 0x1f },	    { 0x7f, 0x9f },	{ 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	return is_in_span(c, spans, ARRAY_SIZE(spans));
}

static int char_width(uint32_t c)
{
	static const struct span none[] = { { 0x0300, 0x036f }, { 0xfe00, 0xfe0f } };
	static const struct span wide[] = {
		{ 0x1100, 0x115f }, { 0x2e80, 0xa4cf },	  { 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },	  { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff }, { 0x20000, 0x3fffd },
	};

	if (is_in_span(c, none, ARRAY_SIZE(none)))
		return 0;
	return is_in_span(c, wide, ARRAY_SIZE(wide)) ? 2 : 1;
}

void text_safe(struct str *out, const char *text, bool utf8)
{
	uint32_t c;
	size_t len;

	for (; *text; text += len ? len : 1) {
		c = decode(text, &len);
		if (!len || (is_harmful(c) && c < 0x100))
			str_addf(out, "\\x%02x", (unsigned int)(unsigned char)c);
		else if (is_harmful(c))
			str_addf(out, "\\u%04x", (unsigned int)c);
		else if (c >= 0x80 && !utf8)
			str_add(out, "?");
		else
			str_addn(out, text, len);
	}
}

int text_width(const char *text)
{
	int width = 0;
	size_t len;

	for (; *text; text += len ? len : 1)
		width += char_width(decode(text, &len));
	return width;
}

size_t text_fit(const char *text, int columns)
{
	const char *p = text;
	int width = 0;
	size_t len;

	for (; *p; p += len ? len : 1) {
		width += char_width(decode(p, &len));
		if (width > columns)
			break;
	}
	return (size_t)(p - text);
}

/* Chinese breaks between any two letters. */
static bool is_wide_at(const char *text)
{
	size_t len;

	return char_width(decode(text, &len)) == 2;
}

/* A path that is too long breaks behind its last '/', a name behind its last '_'. */
static size_t fit_of_name(const char *text, size_t fit)
{
	for (const char *sign = "/_"; *sign; sign++)
		for (size_t at = fit; at > 1; at--)
			if (text[at - 1] == *sign)
				return at;
	return fit;
}

size_t text_wrap(const char *text, int columns, const char **next)
{
	size_t fit = text_fit(text, columns), space = fit;

	if (text[fit] && !is_wide_at(text + fit)) {
		while (space && text[space] != ' ')
			space--;
		fit = space ? space : fit_of_name(text, fit);
	}
	if (!fit) /* a column too narrow for one letter: go on nevertheless */
		fit = strlen(text);
	*next = text + fit;
	while (**next == ' ')
		(*next)++;
	return fit;
}
