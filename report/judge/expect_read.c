// SPDX-License-Identifier: GPL-2.0-or-later
// Reads labs/NAME/expect: what must be seen in a run, in sentences with conditions under them.
#include "judge/expect.h"
#include "base/i18n.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct expect *expect;
	VEC(struct binding) names; /* what was named so far */
	size_t line;
	char *error;
};

__attribute__((format(printf, 2, 3))) static bool mistake(struct reader *r, const char *format, ...)
{
	va_list args;
	char *reason;

	if (r->error)
		return false;
	va_start(args, format);
	reason = xvasprintf(format, args);
	va_end(args);
	r->error = xasprintf("%s:%zu: %s", r->expect->path, r->line, reason);
	free(reason);
	return false;
}

static const char *skip_space(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

static size_t word_len(const char *p)
{
	size_t len = 0;

	while (isalnum((unsigned char)p[len]) || p[len] == '_')
		len++;
	return len;
}

/* Moves behind the word if it stands here. */
static bool take(const char **p, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*p, word, len) != 0 || (word_len(*p + len) && word_len(word)))
		return false;
	*p = skip_space(*p + len);
	return true;
}

static const struct binding *bound(const struct reader *r, const char *name, size_t len)
{
	for (size_t i = 0; i < r->names.n; i++)
		if (r->names.v[i].name_len == len && memcmp(r->names.v[i].name, name, len) == 0)
			return &r->names.v[i];
	return NULL;
}

static bool read_reference(struct reader *r, const char **p, char **out)
{
	const struct binding *b;
	size_t len;

	if (**p != '$')
		return mistake(r, "a name with $ was expected at '%s'", *p);
	len = word_len(*p + 1);
	b = bound(r, *p + 1, len);
	if (!b)
		return mistake(r, "no earlier line has the name '%.*s'", (int)len, *p + 1);
	if (b->counts)
		return mistake(r, "'%.*s' stands for a number, not for an event", (int)len, *p + 1);
	free(*out);
	*out = xstrndup(*p + 1, len);
	*p = skip_space(*p + 1 + len);
	return true;
}

static bool read_count(struct reader *r, const char **p, struct item *item)
{
	char *end;

	if (!isdigit((unsigned char)**p))
		return mistake(r, "a number was expected behind 'count'");
	item->counts = true;
	item->least = item->most = strtoll(*p, &end, 10);
	if (starts_with(end, "..")) {
		item->most = strtoll(end + 2, &end, 10);
		if (item->most < item->least)
			return mistake(r, "a range counts upwards: count 1..2");
	}
	*p = skip_space(end);
	return true;
}

/* One modifier; false when there is none, or a mistake. */
static bool read_modifier(struct reader *r, const char **p, struct item *item)
{
	if (take(p, "after"))
		return read_reference(r, p, &item->after);
	if (take(p, "before"))
		return read_reference(r, p, &item->before);
	if (take(p, "count"))
		return read_count(r, p, item);
	if (take(p, "anywhere"))
		return item->anywhere = true;
	if (take(p, "never")) {
		item->counts = true;
		item->least = item->most = 0;
		return true;
	}
	return false;
}

static void read_name(struct reader *r, const char **p, struct item *item)
{
	size_t len = word_len(*p);

	if (!len || (*p)[len] != ':')
		return;
	item->name = xstrndup(*p, len);
	if (bound(r, item->name, len))
		mistake(r, "the name '%s' is taken", item->name);
	*p = skip_space(*p + len + 1);
}

static void read_item(struct reader *r, struct expectation *e, const char *p)
{
	struct bindings names = { r->names.v, r->names.n };
	struct item *item = vec_add(&e->items);
	char *reason = NULL;

	*item = (struct item){ .line = r->line, .text = xstrdup(p) };
	read_name(r, &p, item);
	while (read_modifier(r, &p, item))
		;
	if (r->error)
		return;
	item->expr = expr_parse(p, &names, &reason);
	if (reason)
		mistake(r, "%s", reason);
	free(reason);
	if (item->name)
		*vec_add(&r->names) = (struct binding){ .name = item->name,
							.name_len = strlen(item->name),
							.counts = item->counts };
}

/* "[kernel >= 6.1] why" */
static void read_kernel(struct reader *r, struct expectation *e, const char *p)
{
	const char *close = strchr(p, ']');
	size_t op_len, version_len;

	if (e->kernel_op) {
		mistake(r, "a sentence has one '[kernel ...]' line");
		return;
	}
	p = skip_space(p + 1);
	if (!close || !take(&p, "kernel")) {
		mistake(r, "'[kernel >= 6.1] reason' was expected");
		return;
	}
	op_len = strspn(p, "<>=!");
	e->kernel_op = xstrndup(p, op_len);
	p = skip_space(p + op_len);
	version_len = strspn(p, "0123456789.");
	e->kernel_version = xstrndup(p, version_len);
	e->kernel_why = xstrdup(_(skip_space(close + 1)));
	if (!op_len || !version_len || skip_space(p + version_len) != close)
		mistake(r, "'[kernel >= 6.1] reason' was expected");
	else if (!*e->kernel_why)
		mistake(r, "a reason is missing behind ']'");
}

static void read_indented(struct reader *r, const char *p)
{
	struct expectation *e;

	if (!r->expect->list.n) {
		mistake(r, "a condition without a sentence above it");
		return;
	}
	e = &r->expect->list.v[r->expect->list.n - 1];
	if (*p == '[')
		read_kernel(r, e, p);
	else if (strcmp(p, "any order") == 0)
		e->any_order = true;
	else
		read_item(r, e, p);
}

static bool last_is_empty(const struct reader *r)
{
	return r->expect->list.n && !r->expect->list.v[r->expect->list.n - 1].items.n;
}

static void read_sentence(struct reader *r, const char *line)
{
	if (last_is_empty(r)) {
		mistake(r, "the sentence above has no condition under it; indent conditions");
		return;
	}
	*vec_add(&r->expect->list) =
		(struct expectation){ .sentence = xstrdup(_(line)), .line = r->line };
}

/* A '#' at the beginning, or behind a space, begins a comment. */
static char *clean_line(const char *line, size_t len)
{
	char *copy = xstrndup(line, len), *p;

	for (p = copy; *p; p++)
		if (*p == '#' && (p == copy || isspace((unsigned char)p[-1])))
			break;
	*p = '\0';
	while (p > copy && isspace((unsigned char)p[-1]))
		*--p = '\0';
	return copy;
}

static void read_line(struct reader *r, const char *text, size_t len)
{
	char *line = clean_line(text, len);
	const char *p = skip_space(line);

	if (*p && p > line)
		read_indented(r, p);
	else if (*p)
		read_sentence(r, line);
	free(line);
}

static struct expect *read_all(struct reader *r, const char *text)
{
	const char *end;

	for (r->line = 1; *text && !r->error; text = *end ? end + 1 : end, r->line++) {
		end = text + strcspn(text, "\n");
		read_line(r, text, (size_t)(end - text));
	}
	r->line--;
	if (!r->expect->list.n)
		mistake(r, "no expectation in it");
	else if (last_is_empty(r))
		mistake(r, "the last sentence has no condition under it; indent conditions");
	vec_free(&r->names);
	if (!r->error)
		return r->expect;
	expect_free(r->expect);
	return NULL;
}

struct expect *expect_parse(const char *text, const char *path, char **error)
{
	struct reader r = { .expect = xcalloc(1, sizeof(*r.expect)) };
	struct expect *expect;

	r.expect->path = xstrdup(path);
	expect = read_all(&r, text);
	*error = r.error;
	return expect;
}

struct expect *expect_open(const char *path, char **error)
{
	struct expect *expect;
	struct str text = { 0 };
	char buffer[4096];
	size_t got;
	FILE *file = fopen(path, "r");

	while (file && (got = fread(buffer, 1, sizeof(buffer), file)))
		str_addn(&text, buffer, got);
	if (!file || ferror(file)) {
		*error = xasprintf("cannot open '%s': %s", path, strerror(errno));
		if (file)
			fclose(file);
		str_free(&text);
		return NULL;
	}
	fclose(file);
	expect = expect_parse(str_text(&text), path, error);
	str_free(&text);
	return expect;
}

static void free_expectation(struct expectation *e)
{
	for (size_t i = 0; i < e->items.n; i++) {
		struct item *item = &e->items.v[i];

		free(item->text);
		free(item->name);
		free(item->after);
		free(item->before);
		expr_free(item->expr);
	}
	vec_free(&e->items);
	free(e->sentence);
	free(e->kernel_op);
	free(e->kernel_version);
	free(e->kernel_why);
	free(e->why);
}

void expect_free(struct expect *expect)
{
	if (!expect)
		return;
	for (size_t i = 0; i < expect->list.n; i++)
		free_expectation(&expect->list.v[i]);
	vec_free(&expect->list);
	facts_close(expect->facts);
	free(expect->path);
	free(expect);
}
