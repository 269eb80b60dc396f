// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of calls that the plugin engine has followed (TREE=FUNCTION): RUN/tree.jsonl, indented.
#include "base/i18n.h"
#include "views/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ALIKE = 3, /* calls of one function after each other, from one place: more are one row */
	/* frames that fit on a kernel stack of 16 KiB: a return address and a frame pointer each */
	DEEPEST = 16384 / 16,
};

struct call {
	struct event ev;
	int64_t depth;
	size_t end; /* behind it and all that it called */
};

struct calls {
	char *text;
	size_t len;
	struct names *names;
	size_t wrong; /* lines that are no call */
	VEC(struct call) list; /* in the order of their entry: a call, and then what it called */
};

/* Rows that come when the calls below one have been shown: those alike behind it, folded into one. */
struct fold {
	size_t from, to, count;
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

/* Adds a call; gives NULL, or why it is none. */
static const char *call_read(struct calls *calls, const char *line, size_t len, const char **what)
{
	int64_t deepest = calls->list.n ? calls->list.v[calls->list.n - 1].depth + 1 : 0;
	struct call call = { 0 };
	const char *reason = event_read(&call.ev, line, len, calls->names, what);

	if (reason)
		return reason;
	*what = call.ev.fn ? "depth" : "fn";
	call.depth = event_int(&call.ev, "depth", -1);
	if (!call.ev.fn)
		return N_("missing field");
	if (call.depth < 0 || call.depth > deepest || call.depth > DEEPEST)
		return N_("no depth that a call behind the one before can have:");
	*vec_add(&calls->list) = call;
	return NULL;
}

/* Adds a line to the list, or says in a note why it is none. */
static void line_read(struct calls *calls, struct table *t, const char *line, size_t len,
		      size_t number)
{
	struct json value;
	const char *what = NULL, *reason = json_parse(line, len, &value);

	if (!reason && (json_is(json_get(value, "type", 4), "meta") ||
			json_is(json_get(value, "type", 4), "end")))
		return;
	if (!reason)
		reason = call_read(calls, line, len, &what);
	if (reason && calls->wrong++ < PROBLEMS_KEPT)
		table_note(t, "tree.jsonl:%zu: %s%s%s", number, _(reason), what ? " " : "",
			   what ? what : "");
}

/* A call ends where the next one of its depth, or of one above, begins. */
static void find_ends(struct calls *calls)
{
	size_t open[DEEPEST + 2], depths = 0; /* the calls that have not ended, by depth */

	for (size_t i = 0; i < calls->list.n; i++) {
		while (depths > (size_t)calls->list.v[i].depth)
			calls->list.v[open[--depths]].end = i;
		open[depths++] = i;
	}
	while (depths)
		calls->list.v[open[--depths]].end = calls->list.n;
}

static bool calls_open(struct calls *calls, struct table *t, const char *folder)
{
	char *path = xasprintf("%s/tree.jsonl", folder);
	size_t len, number = 0;

	*calls = (struct calls){ .text = file_read(path, &len), .names = names_new() };
	calls->len = len;
	for (const char *line = calls->text, *end; line && line < calls->text + len;
	     line = end + 1) {
		end = memchr(line, '\n', (size_t)(calls->text + len - line));
		if (!end) /* cut off while it was written */
			break;
		line_read(calls, t, line, (size_t)(end - line), ++number);
	}
	if (calls->wrong > PROBLEMS_KEPT)
		table_note(t, _("tree.jsonl: %zu more lines are no calls"),
			   calls->wrong - PROBLEMS_KEPT);
	find_ends(calls);
	free(path);
	return calls->text != NULL;
}

static void calls_close(struct calls *calls)
{
	names_free(calls->names);
	vec_free(&calls->list);
	free(calls->text);
}

/* The calls from `first` on that follow each other, call the same and come from the same; how many, and their end. */
static size_t alike(const struct calls *calls, size_t first, size_t *end)
{
	const struct call *call = &calls->list.v[first];
	size_t count = 0;

	*end = first;
	while (*end < calls->list.n) {
		const struct call *other = &calls->list.v[*end];

		if (other->depth != call->depth || other->ev.fn != call->ev.fn ||
		    other->ev.parent != call->ev.parent || other->ev.type != call->ev.type)
			break;
		*end = calls->list.v[*end].end;
		count++;
	}
	return count;
}

struct sums {
	int64_t self, total, interrupts, away;
};

static void sums_add(struct sums *sums, const struct event *ev)
{
	sums->self = add_within(sums->self, event_int(ev, "self", 0));
	sums->total = add_within(sums->total, event_int(ev, "total", 0));
	sums->interrupts = add_within(sums->interrupts, event_int(ev, "interrupts", 0));
	sums->away = add_within(sums->away, event_int(ev, "away", 0));
}

static void add_row(struct table *t, const struct call *call, const struct sums *sums, size_t more)
{
	const struct event *ev = &call->ev;
	struct str what = { 0 };

	str_addf(&what, "%s%s", strcmp(ev->type, "tree.interrupt") ? "" : "==> ", ev->fn);
	if (more)
		str_addf(&what, _(" ... %zu more"), more);
	table_int(t, sums->total);
	table_int(t, sums->self);
	table_int(t, sums->interrupts);
	table_int(t, sums->away);
	table_take_indented(t, (int)call->depth, str_take(&what));
	if (more)
		table_null(t);
	else
		table_json(t, event_get(ev, "enter"));
}

/* One row for the calls alike. */
static void add_fold(struct table *t, const struct calls *calls, const struct fold *fold)
{
	struct sums sums = { 0 };

	for (size_t i = fold->from; i < fold->to; i = calls->list.v[i].end)
		sums_add(&sums, &calls->list.v[i].ev);
	add_row(t, &calls->list.v[fold->from], &sums, fold->count);
}

static void add_call(struct table *t, const struct call *call)
{
	const struct event *ev = &call->ev;
	struct sums sums = { 0 };

	sums_add(&sums, ev);
	add_row(t, call, &sums, 0);
	if (event_get(ev, "leave").kind == JSON_NULL)
		table_note(t, _("%s had not returned when the run ended"), ev->fn);
}

/* All calls with what they called; of many alike the first is shown, and the others are one row. */
static void add_calls(struct table *t, const struct calls *calls)
{
	VEC(struct fold) folds = { 0 };
	size_t i = 0, count, alike_end;

	while (i < calls->list.n || folds.n) {
		if (folds.n && folds.v[folds.n - 1].from == i) {
			add_fold(t, calls, &folds.v[--folds.n]);
			i = folds.v[folds.n].to;
			continue;
		}
		add_call(t, &calls->list.v[i]);
		count = alike(calls, i, &alike_end);
		if (count > ALIKE)
			*vec_add(&folds) =
				(struct fold){ calls->list.v[i].end, alike_end, count - 1 };
		i++;
	}
	vec_free(&folds);
}

/* Those that pass the filter, each in a row of its own. */
static void add_filtered(struct table *t, const struct request *rq, const struct calls *calls)
{
	for (size_t i = 0; i < calls->list.n; i++)
		if (expr_holds(rq->filter, &calls->list.v[i].ev, NULL))
			add_call(t, &calls->list.v[i]);
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
	const char *end = calls->text + calls->len, *line = end - (calls->len != 0);
	struct json value;

	while (line > calls->text && line[-1] != '\n')
		line--;
	if (json_parse(line, (size_t)(end - line), &value) ||
	    !json_is(json_get(value, "type", 4), "end")) {
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
			add_calls(t, &calls);
		note_end(t, &calls);
	} else {
		table_note(t, _("no tree of calls was followed: make lab TREE=FUNCTION"));
	}
	calls_close(&calls);
}
