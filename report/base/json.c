// SPDX-License-Identifier: GPL-2.0-or-later
// Reads JSON where it lies: a value is a piece of the line, nothing is copied until it is asked for.
#include "base/json.h"
#include "base/i18n.h"

#include <string.h>

enum {
	MAX_DEPTH = 64
};

struct scan {
	const char *p;
	const char *end;
	const char *error;
};

static bool scan_fail(struct scan *s, const char *reason)
{
	if (!s->error)
		s->error = reason;
	return false;
}

static void scan_space(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n'))
		s->p++;
}

static bool scan_char(struct scan *s, char c)
{
	scan_space(s);
	if (s->p >= s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool scan_escape(struct scan *s)
{
	if (s->p >= s->end)
		return scan_fail(s, N_("string without an end"));
	if (*s->p != 'u')
		return memchr("\"\\/bfnrt", *s->p++, 8)
			       ? true
			       : scan_fail(s, N_("unknown escape in a string"));
	s->p++;
	for (int i = 0; i < 4; i++, s->p++)
		if (s->p >= s->end || !is_hex(*s->p))
			return scan_fail(s, N_("\\u without four hex digits"));
	return true;
}

/* s->p is behind the opening quote. */
static bool scan_string(struct scan *s)
{
	while (s->p < s->end) {
		unsigned char c = (unsigned char)*s->p++;

		if (c == '"')
			return true;
		if (c < 0x20)
			return scan_fail(s, N_("control character in a string"));
		if (c == '\\' && !scan_escape(s))
			return false;
	}
	return scan_fail(s, N_("string without an end"));
}

static size_t scan_digits(struct scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - from);
}

static bool scan_number(struct scan *s)
{
	if (s->p < s->end && *s->p == '-')
		s->p++;
	if (!scan_digits(s))
		return scan_fail(s, N_("a value was expected"));
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (!scan_digits(s))
			return scan_fail(s, N_("number without digits behind its point"));
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (!scan_digits(s))
			return scan_fail(s, N_("number without an exponent"));
	}
	return true;
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
		return scan_fail(s, N_("a value was expected"));
	s->p += len;
	return true;
}

static bool scan_value(struct scan *s, struct json *out, int depth);

static bool scan_key(struct scan *s, struct json *key)
{
	scan_space(s);
	key->kind = JSON_STRING;
	key->p = s->p;
	if (!scan_char(s, '"'))
		return scan_fail(s, N_("a key was expected"));
	if (!scan_string(s))
		return false;
	key->end = s->p;
	return scan_char(s, ':') ? true : scan_fail(s, N_("':' was expected"));
}

static bool scan_members(struct scan *s, char close, int depth)
{
	struct json ignored;

	if (depth > MAX_DEPTH)
		return scan_fail(s, N_("nested too deep"));
	if (scan_char(s, close))
		return true;
	for (;;) {
		if (close == '}' && !scan_key(s, &ignored))
			return false;
		if (!scan_value(s, &ignored, depth + 1))
			return false;
		if (scan_char(s, close))
			return true;
		if (!scan_char(s, ','))
			return scan_fail(s, N_("',' or a closing bracket was expected"));
	}
}

static enum json_kind kind_of(char c)
{
	switch (c) {
	case '"':
		return JSON_STRING;
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case 'n':
		return JSON_NULL;
	case 't':
	case 'f':
		return JSON_BOOL;
	}
	return JSON_NUMBER;
}

static bool scan_kind(struct scan *s, enum json_kind kind, int depth)
{
	char first = *s->p;

	switch (kind) {
	case JSON_STRING:
		s->p++;
		return scan_string(s);
	case JSON_OBJECT:
		s->p++;
		return scan_members(s, '}', depth);
	case JSON_ARRAY:
		s->p++;
		return scan_members(s, ']', depth);
	case JSON_NULL:
		return scan_word(s, "null");
	case JSON_BOOL:
		return scan_word(s, first == 't' ? "true" : "false");
	case JSON_NUMBER:
		return scan_number(s);
	case JSON_NONE:
		break;
	}
	return scan_fail(s, N_("a value was expected"));
}

static bool scan_value(struct scan *s, struct json *out, int depth)
{
	scan_space(s);
	if (s->p >= s->end)
		return scan_fail(s, N_("ends in the middle of a value"));
	out->p = s->p;
	out->kind = kind_of(*s->p);
	if (!scan_kind(s, out->kind, depth))
		return false;
	out->end = s->p;
	return true;
}

const char *json_parse(const char *text, size_t len, struct json *value)
{
	struct scan s = { text, text + len, NULL };

	*value = (struct json){ 0 };
	if (!scan_value(&s, value, 0)) {
		*value = (struct json){ 0 };
		return s.error;
	}
	scan_space(&s);
	return s.p == s.end ? NULL : N_("more than one value in a line");
}

struct json_iter json_iter(struct json v)
{
	struct json_iter it = { 0 };

	if (v.kind != JSON_OBJECT && v.kind != JSON_ARRAY)
		return it;
	it.object = v.kind == JSON_OBJECT;
	it.p = v.p + 1;
	it.end = v.end;
	return it;
}

struct json_iter json_walk_unchecked(const char *text, size_t len)
{
	struct scan s = { text, text + len, NULL };
	struct json_iter it = { .object = true };

	if (!scan_char(&s, '{')) {
		it.error = N_("not a JSON object");
		return it;
	}
	it.p = s.p;
	it.end = s.end;
	return it;
}

/* Behind the last member there must be nothing more: only seen by the unchecked walk. */
static bool walk_ends(struct json_iter *it, struct scan *s)
{
	scan_space(s);
	if (s->p != s->end)
		it->error = N_("more than one value in a line");
	it->p = NULL;
	return false;
}

bool json_next(struct json_iter *it)
{
	struct scan s = { it->p, it->end, NULL };
	char close = it->object ? '}' : ']';

	if (!it->p)
		return false;
	if (scan_char(&s, close))
		return walk_ends(it, &s);
	if (it->value.p && !scan_char(&s, ','))
		scan_fail(&s, N_("',' or a closing bracket was expected"));
	else if ((!it->object || scan_key(&s, &it->key)) && scan_value(&s, &it->value, 1)) {
		it->p = s.p;
		return true;
	}
	it->error = s.error;
	it->p = NULL;
	return false;
}
