// SPDX-License-Identifier: GPL-2.0-or-later
// Which lines of a function ran in one call of it, and how often: its source with marks.
#include "base/i18n.h"
#include "lines/source.h"
#include "lines/table.h"
#include "views/view.h"

#include <stdlib.h>
#include <string.h>

/* What the request is about: a call, by its event. */
struct search {
	const struct event *ev;
	int64_t icount;
	const struct lines_table *table;
	bool found;
	struct lines_call call;
	int64_t enter, leave;
};

/* Whether a call is that of the event: it begins there, or ends, or the event lies in it. The innermost one is taken. */
static bool is_of(const struct search *search, const struct ran_call *ran)
{
	if (text_is(search->ev->at, "enter"))
		return ran->enter == search->icount;
	if (text_is(search->ev->at, "return"))
		return ran->leave == search->icount;
	return ran->enter <= search->icount && (ran->leave < 0 || search->icount <= ran->leave);
}

static bool call_look(const struct ran_call *ran, void *data)
{
	struct search *search = data;
	struct lines_call call;

	if (!is_of(search, ran) || (search->found && ran->enter < search->enter))
		return true;
	if (!lines_of(search->table, ran, &call) ||
	    (!text_is(search->ev->at, "line") && !text_is(call.name, search->ev->fn))) {
		lines_call_free(&call);
		return true;
	}
	if (search->found)
		lines_call_free(&search->call);
	search->found = true;
	search->call = call;
	search->enter = ran->enter;
	search->leave = ran->leave;
	return text_is(search->ev->at, "line");
}

/* Without its folders. */
static const char *name_of(const char *path)
{
	return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

/* "1/3 -> 6172", it has jumped once of three times to the code of that line: each conditional jump of a line. */
static char *jumps_said(const struct lines_table *table, const struct lines_call *call,
			size_t scope, size_t file, int line)
{
	struct str out = { 0 };

	for (size_t i = 0; i < call->jumps.n; i++) {
		const struct lines_jump *jump = &call->jumps.v[i];

		if (jump->scope != scope || jump->file != file || jump->line != line)
			continue;
		str_addf(&out, out.len ? ", " : "");
		str_addf(&out, "%u/%u", jump->jumped, jump->count);
		if (jump->to_line && jump->to_line != line)
			str_addf(&out, " -> %s%s%d",
				 jump->to_file == file ? ""
						       : name_of(lines_path(table, jump->to_file)),
				 jump->to_file == file ? "" : ":", jump->to_line);
	}
	return str_take_or_null(&out);
}

/* The place where an inlined function is called, and where that one is, to the outermost. */
static char *called_from(const struct lines_table *table, const struct lines_call *call,
			 size_t scope)
{
	struct str out = { 0 };

	while (scope) {
		const struct lines_scope *here = &call->scopes.v[scope];

		str_addf(&out, "%s%s:%d", out.len ? " < " : "",
			 name_of(lines_path(table, here->call_file)), here->call_line);
		scope = here->parent < scope ? here->parent : 0;
	}
	return str_take_or_null(&out);
}

static void count_add(struct table *t, const struct lines_line *line)
{
	if (line && line->order)
		table_int(t, (int64_t)line->order);
	else
		table_null(t);
	if (line)
		table_int(t, line->count);
	else
		table_null(t);
}

/* Tabs become spaces, as far as a source is indented. */
static char *text_indented(char *text)
{
	struct str out = { 0 };

	for (const char *c = text; text && *c; c++)
		str_add(&out, *c == '\t' ? "    " : (const char[]){ *c, '\0' });
	free(text);
	return str_take(&out);
}

static const struct lines_line *line_find(const struct lines_call *call, size_t scope, size_t file,
					  int line)
{
	for (size_t i = 0; i < call->lines.n; i++) {
		const struct lines_line *here = &call->lines.v[i];

		if (here->scope == scope && here->file == file && here->line == line)
			return here;
	}
	return NULL;
}

static void source_note(struct table *t, const struct source *source, const char *path)
{
	if (source->state == SOURCE_GONE)
		table_note(t,
			   _("the kernel's source is not at hand (%s): lines are shown by their "
			     "numbers; --source=DIR names it"),
			   path);
	if (source->state == SOURCE_CHANGED)
		table_note(t,
			   _("%s has changed since the run was made: its lines are shown by their "
			     "numbers"),
			   path);
}

static void own_lines(struct doc *doc, const struct request *rq, const struct search *search)
{
	static const struct column columns[] = {
		{ .key = "order", .title = N_("first") },
		{ .key = "count", .title = N_("times") },
		{ .key = "line", .title = N_("line") },
		{ .key = "source", .title = N_("source") },
		{ .key = "jumps", .title = N_("jumped") },
	};
	const struct lines_call *call = &search->call;
	const char *path = lines_path(search->table, call->file);
	struct table *t = DOC_TABLE(doc, "lines", columns, "");
	struct source source;

	free(t->title);
	t->title = xasprintf(_("%s (%s) in the call of event %lld, instructions %lld to %lld"),
			     call->name, path, (long long)search->ev->n, (long long)search->enter,
			     (long long)search->leave);
	source_open(&source, rq->source, path, lines_sum(search->table, call->file));
	for (int line = call->first; line <= call->last; line++) {
		const struct lines_line *found = line_find(call, 0, call->file, line);

		if (!found && source.state != SOURCE_SAME)
			continue;
		count_add(t, found);
		table_int(t, line);
		table_take(t, text_indented(source_line(&source, line)));
		table_take(t, jumps_said(search->table, call, 0, call->file, line));
	}
	source_note(t, &source, path);
	source_free(&source);
}

static void inlined_line(struct table *t, const struct request *rq, const struct search *search,
			 const struct lines_line *line)
{
	const struct lines_call *call = &search->call;
	const char *path = lines_path(search->table, line->file);
	struct source source;

	source_open(&source, rq->source, path, lines_sum(search->table, line->file));
	count_add(t, line);
	table_text(t, call->scopes.v[line->scope].name);
	table_take(t, called_from(search->table, call, line->scope));
	table_take(t, xasprintf("%s:%d", path, line->line));
	table_take(t, text_indented(source_line(&source, line->line)));
	table_take(t, jumps_said(search->table, call, line->scope, line->file, line->line));
	source_free(&source);
}

/* Whether a line stands between the function's first and last one. DWARF may give it others, of what is inlined. */
static bool is_own(const struct lines_call *call, const struct lines_line *line)
{
	return !line->scope && line->file == call->file && line->line >= call->first;
}

/* What is inlined, each line. */
static void inlined_lines(struct doc *doc, const struct request *rq, const struct search *search)
{
	static const struct column columns[] = {
		{ .key = "order", .title = N_("first") },
		{ .key = "count", .title = N_("times") },
		{ .key = "function", .title = N_("function") },
		{ .key = "from", .title = N_("called at") },
		{ .key = "line", .title = N_("line") },
		{ .key = "source", .title = N_("source") },
		{ .key = "jumps", .title = N_("jumped") },
	};
	struct table *t =
		DOC_TABLE(doc, "inlined", columns, N_("Functions that are inlined into it"));
	const struct lines_call *call = &search->call;

	for (size_t i = 0; i < call->lines.n; i++)
		if (!is_own(call, &call->lines.v[i]))
			inlined_line(t, rq, search, &call->lines.v[i]);
}

static const struct event *event_asked(const struct request *rq)
{
	char *end;
	long long n = rq->argument ? strtoll(rq->argument, &end, 10) : 0;

	if (!rq->argument || *end || end == rq->argument)
		return NULL;
	for (size_t i = 0; i < rq->trace->events.n; i++)
		if (rq->trace->events.v[i].n == n)
			return &rq->trace->events.v[i];
	return NULL;
}

static void nothing(struct doc *doc, char *why)
{
	static const struct column columns[] = { { .key = "line", .title = N_("line") } };
	struct table *t = DOC_TABLE(doc, "lines", columns, N_("Lines"));

	table_note(t, "%s", why);
	free(why);
}

static void call_show(struct doc *doc, const struct request *rq, struct search *search)
{
	enum ran_end end = ran_walk(rq->trace->folder, call_look, search);
	char *said = ran_end_said(end);

	if (search->found) {
		own_lines(doc, rq, search);
		inlined_lines(doc, rq, search);
		lines_call_free(&search->call);
	} else {
		nothing(doc,
			xasprintf(_("event %lld (%s) lies in no call whose lines were recorded: "
				    "make lab LINES=%s"),
				  (long long)search->ev->n, search->ev->fn, search->ev->fn));
	}
	if (said)
		table_note(&doc->tables.v[0], "%s", said);
	free(said);
}

void view_lines(struct doc *doc, const struct request *rq)
{
	char *damaged;
	struct lines_table *table = lines_table_open(rq->trace->folder, &damaged);
	struct search search = { .ev = event_asked(rq), .table = table };

	if (search.ev)
		search.icount = event_int(search.ev, "icount", -1);
	if (damaged)
		nothing(doc, damaged);
	else if (!search.ev)
		nothing(doc, xasprintf(_("no event '%s' in this run, which has %zu"), rq->argument,
				       rq->trace->events.n));
	else if (!table)
		nothing(doc, ran_end_said(RAN_NONE));
	else
		call_show(doc, rq, &search);
	lines_table_close(table);
}
