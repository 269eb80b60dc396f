/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that never fails, growing arrays and growing strings. */
#ifndef KTREPORT_UTIL_H
#define KTREPORT_UTIL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* this header comes first in every file */
#endif

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* These end the program with status 2 when memory runs out; the caller owns the result. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
/* Writes into memory; *text is the caller's once the file is closed. */
FILE *xopen_memstream(char **text, size_t *len);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len);

/* A growing array: VEC(struct frame) frames; *vec_add(&frames) = frame; frames.v[i], frames.n */
#define VEC(type)           \
	struct {            \
		type *v;    \
		size_t n;   \
		size_t cap; \
	}
#define vec_add(a)                                                                          \
	((a)->n == (a)->cap ? (void)((a)->v = vec_grow((a)->v, &(a)->cap, sizeof(*(a)->v))) \
			    : (void)0,                                                      \
	 &(a)->v[(a)->n++])
#define vec_free(a) (free((a)->v), (a)->v = NULL, (a)->n = (a)->cap = 0)
void *vec_grow(void *items, size_t *cap, size_t size);

/* A growing string. Always terminated once something was added; str_text() never gives NULL. */
struct str {
	char *p;
	size_t len;
	size_t cap;
};
void str_addn(struct str *s, const char *text, size_t len);
void str_add(struct str *s, const char *text);
void str_addc(struct str *s, char c);
/* "10.0.0.2:8080", "[fd00::2]:8080" (RFC 5952 6); "-" for a part that is NULL or empty. */
void str_add_end(struct str *s, const char *address, const char *port);
void str_add_port(struct str *s, const char *address, int64_t port);
void str_addf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void str_fill(struct str *s, const char *what, int times);
void str_clear(struct str *s);
void str_free(struct str *s);
const char *str_text(const struct str *s);
/* Hands the text over to the caller and leaves the string empty. */
char *str_take(struct str *s);
/* The same, but NULL for an empty text. */
char *str_take_or_null(struct str *s);

/* sprintf into memory that the caller frees. */
char *xvasprintf(const char *format, va_list args);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Same text, same pointer, for the whole run of the program: names compare with ==. */
struct names;
struct names *names_new(void);
void names_free(struct names *names);
const char *names_get(struct names *names, const char *text, size_t len);

/* Sums of numbers from files end at the largest one, and at the smallest. */
int64_t add_within(int64_t a, int64_t b);

/* The name in the list (ended by NULL) that is nearest to a mistyped one, or NULL. */
const char *nearest_name(const char *typed, const char *const *names);

bool text_is(const char *a, const char *b);
bool starts_with(const char *text, const char *prefix);

#endif
