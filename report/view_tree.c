// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of calls that the plugin engine has followed (TREE=FUNCTION): RUN/tree.jsonl, indented.
#include "i18n.h"
#include "view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ALIKE = 3 /* calls of one function after each other, from one place: more are one row */
};

struct call {
	struct event ev;
	int64_t depth;
};

struct calls {
	char *text;
	struct names *names;
	VEC(struct call) list; /* in the order of their entry: a call, and then what it called */
};

static char *file_read(const char *path, size_t *len)
{
	FILE *file = fopen(path, "r");
	struct str text = { 0 };
	char part[65536];
	size_t got;

	*len = 0;
	if (!file)
		return NULL;
	while ((got = fread(part, 1, sizeof(part), file)))
		str_addn(&text, part, got);
	fclose(file);
	*len = text.len;
	return str_take(&text);
}

/* Adds a line to the list, or says in a note why it is none. */
static void line_read(struct calls *calls, struct table *t, const char *line, size_t len,
		      size_t number)
{
	struct json value;
	struct event ev;
	const char *what = NULL, *reason = json_parse(line, len, &value);

	if (!reason && (json_is(json_get(value, "type", 4), "meta") ||
			json_is(json_get(value, "type", 4), "end")))
		return;
	if (!reason)
		reason = event_read(&ev, line, len, calls->names, &what);
	if (!reason)
		*vec_add(&calls->list) = (struct call){ ev, event_int(&ev, "depth", 0) };
	else
		table_note(t, "tree.jsonl:%zu: %s%s%s", number, reason, what ? " " : "",
			   what ? what : "");
}

static bool calls_open(struct calls *calls, struct table *t, const char *folder)
{
	char *path = xasprintf("%s/tree.jsonl", folder);
	size_t len, number = 0;

	*calls = (struct calls){ .text = file_read(path, &len), .names = names_new() };
	for (const char *line = calls->text, *end; line && line < calls->text + len;
	     line = end + 1) {
		end = memchr(line, '\n', (size_t)(calls->text + len - line));
		if (!end) /* cut off while it was written */
			break;
		line_read(calls, t, line, (size_t)(end - line), ++number);
	}
	free(path);
	return calls->text != NULL;
}

static void calls_close(struct calls *calls)
{
	names_free(calls->names);
	vec_free(&calls->list);
	free(calls->text);
}

/* Behind a call and all that it called. */
static size_t call_end(const struct calls *calls, size_t i)
{
	int64_t depth = calls->list.v[i].depth;

	do
		i++;
	while (i < calls->list.n && calls->list.v[i].depth > depth);
	return i;
}

/* The calls from `first` on that follow each other, call the same and come from the same; how many, and their end. */
static size_t alike(const struct calls *calls, size_t first, size_t *end)
{
	const struct event *ev = &calls->list.v[first].ev;
	size_t count = 0;

	*end = first;
	while (*end < calls->list.n) {
		const struct event *other = &calls->list.v[*end].ev;

		if (other->fn != ev->fn || other->parent != ev->parent || other->type != ev->type)
			break;
		*end = call_end(calls, *end);
		count++;
	}
	return count;
}

struct sums {
	int64_t self, total, interrupts, away;
};

static void sums_add(struct sums *sums, const struct event *ev)
{
	sums->self += event_int(ev, "self", 0);
	sums->total += event_int(ev, "total", 0);
	sums->interrupts += event_int(ev, "interrupts", 0);
	sums->away += event_int(ev, "away", 0);
}

static void add_row(struct table *t, const struct event *ev, const struct sums *sums, size_t more)
{
	struct str what = { 0 };

	str_fill(&what, "  ", (int)event_int(ev, "depth", 0));
	str_addf(&what, "%s%s", strcmp(ev->type, "tree.interrupt") ? "" : "==> ", ev->fn);
	if (more)
		str_addf(&what, _(" ... %zu more"), more);
	table_int(t, sums->total);
	table_int(t, sums->self);
	table_int(t, sums->interrupts);
	table_int(t, sums->away);
	table_take(t, str_take(&what));
	if (more)
		table_null(t);
	else
		table_field(t, ev, "enter");
}

/* One row for the calls alike from `first` on, up to `end`. */
static void add_fold(struct table *t, const struct calls *calls, size_t first, size_t end,
		     size_t count)
{
	struct sums sums = { 0 };

	for (size_t i = first; i < end; i = call_end(calls, i))
		sums_add(&sums, &calls->list.v[i].ev);
	add_row(t, &calls->list.v[first].ev, &sums, count);
}

static void add_call(struct table *t, const struct event *ev)
{
	struct sums sums = { 0 };

	sums_add(&sums, ev);
	add_row(t, ev, &sums, 0);
	if (event_get(ev, "leave").kind == JSON_NULL)
		table_note(t, _("%s had not returned when the run ended"), ev->fn);
}

/* Calls from `i` up to `end`, with what they called; of many alike the first is shown, and the others are one row. */
static void add_calls(struct table *t, const struct calls *calls, size_t i, size_t end)
{
	while (i < end) {
		size_t alike_end, count = alike(calls, i, &alike_end), behind = call_end(calls, i);

		add_call(t, &calls->list.v[i].ev);
		add_calls(t, calls, i + 1, behind);
		if (count > ALIKE)
			add_fold(t, calls, behind, alike_end, count - 1);
		i = count > ALIKE ? alike_end : behind;
	}
}

/* Those that pass the filter, each in a row of its own. */
static void add_filtered(struct table *t, const struct request *rq, const struct calls *calls)
{
	for (size_t i = 0; i < calls->list.n; i++)
		if (expr_holds(rq->filter, &calls->list.v[i].ev, NULL))
			add_call(t, &calls->list.v[i].ev);
}

/* What the last line of the file says is missing. */
static void note_end(struct table *t, const struct calls *calls)
{
	static const struct {
		const char *key;
		size_t len;
		const char *sentence;
	} said[] = {
		{ "unlisted", 8,
		  N_("%lld more calls are not listed: their instructions count for their "
		     "callers") },
		{ "missed", 6, N_("%lld more calls of the root were not followed") },
	};
	size_t len = strlen(calls->text);
	const char *line = calls->text + (len ? len - 1 : 0);
	struct json value;

	while (line > calls->text && line[-1] != '\n')
		line--;
	if (json_parse(line, strlen(line), &value) || !json_is(json_get(value, "type", 4), "end")) {
		table_note(t, _("the file is cut off: QEMU did not end by itself"));
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		int64_t number = 0;

		if (json_int(json_get(value, said[i].key, said[i].len), &number) && number)
			table_note(t, _(said[i].sentence), (long long)number);
	}
}

void view_tree(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "total", .title = N_("instructions") },
		{ .key = "self", .title = N_("own") },
		{ .key = "interrupts", .title = N_("interrupts") },
		{ .key = "away", .title = N_("away") },
		{ .key = "call", .title = N_("call") },
		{ .key = "enter", .title = N_("from instruction") },
	};
	struct table *t = DOC_TABLE(doc, "tree", columns, N_("The tree of calls"));
	struct calls calls;

	if (calls_open(&calls, t, rq->trace->folder)) {
		if (rq->filter)
			add_filtered(t, rq, &calls);
		else
			add_calls(t, &calls, 0, calls.list.n);
		note_end(t, &calls);
	} else {
		table_note(t, _("no tree of calls was followed: make lab TREE=FUNCTION"));
	}
	calls_close(&calls);
}
