// SPDX-License-Identifier: GPL-2.0-or-later
// Which lines of a function ran in one call of it, and how often: its source with marks.
#include "base/i18n.h"
#include "views/lines_call.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

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

/* A call that is shown. */
struct shown {
	struct lines_asked asked;
	const struct lines_table *table;
	struct lines_found found;
};

static void own_lines(struct doc *doc, const struct request *rq, const struct shown *shown)
{
	static const struct column columns[] = {
		{ .key = "order", .title = N_("first") },
		{ .key = "count", .title = N_("times") },
		{ .key = "line", .title = N_("line") },
		{ .key = "source", .title = N_("source") },
		{ .key = "jumps", .title = N_("jumped") },
	};
	const struct lines_call *call = &shown->found.call;
	const char *path = lines_path(shown->table, call->file);
	struct table *t = DOC_TABLE(doc, "lines", columns, "");
	struct source source;

	free(t->title);
	t->title = xasprintf(shown->asked.ev ? _("%s (%s) in the call of event %s, instructions "
						 "%lld to %lld")
					     : _("%s (%s) in the call %s, instructions %lld to "
						 "%lld"),
			     call->name, path, shown->asked.word, (long long)shown->found.enter,
			     (long long)shown->found.leave);
	source_open(&source, rq->source, path, lines_sum(shown->table, call->file));
	for (int line = call->first, last = source_closing(&source, call->last); line <= last;
	     line++) {
		const struct lines_line *found = lines_line_find(call, 0, call->file, line);

		if (!found && source.state != SOURCE_SAME)
			continue;
		count_add(t, found);
		table_int(t, line);
		table_take(t, lines_source(&source, line));
		table_take(t, jumps_said(shown->table, call, 0, call->file, line));
	}
	lines_source_note(t, &source, path);
	source_free(&source);
}

static void inlined_line(struct table *t, const struct request *rq, const struct shown *shown,
			 const struct lines_line *line)
{
	const struct lines_call *call = &shown->found.call;
	const char *path = lines_path(shown->table, line->file);
	struct source source;

	source_open(&source, rq->source, path, lines_sum(shown->table, line->file));
	count_add(t, line);
	table_text(t, call->scopes.v[line->scope].name);
	table_take(t, called_from(shown->table, call, line->scope));
	table_take(t, xasprintf("%s:%d", path, line->line));
	table_take(t, lines_source(&source, line->line));
	table_take(t, jumps_said(shown->table, call, line->scope, line->file, line->line));
	source_free(&source);
}

/* Whether a line stands between the function's first and last one. DWARF may give it others, of what is inlined. */
static bool is_own(const struct lines_call *call, const struct lines_line *line)
{
	return !line->scope && line->file == call->file && line->line >= call->first;
}

/* What is inlined, each line. */
static void inlined_lines(struct doc *doc, const struct request *rq, const struct shown *shown)
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
	const struct lines_call *call = &shown->found.call;

	for (size_t i = 0; i < call->lines.n; i++)
		if (!is_own(call, &call->lines.v[i]))
			inlined_line(t, rq, shown, &call->lines.v[i]);
}

static void nothing(struct doc *doc, char *why)
{
	static const struct column columns[] = { { .key = "line", .title = N_("line") } };
	struct table *t = DOC_TABLE(doc, "lines", columns, N_("Lines"));

	table_note(t, "%s", why);
	free(why);
}

/* What was asked for is not in this run. */
static void refuse(struct doc *doc, char *why)
{
	nothing(doc, why);
	doc->refused = true;
}

static void call_show(struct doc *doc, const struct request *rq, struct shown *shown)
{
	enum ran_end end = lines_find(rq->trace, shown->table, &shown->asked, &shown->found);
	char *said = ran_end_said(end);

	if (shown->found.is) {
		own_lines(doc, rq, shown);
		inlined_lines(doc, rq, shown);
		lines_call_free(&shown->found.call);
	} else {
		nothing(doc, lines_missing(&shown->asked));
	}
	if (said)
		table_note(&doc->tables.v[0], "%s", said);
	free(said);
}

static void one_show(struct doc *doc, const struct request *rq, const struct lines_table *table)
{
	struct shown shown = { .table = table };
	char *why = lines_asked_read(&shown.asked, rq->trace, table, rq->argument,
				     strlen(rq->argument));

	if (why)
		refuse(doc, why);
	else
		call_show(doc, rq, &shown);
	lines_asked_free(&shown.asked);
}

/* That of a function, and not of some of its calls. */
static bool is_name(const char *asked)
{
	return (isalpha((unsigned char)*asked) || *asked == '_') && !strpbrk(asked, "#,");
}

void view_lines(struct doc *doc, const struct request *rq)
{
	char *damaged;
	struct lines_table *table = lines_table_open(rq->trace->folder, &damaged);

	if (damaged)
		nothing(doc, damaged);
	else if (!table)
		nothing(doc, ran_end_said(RAN_NONE));
	else if (!strchr(rq->argument, ',') && !is_name(rq->argument))
		one_show(doc, rq, table);
	else if (lines_beside(doc, rq, table) && is_name(rq->argument))
		lines_recorded(doc, rq, table, rq->argument);
	lines_table_close(table);
}
