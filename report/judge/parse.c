// SPDX-License-Identifier: GPL-2.0-or-later
// An expression's text becomes a tree.
#include "judge/term.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_NESTING = 100
};

static struct expr *expr_new(enum expr_kind kind)
{
	struct expr *e = xcalloc(1, sizeof(*e));

	e->kind = kind;
	return e;
}

void expr_free(struct expr *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->terms.n; i++)
		expr_free(e->terms.v[i]);
	vec_free(&e->terms);
	free(e->field);
	free(e->value.text);
	free(e->value.word);
	free(e->value.name);
	free(e);
}

static const char *nearest_type(const char *word)
{
	VEC(const char *) names = { 0 };
	const struct event_type *type;
	const char *near;

	for (size_t i = 0; (type = type_at(i)); i++)
		*vec_add(&names) = type->name;
	*vec_add(&names) = NULL;
	near = nearest_name(word, names.v);
	vec_free(&names);
	return near;
}

/* A word that stands alone: a type. */
static struct expr *parse_type(struct parser *ps, size_t len)
{
	char *word = xstrndup(ps->p, len);
	struct expr *e = NULL;
	const char *near;

	if (type_named(word) != &unknown_type) {
		e = expr_new(EXPR_CMP);
		e->field = xstrdup("type");
		e->op = CMP_EQ;
		e->value = (struct value){ .kind = VALUE_TEXT,
					   .text = xstrdup(word),
					   .word = xstrdup(word) };
		ps->p += len;
	} else {
		near = nearest_type(word);
		parse_fail(ps, "'%s' is no type of event%s%s%s", word, near ? "; is it '" : "",
			   near ? near : "", near ? "'?" : "");
	}
	free(word);
	return e;
}

static bool take_operator(struct parser *ps, enum cmp_op *op)
{
	skip_space(ps);
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		size_t len = strlen(operators[i].text);

		if (strncmp(ps->p, operators[i].text, len) == 0) {
			ps->p += len;
			*op = operators[i].op;
			return true;
		}
	}
	return false;
}

static struct expr *parse_comparison(struct parser *ps)
{
	struct parser ahead = *ps;
	size_t len = field_len(ps->p);
	struct expr *e;
	enum cmp_op op;

	if (!len)
		return *ps->p ? parse_fail(ps, "cannot read on at '%s'", ps->p)
			      : parse_fail(ps, "a condition is missing");
	ahead.p += len;
	if (!take_operator(&ahead, &op))
		return parse_type(ps, len);
	e = expr_new(EXPR_CMP);
	e->field = xstrndup(ps->p, len);
	e->op = op;
	ps->p = ahead.p;
	if (parse_value(ps, &e->value))
		return e;
	expr_free(e);
	return NULL;
}

static struct expr *parse_or(struct parser *ps);

static struct expr *parse_not(struct parser *ps);

static struct expr *parse_negated(struct parser *ps)
{
	struct expr *term = parse_not(ps), *e;

	if (!term)
		return NULL;
	e = expr_new(EXPR_NOT);
	*vec_add(&e->terms) = term;
	return e;
}

/* ps->p is behind the bracket. */
static struct expr *parse_bracket(struct parser *ps)
{
	struct expr *e = parse_or(ps);

	skip_space(ps);
	if (e && *ps->p != ')') {
		parse_fail(ps, "')' is missing");
		expr_free(e);
		return NULL;
	}
	ps->p += e != NULL;
	return e;
}

static struct expr *parse_not(struct parser *ps)
{
	struct expr *e;

	if (++ps->depth > MAX_NESTING)
		return parse_fail(ps, "nested too deep");
	if (take_word(ps, "not"))
		e = parse_negated(ps);
	else if (*ps->p == '(')
		ps->p++, e = parse_bracket(ps);
	else
		e = parse_comparison(ps);
	ps->depth--;
	return e;
}

static bool and_goes_on(struct parser *ps)
{
	if (take_word(ps, "and"))
		return true;
	return *ps->p && *ps->p != ')' && !at_word(ps, "or");
}

static bool or_goes_on(struct parser *ps)
{
	return take_word(ps, "or");
}

/* Terms for as long as the list goes on; one alone is itself. */
static struct expr *parse_list(struct parser *ps, enum expr_kind kind,
			       struct expr *(*parse_term)(struct parser *ps),
			       bool (*goes_on)(struct parser *ps))
{
	struct expr *list = expr_new(kind), *term;

	do {
		term = parse_term(ps);
		if (term)
			*vec_add(&list->terms) = term;
	} while (term && goes_on(ps));
	if (term && list->terms.n > 1)
		return list;
	if (term)
		list->terms.n = 0;
	expr_free(list);
	return term;
}

static struct expr *parse_and(struct parser *ps)
{
	return parse_list(ps, EXPR_AND, parse_not, and_goes_on);
}

static struct expr *parse_or(struct parser *ps)
{
	return parse_list(ps, EXPR_OR, parse_and, or_goes_on);
}

const char *expr_text(const struct expr *e, const char *field)
{
	const char *asked = NULL;

	if (e->kind == EXPR_CMP)
		return e->op == CMP_EQ && e->value.kind == VALUE_TEXT && text_is(e->field, field)
			       ? e->value.word
			       : NULL;
	for (size_t i = 0; e->kind == EXPR_AND && i < e->terms.n && !asked; i++)
		asked = expr_text(e->terms.v[i], field);
	return asked;
}

const struct event_type *expr_type(const struct expr *e)
{
	const struct event_type *asked = &unknown_type;

	if (e->kind == EXPR_CMP && e->op == CMP_EQ && strcmp(e->field, "type") == 0 &&
	    e->value.word)
		return type_named(e->value.word);
	if (e->kind == EXPR_AND)
		for (size_t i = 0; asked == &unknown_type && i < e->terms.n; i++)
			asked = expr_type(e->terms.v[i]);
	return asked;
}

static bool is_known_field(const char *field, const struct event_type *asked)
{
	size_t len = strcspn(field, ".");
	const struct event_type *type;

	for (const char *const *key = event_envelope_keys; *key; key++)
		if (strlen(*key) == len && memcmp(*key, field, len) == 0)
			return true;
	if (asked != &unknown_type)
		return type_has_key(asked, field, len);
	for (size_t i = 0; (type = type_at(i)); i++)
		if (type_has_key(type, field, len))
			return true;
	return false;
}

/* A mistyped field would never be found, or always be null: refuse it. */
static bool check_fields(struct parser *ps, const struct expr *e, const struct event_type *type)
{
	if (e->kind == EXPR_CMP && !is_known_field(e->field, type)) {
		parse_fail(ps, "%s has no field '%s'",
			   type == &unknown_type ? "no type of event" : type->name, e->field);
		return false;
	}
	for (size_t i = 0; i < e->terms.n; i++)
		if (!check_fields(ps, e->terms.v[i], type))
			return false;
	return true;
}

struct expr *expr_parse(const char *text, const struct bindings *names, char **error)
{
	struct parser ps = { text, names, NULL, 0 };
	struct expr *e = parse_or(&ps);

	if (e && *ps.p) {
		parse_fail(&ps, "cannot read on at '%s'", ps.p);
		expr_free(e);
		e = NULL;
	}
	if (e && !check_fields(&ps, e, expr_type(e))) {
		expr_free(e);
		e = NULL;
	}
	*error = ps.error;
	return e;
}
