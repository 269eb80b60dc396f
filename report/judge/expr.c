// SPDX-License-Identifier: GPL-2.0-or-later
// The small language over event fields that filters and expectations share.
#include "judge/expr.h"
#include "base/i18n.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static const struct {
	const char *text;
	enum cmp_op op;
} operators[] = {
	/* the longer ones first */
	{ "!=", CMP_NE }, { "<=", CMP_LE }, { ">=", CMP_GE }, { "=", CMP_EQ },
	{ "<", CMP_LT },  { ">", CMP_GT },  { "~", CMP_HAS },
};

static const struct {
	const char *name;
	double ns;
} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };

struct parser {
	const char *p;
	const struct bindings *names;
	char *error;
	int depth;
};

enum {
	MAX_NESTING = 100
};

__attribute__((format(printf, 2, 3))) static void *parse_fail(struct parser *ps, const char *format,
							      ...)
{
	va_list args;

	if (!ps->error) {
		va_start(args, format);
		ps->error = xvasprintf(format, args);
		va_end(args);
	}
	return NULL;
}

static void skip_space(struct parser *ps)
{
	while (isspace((unsigned char)*ps->p))
		ps->p++;
}

static bool is_field_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

static size_t field_len(const char *p)
{
	size_t len = 0;

	while (is_field_char(p[len]))
		len++;
	return len;
}

static bool at_word(const struct parser *ps, const char *word)
{
	size_t len = strlen(word);

	return strncmp(ps->p, word, len) == 0 && !is_field_char(ps->p[len]) &&
	       !strchr("=!<>~", ps->p[len] ? ps->p[len] : ' ');
}

static bool take_word(struct parser *ps, const char *word)
{
	skip_space(ps);
	if (!at_word(ps, word))
		return false;
	ps->p += strlen(word);
	return true;
}

static const struct binding *find_binding(const struct bindings *names, const char *name,
					  size_t len)
{
	for (size_t i = 0; names && i < names->n; i++)
		if (names->v[i].name_len == len && memcmp(names->v[i].name, name, len) == 0)
			return &names->v[i];
	return NULL;
}

/* "12.5", "-3"; moves on behind it. */
static bool take_number(struct parser *ps, double *number, bool *whole)
{
	const char *p = ps->p;
	char *end;

	if (!isdigit((unsigned char)*p) && !(*p == '-' && isdigit((unsigned char)p[1])))
		return false;
	*number = (double)strtoll(p, &end, 10);
	*whole = true;
	if (*end == '.' && isdigit((unsigned char)end[1])) {
		*number = strtod(p, &end);
		*whole = false;
	}
	ps->p = end;
	return true;
}

/* A unit may stand at once or after one space. */
static double take_unit(struct parser *ps)
{
	const char *p = ps->p + (*ps->p == ' ');

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t len = strlen(units[i].name);

		if (strncmp(p, units[i].name, len) == 0 && !is_field_char(p[len]) &&
		    !strchr("=!<>~", p[len] ? p[len] : ' ')) {
			ps->p = p + len;
			return units[i].ns;
		}
	}
	return 0;
}

/* What is larger than a number of an event can be ends below it. */
static int64_t rounded(double number)
{
	const double most = 9e18;

	return llround(fmax(-most, fmin(most, number)));
}

/* "+12.5 %", "-5%", "+-5 %": widens lo..hi by a part of what it holds. */
static bool take_tolerance(struct parser *ps, struct value *v)
{
	struct parser ahead = *ps;
	bool up, down, whole;
	double percent;

	skip_space(&ahead);
	up = *ahead.p == '+';
	ahead.p += up;
	down = *ahead.p == '-';
	ahead.p += down;
	if (!(up || down) || !take_number(&ahead, &percent, &whole))
		return false;
	skip_space(&ahead);
	if (*ahead.p != '%')
		return false;
	ps->p = ahead.p + 1;
	if (down)
		v->lo = add_within(v->lo, rounded(fabs((double)v->lo) * -percent / 100));
	if (up)
		v->hi = add_within(v->hi, rounded(fabs((double)v->hi) * percent / 100));
	return true;
}

static bool ends_value(char c)
{
	return !c || isspace((unsigned char)c) || c == ')';
}

/* A number at ps->p with its unit, its range or its tolerance. False: it is none, nothing taken. */
static bool take_quantity(struct parser *ps, struct value *v, bool tolerance)
{
	struct parser ahead = *ps;
	double number, upper, unit;
	bool whole;

	if (!take_number(&ahead, &number, &whole))
		return false;
	unit = take_unit(&ahead);
	upper = number;
	if (!unit && ahead.p[0] == '.' && ahead.p[1] == '.') {
		ahead.p += 2;
		if (!take_number(&ahead, &upper, &whole))
			return false;
		unit = take_unit(&ahead);
	}
	if (!ends_value(*ahead.p) && *ahead.p != '+' && *ahead.p != '%')
		return false; /* a word that begins with digits: 10.0.0.1, 52:54:… */
	if (!unit && !whole)
		return false;
	v->lo = rounded(number * (unit ? unit : 1));
	v->hi = rounded(upper * (unit ? unit : 1));
	if (tolerance)
		take_tolerance(&ahead, v);
	ps->p = ahead.p;
	return true;
}

/* "+1", "- 2 s", as often as they stand there, then a tolerance of their sum. */
static void take_offsets(struct parser *ps, struct value *v)
{
	struct parser ahead;
	struct value step = { 0 };
	int sign;

	for (;;) {
		if (take_tolerance(ps, v))
			return;
		ahead = *ps;
		skip_space(&ahead);
		if (*ahead.p != '+' && *ahead.p != '-')
			return;
		sign = *ahead.p++ == '+' ? 1 : -1;
		skip_space(&ahead);
		if (!take_quantity(&ahead, &step, false))
			return;
		v->lo = add_within(v->lo, sign * (sign > 0 ? step.lo : step.hi));
		v->hi = add_within(v->hi, sign * (sign > 0 ? step.hi : step.lo));
		ps->p = ahead.p;
	}
}

static bool parse_reference(struct parser *ps, struct value *v)
{
	const char *name = ++ps->p;
	size_t len = strcspn(name, ".+- \t)");
	const struct binding *b = find_binding(ps->names, name, len);

	if (!b)
		return parse_fail(ps, "no earlier line has the name '%.*s'", (int)len, name) !=
		       NULL;
	if (name[len] != '.')
		return parse_fail(ps, "which field of $%.*s? write $%.*s.FIELD", (int)len, name,
				  (int)len, name) != NULL;
	v->kind = VALUE_REF;
	v->name = xstrndup(name, len);
	ps->p = name + len + 1;
	len = 0;
	while (isalnum((unsigned char)ps->p[len]) || ps->p[len] == '_' || ps->p[len] == '.')
		len++;
	v->word = xstrndup(ps->p, len);
	ps->p += len;
	if (b->counts && strcmp(v->word, "count") != 0)
		return parse_fail(ps, "$%s was counted: write $%s.count", v->name, v->name) != NULL;
	take_offsets(ps, v);
	return true;
}

static bool parse_quoted(struct parser *ps, struct value *v)
{
	const char *end = strchr(ps->p + 1, '"');

	if (!end)
		return parse_fail(ps, "a text without its closing \"") != NULL;
	v->kind = VALUE_TEXT;
	v->word = xstrndup(ps->p + 1, (size_t)(end - ps->p - 1));
	ps->p = end + 1;
	return true;
}

static bool parse_plain(struct parser *ps, struct value *v)
{
	size_t len = 0;

	while (!ends_value(ps->p[len]))
		len++;
	if (!len)
		return parse_fail(ps, "a value is missing") != NULL;
	v->kind = VALUE_TEXT;
	v->word = xstrndup(ps->p, len);
	if (strcmp(v->word, "null") == 0)
		v->kind = VALUE_NULL;
	ps->p += len;
	return true;
}

static bool parse_value(struct parser *ps, struct value *v)
{
	const char *from;
	bool good = true;

	skip_space(ps);
	from = ps->p;
	if (*ps->p == '$')
		good = parse_reference(ps, v);
	else if (*ps->p == '"')
		good = parse_quoted(ps, v);
	else if (take_quantity(ps, v, true))
		v->kind = VALUE_NUMBER;
	else
		good = parse_plain(ps, v);
	if (good && !ends_value(*ps->p))
		good = parse_fail(ps, "cannot read on at '%s'", ps->p) != NULL;
	v->text = xstrndup(from, (size_t)(ps->p - from));
	return good;
}

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

/* The type that the expression asks for at its top; unknown_type when it asks for none. */
static const struct event_type *type_asked(const struct expr *e)
{
	const struct event_type *asked = &unknown_type;

	if (e->kind == EXPR_CMP && e->op == CMP_EQ && strcmp(e->field, "type") == 0 &&
	    e->value.word)
		return type_named(e->value.word);
	if (e->kind == EXPR_AND)
		for (size_t i = 0; asked == &unknown_type && i < e->terms.n; i++)
			asked = type_asked(e->terms.v[i]);
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
	if (e && !check_fields(&ps, e, type_asked(e))) {
		expr_free(e);
		e = NULL;
	}
	*error = ps.error;
	return e;
}

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
