// SPDX-License-Identifier: GPL-2.0-or-later
// labs/NAME/expect: what must be seen in a run, in sentences with conditions under them.
#include "judge/expect.h"
#include "base/i18n.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

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
	free(expect->path);
	free(expect);
}

/* ---- judging ---- */

struct judge {
	const struct trace *trace;
	VEC(struct binding) names;
	size_t cursor; /* index of the first event that was not passed yet */
};

static const struct event *bound_event(const struct judge *j, const char *name)
{
	for (size_t i = 0; name && i < j->names.n; i++)
		if (strcmp(j->names.v[i].name, name) == 0)
			return j->names.v[i].event;
	return NULL;
}

static size_t index_of(const struct judge *j, const struct event *ev)
{
	return (size_t)(ev - j->trace->events.v);
}

struct range {
	size_t from, to;
};

/* False if it begins or ends at an event that was not found. */
static bool item_range(const struct judge *j, const struct item *item, size_t cursor,
		       struct range *range)
{
	const struct event *after = bound_event(j, item->after);
	const struct event *before = bound_event(j, item->before);

	if ((item->after && !after) || (item->before && !before))
		return false;
	range->from = item->counts || item->anywhere ? 0 : cursor;
	range->to = before ? index_of(j, before) : j->trace->events.n;
	if (after)
		range->from = index_of(j, after) + 1;
	return true;
}

static struct bindings names_of(const struct judge *j)
{
	return (struct bindings){ j->names.v, j->names.n };
}

static const struct event *search(const struct judge *j, const struct expr *expr,
				  struct range range)
{
	struct bindings names = names_of(j);

	for (size_t i = range.from; i < range.to; i++)
		if (expr_holds(expr, &j->trace->events.v[i], &names))
			return &j->trace->events.v[i];
	return NULL;
}

static void count_item(const struct judge *j, struct item *item, struct range range)
{
	const struct event *ev;

	for (item->count = 0; (ev = search(j, item->expr, range)); item->count++) {
		if (!item->count)
			item->found = ev;
		range.from = index_of(j, ev) + 1;
	}
}

/* The event that fulfils most of the conditions; of equals, the first behind the cursor. */
static const struct event *find_nearest(const struct judge *j, const struct expr *expr,
					size_t cursor)
{
	struct bindings names = names_of(j);
	const struct event *best = NULL;
	const struct expr *differs;
	int score, most = 0;

	for (size_t n = 0, total = j->trace->events.n; n < total; n++) {
		const struct event *ev = &j->trace->events.v[(cursor + n) % total];

		differs = NULL;
		score = expr_nearness(expr, ev, &names, &differs);
		if (score > most) {
			most = score;
			best = ev;
		}
	}
	return best;
}

/* "event 48 (tcp.tx, client, ip_output)"; the caller frees it. */
static char *place_of(const struct event *ev)
{
	struct str what = { 0 };
	char *place;

	str_add(&what, ev->type);
	if (ev->netns)
		str_addf(&what, ", %s", ev->netns);
	if (ev->fn)
		str_addf(&what, ", %s", ev->fn);
	place = xasprintf(_("event %lld (%s)"), (long long)ev->n, str_text(&what));
	str_free(&what);
	return place;
}

static char *explain_difference(const struct event *ev, const struct expr *differs,
				const struct bindings *names)
{
	struct str wanted = { 0 }, found = { 0 };
	char *place = place_of(ev), *text;

	expr_describe(differs, names, &wanted);
	str_addf(&found, "%s=", expr_field(differs));
	if (!event_text(ev, expr_field(differs), &found))
		str_add(&found, "null");
	text = xasprintf(_("nearest is %s\nexpected %s, found %s"), place, str_text(&wanted),
			 str_text(&found));
	str_free(&wanted);
	str_free(&found);
	free(place);
	return text;
}

static char *explain_order(const struct event *ev)
{
	char *place = place_of(ev);
	char *text = xasprintf(
		_("nearest is %s, which fits, but stands before what was matched last"), place);

	free(place);
	return text;
}

static char *explain_nearest(const struct judge *j, struct expectation *e, const struct item *item,
			     size_t cursor)
{
	struct bindings names = names_of(j);
	const struct expr *differs = NULL;

	e->nearest = find_nearest(j, item->expr, cursor);
	if (!e->nearest)
		return xstrdup(_("nothing comes near it"));
	expr_nearness(item->expr, e->nearest, &names, &differs);
	return differs ? explain_difference(e->nearest, differs, &names)
		       : explain_order(e->nearest);
}

/* Takes the reason over. */
static void fail(struct expectation *e, const struct item *item, char *why)
{
	e->verdict = FAILED;
	e->culprit = item;
	free(e->why);
	e->why = why;
}

static char *count_text(const struct item *item)
{
	long long least = item->least, most = item->most, count = item->count;

	if (most == 0)
		return xasprintf(ngettext("must never be, but was seen %lld time",
					  "must never be, but was seen %lld times",
					  (unsigned long)count),
				 count);
	if (least == most)
		return xasprintf(_("expected %lld of it, found %lld"), least, count);
	return xasprintf(_("expected %lld to %lld of it, found %lld"), least, most, count);
}

static char *explain_count(const struct item *item)
{
	char *count = count_text(item), *place, *text;

	if (!item->found)
		return count;
	place = place_of(item->found);
	text = xasprintf(_("%s; first is %s"), count, place);
	free(place);
	free(count);
	return text;
}

static bool judge_count(struct judge *j, struct expectation *e, struct item *item,
			struct range range)
{
	count_item(j, item, range);
	if (item->count >= item->least && item->count <= item->most)
		return true;
	fail(e, item, explain_count(item));
	return false;
}

static void bind(struct judge *j, const struct item *item)
{
	if (item->name)
		*vec_add(&j->names) = (struct binding){ .name = item->name,
							.name_len = strlen(item->name),
							.event = item->found,
							.counts = item->counts,
							.count = item->count };
}

static bool judge_item(struct judge *j, struct expectation *e, struct item *item, size_t cursor)
{
	struct range range;

	if (!item_range(j, item, cursor, &range)) {
		fail(e, item, xstrdup(_("what it begins or ends at was not found")));
		return false;
	}
	if (item->counts)
		return judge_count(j, e, item, range);
	item->found = search(j, item->expr, range);
	if (!item->found) {
		fail(e, item,
		     explain_nearest(j, e, item, range.from < j->trace->events.n ? range.from : 0));
	} else if (!item->anywhere && index_of(j, item->found) >= j->cursor) {
		j->cursor = index_of(j, item->found) + 1;
	}
	return item->found != NULL;
}

static void judge_block(struct judge *j, struct expectation *e)
{
	size_t start = j->cursor;
	bool good = true;

	e->verdict = HELD;
	for (size_t i = 0; i < e->items.n; i++) {
		if (good)
			good = judge_item(j, e, &e->items.v[i], e->any_order ? start : j->cursor);
		bind(j, &e->items.v[i]);
	}
}

/* <0, 0, >0, comparing as many numbers as `wanted` has: 6.1.192 equals 6.1. */
static int compare_versions(const char *actual, const char *wanted)
{
	long a, b;
	char *end;

	while (*wanted) {
		a = strtol(actual, &end, 10);
		actual = *end == '.' ? end + 1 : end;
		b = strtol(wanted, &end, 10);
		wanted = *end == '.' ? end + 1 : end;
		if (a != b)
			return a < b ? -1 : 1;
		if (*wanted && !isdigit((unsigned char)*wanted))
			break;
	}
	return 0;
}

static bool kernel_fits(const struct expectation *e, const char *release)
{
	int order;

	if (!e->kernel_op || !release)
		return true;
	order = compare_versions(release, e->kernel_version);
	return (strchr(e->kernel_op, '=') && e->kernel_op[0] != '!' && order == 0) ||
	       (strchr(e->kernel_op, '>') && order > 0) ||
	       (strchr(e->kernel_op, '<') && order < 0) || (e->kernel_op[0] == '!' && order != 0);
}

static void skip_block(struct judge *j, struct expectation *e)
{
	e->verdict = SKIPPED;
	free(e->why);
	e->why = xasprintf(_("only for kernel %s %s: %s"), e->kernel_op, e->kernel_version,
			   e->kernel_why);
	for (size_t i = 0; i < e->items.n; i++)
		bind(j, &e->items.v[i]);
}

/* The expectation that stands in no file. */
static void judge_ledger(struct expect *expect, const struct trace *trace)
{
	struct expectation *e = vec_add(&expect->list);
	struct str why = { 0 };

	*e = (struct expectation){
		.sentence =
			xstrdup(_("Every TCP and ARP frame on the wire has its event, and every "
				  "segment sent has its frame.")),
		.verdict = trace->unmatched ? FAILED : HELD,
	};
	if (!trace->unmatched)
		return;
	str_addf(&why, _("%zu unmatched"), trace->unmatched);
	for (size_t i = 0; i < trace->unmatched_list.n; i++)
		str_addf(&why, "\n%s", trace->unmatched_list.v[i]);
	e->why = str_take(&why);
}

static void reset(struct expectation *e)
{
	free(e->why);
	e->why = NULL;
	e->culprit = NULL;
	e->nearest = NULL;
	for (size_t i = 0; i < e->items.n; i++)
		e->items.v[i].found = NULL;
}

void expect_run(struct expect *expect, const struct trace *trace)
{
	struct judge j = { .trace = trace };

	for (size_t i = 0; i < expect->list.n; i++) {
		struct expectation *e = &expect->list.v[i];

		reset(e);
		if (kernel_fits(e, trace->release))
			judge_block(&j, e);
		else
			skip_block(&j, e);
	}
	if (trace->wires.n)
		judge_ledger(expect, trace);
	expect->held = expect->failed = expect->skipped = 0;
	for (size_t i = 0; i < expect->list.n; i++) {
		enum verdict verdict = expect->list.v[i].verdict;

		expect->held += verdict == HELD;
		expect->failed += verdict == FAILED;
		expect->skipped += verdict == SKIPPED;
	}
	vec_free(&j.names);
}
