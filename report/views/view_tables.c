// SPDX-License-Identifier: GPL-2.0-or-later
// Views that list events: the tables that their types have.
#include "base/i18n.h"
#include "views/view.h"

#include <stdlib.h>
#include <string.h>

static void fill_row(struct table *t, const struct event_table *list, const struct telling *of)
{
	for (size_t i = 0; i < list->width; i++) {
		const struct column *c = &list->columns[i];

		if (c->fill)
			c->fill(of, t);
		else
			table_json(t, event_get(of->ev, c->path));
	}
}

static void fill_table(struct doc *doc, const struct request *rq, const struct event_table *list)
{
	struct table *t = doc_table(doc, list->key, list->columns, list->width, list->title);

	for (size_t i = 0; i < request_events(rq); i++) {
		struct telling of = { rq->trace, &rq->trace->events.v[i] };

		if (of.ev->row->table == list && request_wants(rq, of.ev))
			fill_row(t, list, &of);
	}
	if (!t->cells.n && list->only_with_rows)
		doc_drop(doc);
	else if (!t->cells.n)
		table_note(t, "%s",
			   rq->filter ? _("no such event passes the filter")
				      : _("no such event in this run"));
}

/* The view's table at that place, or NULL. */
static const struct event_table *table_at(const char *view, int place)
{
	const struct event_type *type;

	for (size_t i = 0; (type = type_at(i)); i++)
		if (type->table->place == place && text_is(type->table->view, view))
			return type->table;
	return NULL;
}

static void fill_view(struct doc *doc, const struct request *rq, const char *view)
{
	const struct event_table *list;

	for (int place = 1; (list = table_at(view, place)); place++)
		fill_table(doc, rq, list);
}

void view_segments(struct doc *doc, const struct request *rq)
{
	fill_view(doc, rq, "segments");
}

void view_states(struct doc *doc, const struct request *rq)
{
	fill_view(doc, rq, "states");
}

void view_queues(struct doc *doc, const struct request *rq)
{
	fill_view(doc, rq, "queues");
}

void view_syscalls(struct doc *doc, const struct request *rq)
{
	fill_view(doc, rq, "syscalls");
}

void view_functions(struct doc *doc, const struct request *rq)
{
	fill_view(doc, rq, "functions");
}

void view_routes(struct doc *doc, const struct request *rq)
{
	fill_view(doc, rq, "routes");
}

void view_neighbours(struct doc *doc, const struct request *rq)
{
	fill_view(doc, rq, "neighbours");
}

/* Columns that the user names, "netns,old,new". */
void view_fields(struct doc *doc, const struct request *rq)
{
	size_t width = 1;
	char *words = xstrdup(rq->argument), *word = words;
	struct column *columns;
	struct table *t;

	for (const char *p = words; *p; p++)
		width += *p == ',';
	columns = xcalloc(width, sizeof(*columns));
	for (size_t i = 0; i < width; i++, word += strlen(word) + 1) {
		word[strcspn(word, ",")] = '\0';
		columns[i] = (struct column){ .key = word, .title = word, .path = word };
	}
	t = doc_table(doc, "fields", columns, width, _("Events"));
	t->own = columns;
	t->words = words;
	for (size_t i = 0; i < request_events(rq); i++)
		for (size_t c = 0; request_wants(rq, &rq->trace->events.v[i]) && c < width; c++)
			table_json(t, event_get(&rq->trace->events.v[i], columns[c].path));
}
