/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads JSON where it lies: a value is a piece of the line, nothing is copied until it is asked for. */
#ifndef KTREPORT_JSON_H
#define KTREPORT_JSON_H

#include "base/util.h"

enum json_kind {
	JSON_NONE, /* there is no such value */
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* The bytes of a value, with its quotes or brackets. They belong to the line that was parsed. */
struct json {
	enum json_kind kind;
	const char *p;
	const char *end;
};

/*
 * Checks a whole text, which must be one value, and gives it in *value. Returns NULL, or the
 * reason why it is not JSON. Everything below is for values that came from here.
 */
const char *json_parse(const char *text, size_t len, struct json *value);

/* Walks over an array or object: struct json_iter it = json_iter(v); while (json_next(&it)) … */
struct json_iter {
	const char *p;
	const char *end;
	bool object;
	struct json key; /* of an object's member */
	struct json value;
	const char *error; /* why the walk ended early, only from json_walk_unchecked() */
};
struct json_iter json_iter(struct json v);
bool json_next(struct json_iter *it);

/* Walks over the members of a text that was not checked yet, checking on the way. */
struct json_iter json_walk_unchecked(const char *text, size_t len);

/* A member of an object, or JSON_NONE. */
struct json json_get(struct json object, const char *key, size_t key_len);

/*
 * A value by a path of keys, "out.prefix". In an array, a key stands for the element with that
 * "name" or "fn" ("opts.wscale.shift"), and a number for the element at that place.
 */
struct json json_path(struct json v, const char *path);

/* False if it is no integer, or none that fits. */
bool json_int(struct json v, int64_t *out);
bool json_is(struct json v, const char *text);
bool json_true(struct json v);
/* The text of a string with its escapes resolved and bad UTF-8 replaced; other values as written. */
void json_text(struct json v, struct str *out);
/* The same in memory that the caller frees; NULL for null and for no value. */
char *json_dup(struct json v);

/* Writing: the text as a JSON string, with its quotes. Safe within HTML too: "<" is \u003c. */
void json_quote(struct str *out, const char *text);
/* The same into a stream; null for NULL. */
void json_put(FILE *out, const char *text);

#endif
