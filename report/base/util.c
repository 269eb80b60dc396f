// SPDX-License-Identifier: GPL-2.0-or-later
// Memory that never fails, growing arrays and growing strings.
#include "base/util.h"

#include <stdlib.h>
#include <string.h>

static void *check_memory(void *p)
{
	if (!p) {
		fputs("ktreport: out of memory\n", stderr);
		exit(2);
	}
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	return check_memory(calloc(count ? count : 1, size ? size : 1));
}

FILE *xopen_memstream(char **text, size_t *len)
{
	return check_memory(open_memstream(text, len));
}

void *xrealloc(void *old, size_t size)
{
	return check_memory(realloc(old, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return check_memory(strdup(text));
}

char *xstrndup(const char *text, size_t len)
{
	return check_memory(strndup(text, len));
}

void *vec_grow(void *items, size_t *cap, size_t size)
{
	size_t want = *cap ? *cap * 2 : 16;

	if (want > SIZE_MAX / size)
		check_memory(NULL);
	*cap = want;
	return xrealloc(items, want * size);
}

static void str_reserve(struct str *s, size_t more)
{
	size_t want = s->len + more + 1;

	if (want <= s->cap)
		return;
	s->cap = want < 64 ? 64 : want + want / 2;
	s->p = xrealloc(s->p, s->cap);
}

void str_addn(struct str *s, const char *text, size_t len)
{
	str_reserve(s, len);
	if (len)
		memcpy(s->p + s->len, text, len);
	s->len += len;
	s->p[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_addn(s, text, strlen(text));
}

void str_addc(struct str *s, char c)
{
	str_addn(s, &c, 1);
}

void str_add_end(struct str *s, const char *address, const char *port)
{
	bool six = address && strchr(address, ':');

	str_add(s, six ? "[" : "");
	str_add(s, address && *address ? address : "-");
	str_add(s, six ? "]:" : ":");
	str_add(s, port && *port ? port : "-");
}

void str_add_port(struct str *s, const char *address, int64_t port)
{
	char *text = xasprintf("%lld", (long long)port);

	str_add_end(s, address, text);
	free(text);
}

__attribute__((format(printf, 2, 0), nonnull(2))) static void
str_addv(struct str *s, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return;
	str_reserve(s, (size_t)len);
	vsnprintf(s->p + s->len, (size_t)len + 1, format, args);
	s->len += (size_t)len;
}

void str_addf(struct str *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	str_addv(s, format, args);
	va_end(args);
}

void str_fill(struct str *s, const char *what, int times)
{
	while (times-- > 0)
		str_add(s, what);
}

void str_clear(struct str *s)
{
	s->len = 0;
	if (s->p)
		s->p[0] = '\0';
}

void str_free(struct str *s)
{
	free(s->p);
	*s = (struct str){ 0 };
}

const char *str_text(const struct str *s)
{
	return s->p ? s->p : "";
}

char *str_take(struct str *s)
{
	char *text = s->p ? s->p : xstrdup("");

	*s = (struct str){ 0 };
	return text;
}

char *str_take_or_null(struct str *s)
{
	if (s->len)
		return str_take(s);
	str_free(s);
	return NULL;
}

char *xvasprintf(const char *format, va_list args)
{
	struct str s = { 0 };

	str_addv(&s, format, args);
	return str_take(&s);
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}

struct name {
	struct name *next;
	size_t len; /* the text may have zeros in it */
	char text[];
};

enum {
	NAME_SLOTS = 4096
};

struct names {
	struct name *slots[NAME_SLOTS];
};

struct names *names_new(void)
{
	return xcalloc(1, sizeof(struct names));
}

void names_free(struct names *names)
{
	struct name *name, *next;

	for (size_t i = 0; names && i < NAME_SLOTS; i++)
		for (name = names->slots[i]; name; name = next) {
			next = name->next;
			free(name);
		}
	free(names);
}

/* FNV-1a */
static uint32_t hash_text(const char *text, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return hash;
}

const char *names_get(struct names *names, const char *text, size_t len)
{
	struct name **slot = &names->slots[hash_text(text, len) % NAME_SLOTS];
	struct name *name;

	for (name = *slot; name; name = name->next)
		if (name->len == len && memcmp(name->text, text, len) == 0)
			return name->text;
	name = xcalloc(1, sizeof(*name) + len + 1);
	memcpy(name->text, text, len);
	name->len = len;
	name->next = *slot;
	*slot = name;
	return name->text;
}

int64_t add_within(int64_t a, int64_t b)
{
	int64_t sum;

	if (!__builtin_add_overflow(a, b, &sum))
		return sum;
	return a < 0 ? INT64_MIN : INT64_MAX;
}

enum {
	LONGEST_NAME = 63
};

/* Levenshtein's distance of two short names. */
static unsigned int name_distance(const char *a, const char *b)
{
	unsigned int row[LONGEST_NAME + 1], before, above;
	size_t an = strlen(a), bn = strlen(b);

	if (an > LONGEST_NAME || bn > LONGEST_NAME)
		return LONGEST_NAME;
	for (size_t j = 0; j <= bn; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= an; i++) {
		before = row[0];
		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= bn; j++) {
			above = row[j];
			row[j] = before + (a[i - 1] != b[j - 1]);
			if (row[j] > above + 1)
				row[j] = above + 1;
			if (row[j] > row[j - 1] + 1)
				row[j] = row[j - 1] + 1;
			before = above;
		}
	}
	return row[bn];
}

const char *nearest_name(const char *typed, const char *const *names)
{
	const char *best = NULL;
	unsigned int distance, least = 4;

	for (; *names; names++) {
		distance = name_distance(typed, *names);
		if (distance < least) {
			least = distance;
			best = *names;
		}
	}
	return best;
}

bool text_is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool starts_with(const char *text, const char *prefix)
{
	return text && strncmp(text, prefix, strlen(prefix)) == 0;
}
