// SPDX-License-Identifier: GPL-2.0-or-later
// Whether an expression holds for an event, and how near one comes.
#include "judge/term.h"
#include "base/i18n.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Sequence numbers count modulo 2^32. */
static bool counts_modulo(const char *field)
{
	static const char *const names[] = { "seq",	"end_seq", "ack", "snd_una",
					     "snd_nxt", "rcv_nxt", NULL };
	const char *last = strrchr(field, '.');

	for (const char *const *name = names; *name; name++)
		if (strcmp(last ? last + 1 : field, *name) == 0)
			return true;
	return false;
}

/* Gives a reference the number or the text that it stands for now. */
static bool resolve(const struct expr *cmp, const struct bindings *names, struct value *out,
		    struct str *text)
{
	const struct binding *b;
	struct json v;
	int64_t base;

	*out = cmp->value;
	if (cmp->value.kind != VALUE_REF)
		return true;
	b = find_binding(names, cmp->value.name, strlen(cmp->value.name));
	if (b && b->counts) {
		out->kind = VALUE_NUMBER;
		out->lo = add_within(out->lo, b->count);
		out->hi = add_within(out->hi, b->count);
		return true;
	}
	if (!b || !b->event)
		return false;
	v = event_get(b->event, cmp->value.word);
	if (json_int(v, &base)) {
		out->kind = VALUE_NUMBER;
		out->lo = add_within(base, cmp->value.lo);
		out->hi = add_within(base, cmp->value.hi);
		if (counts_modulo(cmp->field)) {
			out->lo = (uint32_t)out->lo;
			out->hi = (uint32_t)out->hi;
		}
		return true;
	}
	out->kind = v.kind == JSON_NONE || v.kind == JSON_NULL ? VALUE_NULL : VALUE_TEXT;
	str_add(text, "");
	json_text(v, text);
	out->word = text->p;
	return true;
}

static bool has_letters(const char *actual, const char *wanted)
{
	for (; *wanted; wanted++)
		if (!strchr(actual, *wanted))
			return false;
	return true;
}

static bool element_is(struct json element, const char *wanted)
{
	return json_is(element, wanted) || json_is(json_path(element, "name"), wanted) ||
	       json_is(json_path(element, "fn"), wanted);
}

static char *last_arrow(char *chain)
{
	char *last = NULL;

	for (char *p = chain; (p = strstr(p, "->")) != NULL; p += 2)
		last = p;
	return last;
}

/* "outer->inner": has both, in this order; a stack begins with the innermost. */
static bool list_has(struct json list, const char *wanted)
{
	struct json_iter it = json_iter(list);
	char *chain = xstrdup(wanted), *arrow;
	bool left = true;

	while (left && json_next(&it)) {
		arrow = last_arrow(chain);
		if (!element_is(it.value, arrow ? arrow + 2 : chain))
			continue;
		if (arrow)
			*arrow = '\0';
		else
			left = false;
	}
	free(chain);
	return !left;
}

static bool value_has(const char *field, struct json actual, const char *wanted)
{
	struct str text = { 0 };
	bool has;

	if (actual.kind == JSON_ARRAY)
		return list_has(actual, wanted);
	if (actual.kind == JSON_OBJECT)
		return json_path(actual, wanted).kind != JSON_NONE;
	json_text(actual, &text);
	if (strcmp(field, "flags") == 0)
		has = has_letters(str_text(&text), wanted);
	else
		has = strstr(str_text(&text), wanted) != NULL;
	str_free(&text);
	return has;
}

static bool compare_numbers(enum cmp_op op, int64_t actual, int64_t lo, int64_t hi)
{
	switch (op) {
	case CMP_EQ:
		return actual >= lo && actual <= hi;
	case CMP_NE:
		return actual < lo || actual > hi;
	case CMP_LT:
		return actual < lo;
	case CMP_LE:
		return actual <= hi;
	case CMP_GT:
		return actual > hi;
	case CMP_GE:
		return actual >= lo;
	case CMP_HAS:
		break;
	}
	return false;
}

static bool text_equals(struct json actual, const char *word)
{
	struct str text = { 0 };
	bool same;

	if (actual.kind == JSON_STRING && !memchr(actual.p, '\\', (size_t)(actual.end - actual.p)))
		return json_is(actual, word);
	json_text(actual, &text);
	same = strcmp(str_text(&text), word) == 0;
	str_free(&text);
	return same;
}

static bool compare_value(const struct expr *cmp, struct json actual, const struct value *v)
{
	bool null = actual.kind == JSON_NONE || actual.kind == JSON_NULL;
	int64_t number;

	if (v->kind == VALUE_NULL)
		return cmp->op == CMP_EQ ? null : cmp->op == CMP_NE && !null;
	if (cmp->op == CMP_HAS)
		return !null && value_has(cmp->field, actual, v->word ? v->word : v->text);
	if (v->kind == VALUE_NUMBER && json_int(actual, &number))
		return compare_numbers(cmp->op, number, v->lo, v->hi);
	if (cmp->op == CMP_EQ)
		return !null && text_equals(actual, v->word ? v->word : v->text);
	return cmp->op == CMP_NE && !(!null && text_equals(actual, v->word ? v->word : v->text));
}

static bool cmp_holds(const struct expr *cmp, const struct event *ev, const struct bindings *names)
{
	struct str text = { 0 };
	struct value v;
	bool holds;

	/* most questions begin with it */
	if (cmp->op == CMP_EQ && cmp->value.kind == VALUE_TEXT && strcmp(cmp->field, "type") == 0)
		return text_is(ev->type, cmp->value.word);
	if (!resolve(cmp, names, &v, &text))
		return false;
	holds = compare_value(cmp, event_get(ev, cmp->field), &v);
	str_free(&text);
	return holds;
}

bool expr_holds(const struct expr *e, const struct event *ev, const struct bindings *names)
{
	bool wanted = e->kind == EXPR_OR;

	if (e->kind == EXPR_CMP)
		return cmp_holds(e, ev, names);
	/* the first term that holds settles an or and a not, the first that does not an and */
	for (size_t i = 0; i < e->terms.n; i++)
		if (expr_holds(e->terms.v[i], ev, names) == (e->kind != EXPR_AND))
			return wanted;
	return !wanted;
}

enum {
	TYPE_WEIGHT = 1000,
	SCORE_MOST = INT_MAX
};

/* Of an and all that hold count, of an or the term that is nearest. */
static int list_nearness(const struct expr *e, const struct event *ev, const struct bindings *names,
			 const struct expr **differs)
{
	int score, sum = 0, most = 0;

	for (size_t i = 0; i < e->terms.n; i++) {
		score = expr_nearness(e->terms.v[i], ev, names, differs);
		sum = sum > SCORE_MOST - score ? SCORE_MOST : sum + score;
		most = score > most ? score : most;
	}
	return e->kind == EXPR_AND ? sum : most;
}

int expr_nearness(const struct expr *e, const struct event *ev, const struct bindings *names,
		  const struct expr **differs)
{
	if (e->kind != EXPR_AND && expr_holds(e, ev, names))
		return e->kind == EXPR_CMP && strcmp(e->field, "type") == 0 ? TYPE_WEIGHT : 1;
	if (e->kind == EXPR_AND || e->kind == EXPR_OR)
		return list_nearness(e, ev, names, differs);
	if (!*differs)
		*differs = e->kind == EXPR_NOT ? e->terms.v[0] : e;
	return 0;
}

const char *expr_field(const struct expr *cmp)
{
	return cmp->field ? cmp->field : "type";
}

void expr_describe(const struct expr *cmp, const struct bindings *names, struct str *out)
{
	const char *op = "";
	struct str text = { 0 };
	struct value v;

	if (cmp->kind != EXPR_CMP) {
		str_add(out, _("a condition with and/or/not"));
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (operators[i].op == cmp->op)
			op = operators[i].text;
	str_addf(out, "%s%s%s", cmp->field, op, cmp->value.text);
	if (cmp->value.kind == VALUE_REF && !resolve(cmp, names, &v, &text)) {
		str_addf(out, _(" ($%s was not found)"), cmp->value.name);
	} else if (cmp->value.kind == VALUE_REF) {
		if (v.kind == VALUE_NUMBER && v.lo != v.hi)
			str_addf(out, " (%lld..%lld)", (long long)v.lo, (long long)v.hi);
		else if (v.kind == VALUE_NUMBER)
			str_addf(out, " (%lld)", (long long)v.lo);
		else
			str_addf(out, " (%s)", v.kind == VALUE_NULL ? "null" : v.word);
	}
	str_free(&text);
}
