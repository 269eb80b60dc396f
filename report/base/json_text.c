// SPDX-License-Identifier: GPL-2.0-or-later
// What a JSON value is: found by its path, as a number, as a text; and a text written as JSON.
#include "base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Keys of events are plain words: one that needs escapes equals no name that is asked for. */
static bool key_is(struct json key, const char *name, size_t len)
{
	return (size_t)(key.end - key.p) == len + 2 && memcmp(key.p + 1, name, len) == 0;
}

struct json json_get(struct json object, const char *key, size_t key_len)
{
	struct json_iter it;

	if (object.kind == JSON_OBJECT)
		for (it = json_iter(object); json_next(&it);)
			if (key_is(it.key, key, key_len))
				return it.value;
	return (struct json){ 0 };
}

static struct json element_at(struct json array, long place)
{
	struct json_iter it = json_iter(array);

	while (json_next(&it))
		if (place-- == 0)
			return it.value;
	return (struct json){ 0 };
}

static struct json element_named(struct json array, const char *name, size_t len)
{
	struct json_iter it = json_iter(array);

	while (json_next(&it))
		if (key_is(json_get(it.value, "name", 4), name, len) ||
		    key_is(json_get(it.value, "fn", 2), name, len))
			return it.value;
	return (struct json){ 0 };
}

static struct json step_into(struct json v, const char *key, size_t len)
{
	if (v.kind == JSON_OBJECT)
		return json_get(v, key, len);
	if (v.kind != JSON_ARRAY)
		return (struct json){ 0 };
	if (*key >= '0' && *key <= '9')
		return element_at(v, strtol(key, NULL, 10));
	return element_named(v, key, len);
}

struct json json_path(struct json v, const char *path)
{
	const char *dot;

	for (; (dot = strchr(path, '.')); path = dot + 1)
		v = step_into(v, path, (size_t)(dot - path));
	return step_into(v, path, strlen(path));
}

bool json_int(struct json v, int64_t *out)
{
	char digits[24], *end;
	size_t len = (size_t)(v.end - v.p);

	if (v.kind != JSON_NUMBER || len >= sizeof(digits))
		return false;
	memcpy(digits, v.p, len);
	digits[len] = '\0';
	errno = 0;
	*out = strtoll(digits, &end, 10);
	return !errno && !*end;
}

bool json_true(struct json v)
{
	return v.kind == JSON_BOOL && *v.p == 't';
}

static void add_utf8(struct str *out, uint32_t c)
{
	char b[4];

	if (c < 0x80) {
		str_addc(out, (char)c);
	} else if (c < 0x800) {
		b[0] = (char)(0xc0 | c >> 6);
		b[1] = (char)(0x80 | (c & 0x3f));
		str_addn(out, b, 2);
	} else if (c < 0x10000) {
		b[0] = (char)(0xe0 | c >> 12);
		b[1] = (char)(0x80 | (c >> 6 & 0x3f));
		b[2] = (char)(0x80 | (c & 0x3f));
		str_addn(out, b, 3);
	} else {
		b[0] = (char)(0xf0 | c >> 18);
		b[1] = (char)(0x80 | (c >> 12 & 0x3f));
		b[2] = (char)(0x80 | (c >> 6 & 0x3f));
		b[3] = (char)(0x80 | (c & 0x3f));
		str_addn(out, b, 4);
	}
}

static uint32_t hex4(const char *p)
{
	uint32_t c = 0;

	for (int i = 0; i < 4; i++)
		c = c << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
	return c;
}

/* p is behind "\u"; a surrogate without its other half becomes U+FFFD. */
static const char *add_unicode(struct str *out, const char *p, const char *end)
{
	uint32_t c = hex4(p), low;

	p += 4;
	if (c >= 0xd800 && c < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
		low = hex4(p + 2);
		if (low >= 0xdc00 && low < 0xe000) {
			add_utf8(out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
			return p + 6;
		}
	}
	add_utf8(out, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
	return p;
}

static const char *add_escape(struct str *out, const char *p, const char *end)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *found;

	if (*p == 'u')
		return add_unicode(out, p + 1, end);
	found = strchr(from, *p);
	str_addc(out, found ? to[found - from] : *p);
	return p + 1;
}

/* The length of the well-formed UTF-8 character at p, or 0. */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (!len || p[0] > 0xf4 || left < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

static void add_string(struct str *out, const char *p, const char *end)
{
	size_t len;

	while (p < end) {
		if (*p == '\\') {
			p = add_escape(out, p + 1, end);
			continue;
		}
		len = utf8_len((const unsigned char *)p, (size_t)(end - p));
		if (len)
			str_addn(out, p, len);
		else
			add_utf8(out, 0xfffd);
		p += len ? len : 1;
	}
}

void json_text(struct json v, struct str *out)
{
	if (v.kind == JSON_STRING)
		add_string(out, v.p + 1, v.end - 1);
	else if (v.kind != JSON_NONE)
		str_addn(out, v.p, (size_t)(v.end - v.p));
}

bool json_is(struct json v, const char *text)
{
	struct str decoded = { 0 };
	bool same;

	if (v.kind != JSON_STRING || !memchr(v.p, '\\', (size_t)(v.end - v.p)))
		return v.kind == JSON_STRING && key_is(v, text, strlen(text));
	json_text(v, &decoded);
	same = text_is(decoded.p ? decoded.p : "", text);
	free(decoded.p);
	return same;
}

char *json_dup(struct json v)
{
	struct str out = { 0 };

	if (v.kind == JSON_NONE || v.kind == JSON_NULL)
		return NULL;
	json_text(v, &out);
	return str_take(&out);
}

void json_quote(struct str *out, const char *text)
{
	const char *end = text + strlen(text);
	size_t len;

	str_addc(out, '"');
	for (; text < end; text += len ? len : 1) {
		unsigned char c = (unsigned char)*text;

		len = utf8_len((const unsigned char *)text, (size_t)(end - text));
		if (!len)
			add_utf8(out, 0xfffd);
		else if (c < 0x20 || c == 0x7f || strchr("<>&", c))
			str_addf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			str_addf(out, "\\%c", c);
		else
			str_addn(out, text, len);
	}
	str_addc(out, '"');
}

void json_put(FILE *out, const char *text)
{
	struct str quoted = { 0 };

	if (text)
		json_quote(&quoted, text);
	fputs(text ? str_text(&quoted) : "null", out);
	str_free(&quoted);
}
