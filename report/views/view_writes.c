// SPDX-License-Identifier: GPL-2.0-or-later
// Who wrote a field of the kernel's objects, and when it was what.
#include "base/i18n.h"
#include "lines/source.h"
#include "views/view.h"
#include "judge/wrote.h"

#include <stdlib.h>
#include <string.h>

struct told {
	struct table *table;
	const struct request *rq;
	struct shelf shelf;
	int64_t pkt; /* whose changes are told; 0: all stores are */
};

/* What packets carry for a moment only, and no header is made of. */
static bool is_passing(const char *field)
{
	return starts_with(field, "napi_gro_cb.") || starts_with(field, "skb_shared_info.");
}

/* The functions that led to it, of which the last ones tell most. */
static char *chain_said(const struct wrote_row *row)
{
	enum {
		SHOWN = 5
	};
	struct str out = { 0 };
	size_t first = row->chain_n > SHOWN ? row->chain_n - SHOWN : 0;

	for (size_t i = first; i < row->chain_n; i++)
		str_addf(&out, "%s%s", i > first ? " -> " : "", row->chain[i]);
	return str_take_or_null(&out);
}

/* The line's words, with one space between them: how far it is indented says nothing here. */
static char *source_said(struct told *told, const struct wrote_row *row)
{
	struct str out = { 0 };
	char *text;
	size_t len;

	if (!row->line)
		return NULL;
	text = source_line(shelf_take(&told->shelf, told->rq->source, row->path, row->sum),
			   row->line);
	for (const char *word = text; word && *(word += strspn(word, " \t")); word += len) {
		len = strcspn(word, " \t");
		str_add(&out, out.len ? " " : "");
		str_addn(&out, word, len);
	}
	free(text);
	return str_take_or_null(&out);
}

static void row_add(const struct wrote_row *row, void *data)
{
	struct told *told = data;
	struct table *t = told->table;

	if (told->pkt && (row->packet != told->pkt || is_passing(row->field) ||
			  (!row->in_header && text_is(row->before, row->after))))
		return;
	table_events(t, row->event, 0);
	table_int(t, row->icount);
	table_text(t, row->object);
	table_text(t, row->field);
	table_text(t, row->before);
	table_text(t, row->after);
	table_take(t, chain_said(row));
	table_take(t, row->line ? xasprintf("%s:%d", row->path, row->line) : NULL);
	table_take(t, source_said(told, row));
}

static const struct column columns[] = {
	{ .key = "event", .title = N_("after event") },
	{ .key = "icount", .title = N_("instructions") },
	{ .key = "object", .title = N_("object") },
	{ .key = "field", .title = N_("field") },
	{ .key = "before", .title = N_("before") },
	{ .key = "after", .title = N_("after") },
	{ .key = "by", .title = N_("by") },
	{ .key = "line", .title = N_("line") },
	{ .key = "source", .title = N_("source") },
};

void packet_changes(struct doc *doc, const struct request *rq, int64_t id)
{
	struct told told = { .rq = rq, .pkt = id };
	char *why;

	told.table = DOC_TABLE(doc, "changes", columns,
			       N_("What was written into its headers, and what changed in it"));
	why = wrote_walk(rq->trace, "*", NULL, row_add, &told);
	/* a run that has recorded none has its events nevertheless */
	if (!told.table->cells.n)
		doc_drop(doc);
	free(why);
	shelf_free(&told.shelf);
}

void view_writes(struct doc *doc, const struct request *rq)
{
	struct told told = { .table = DOC_TABLE(doc, "writes", columns, ""), .rq = rq };
	char *why = wrote_walk(rq->trace, rq->argument, &doc->refused, row_add, &told);

	free(told.table->title);
	told.table->title = xasprintf(_("Stores into %s"), rq->argument);
	if (why)
		table_note(told.table, "%s", why);
	else if (!told.table->cells.n)
		table_note(told.table, _("no store went into %s"), rq->argument);
	free(why);
	shelf_free(&told.shelf);
}
