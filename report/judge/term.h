/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An expression as a tree: what value.c and parse.c make of its text, and match.c holds against an event. */
#ifndef KTREPORT_TERM_H
#define KTREPORT_TERM_H

#include "judge/expr.h"

enum expr_kind {
	EXPR_AND,
	EXPR_OR,
	EXPR_NOT,
	EXPR_CMP
};
enum cmp_op {
	CMP_EQ,
	CMP_NE,
	CMP_LE,
	CMP_LT,
	CMP_GE,
	CMP_GT,
	CMP_HAS
};

enum {
	CMP_OPS = CMP_HAS + 1
};

/* As they are written; the longer ones first. */
extern const struct sign {
	const char *text;
	enum cmp_op op;
} operators[CMP_OPS];

enum value_kind {
	VALUE_TEXT,
	VALUE_NUMBER,
	VALUE_NULL,
	VALUE_REF
};

struct value {
	enum value_kind kind;
	char *text; /* as written, for messages */
	char *word; /* of a text: without quotes; of a reference: the field's path */
	char *name; /* of a reference */
	int64_t lo; /* number, or what is added to the reference: lo..hi */
	int64_t hi;
};

/* As deep as its brackets and nots, of which MAX_NESTING are read: a list of terms makes it wider, not deeper. */
struct expr {
	enum expr_kind kind;
	VEC(struct expr *) terms; /* of a comparison none, of a not one */
	char *field;
	enum cmp_op op;
	struct value value;
};

struct parser {
	const char *p;
	const struct bindings *names;
	char *error;
	int depth;
};

/* Keeps the first mistake; NULL. */
void *parse_fail(struct parser *ps, const char *format, ...) __attribute__((format(printf, 2, 3)));

void skip_space(struct parser *ps);
/* How many characters of a field, or of a word, stand there. */
size_t field_len(const char *p);
/* Whether the word stands there alone. */
bool at_word(const struct parser *ps, const char *word);
/* Moves behind the word, and the space before it, if it stands there alone. */
bool take_word(struct parser *ps, const char *word);
bool parse_value(struct parser *ps, struct value *v);

const struct binding *find_binding(const struct bindings *names, const char *name, size_t len);

#endif
