// SPDX-License-Identifier: GPL-2.0-or-later
// What stands behind the operator of a comparison: texts, quantities, ranges, tolerances, references.
#include "judge/term.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct sign operators[CMP_OPS] = {
	/* the longer ones first */
	{ "!=", CMP_NE }, { "<=", CMP_LE }, { ">=", CMP_GE }, { "=", CMP_EQ },
	{ "<", CMP_LT },  { ">", CMP_GT },  { "~", CMP_HAS },
};

static const struct {
	const char *name;
	double ns;
} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };

__attribute__((format(printf, 2, 3))) void *parse_fail(struct parser *ps, const char *format, ...)
{
	va_list args;

	if (!ps->error) {
		va_start(args, format);
		ps->error = xvasprintf(format, args);
		va_end(args);
	}
	return NULL;
}

void skip_space(struct parser *ps)
{
	while (isspace((unsigned char)*ps->p))
		ps->p++;
}

static bool is_field_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

size_t field_len(const char *p)
{
	size_t len = 0;

	while (is_field_char(p[len]))
		len++;
	return len;
}

bool at_word(const struct parser *ps, const char *word)
{
	size_t len = strlen(word);

	return strncmp(ps->p, word, len) == 0 && !is_field_char(ps->p[len]) &&
	       !strchr("=!<>~", ps->p[len] ? ps->p[len] : ' ');
}

bool take_word(struct parser *ps, const char *word)
{
	skip_space(ps);
	if (!at_word(ps, word))
		return false;
	ps->p += strlen(word);
	return true;
}

const struct binding *find_binding(const struct bindings *names, const char *name, size_t len)
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

bool parse_value(struct parser *ps, struct value *v)
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
