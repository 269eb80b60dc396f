// SPDX-License-Identifier: GPL-2.0-or-later
// Tables of cells, which a view fills and every output form can write.
#include "base/table.h"
#include "base/i18n.h"

#include <stdlib.h>

struct table *doc_table(struct doc *doc, const char *key, const struct column *columns,
			size_t width, const char *title)
{
	struct table *t = vec_add(&doc->tables);

	*t = (struct table){
		.key = key, .title = xstrdup(title), .columns = columns, .width = width
	};
	return t;
}

static void table_free(struct table *t)
{
	for (size_t i = 0; i < t->cells.n; i++)
		free(t->cells.v[i].text);
	for (size_t i = 0; i < t->notes.n; i++)
		free(t->notes.v[i]);
	vec_free(&t->cells);
	vec_free(&t->notes);
	free(t->title);
	free(t->own);
	free(t->words);
}

void doc_drop(struct doc *doc)
{
	table_free(&doc->tables.v[--doc->tables.n]);
}

void doc_free(struct doc *doc)
{
	for (size_t i = 0; i < doc->tables.n; i++)
		table_free(&doc->tables.v[i]);
	vec_free(&doc->tables);
}

void table_take(struct table *t, char *text)
{
	*vec_add(&t->cells) = (struct cell){ .kind = text ? CELL_TEXT : CELL_NULL, .text = text };
}

void table_text(struct table *t, const char *text)
{
	table_take(t, text ? xstrdup(text) : NULL);
}

void table_take_indented(struct table *t, int depth, char *text)
{
	struct str indented = { 0 };
	struct cell *cell;

	str_fill(&indented, "  ", depth);
	str_add(&indented, text);
	free(text);
	table_take(t, str_take(&indented));
	cell = &t->cells.v[t->cells.n - 1];
	cell->depth = depth;
	cell->plain = cell->text + 2 * (size_t)depth;
}

void table_events(struct table *t, int64_t first, int64_t second)
{
	struct cell *cell;

	table_take(t, !first	? NULL
		      : !second ? xasprintf("%lld", (long long)first)
				: xasprintf("%lld %lld", (long long)first, (long long)second));
	cell = &t->cells.v[t->cells.n - 1];
	cell->events[0] = first;
	cell->events[1] = second;
}

void table_int(struct table *t, int64_t number)
{
	*vec_add(&t->cells) = (struct cell){ .kind = CELL_NUMBER, .number = number };
}

void table_bool(struct table *t, bool value)
{
	*vec_add(&t->cells) = (struct cell){ .kind = CELL_BOOL, .number = value };
}

void table_null(struct table *t)
{
	*vec_add(&t->cells) = (struct cell){ .kind = CELL_NULL };
}

void table_json(struct table *t, struct json v)
{
	int64_t number;

	if (json_int(v, &number))
		table_int(t, number);
	else if (v.kind == JSON_BOOL)
		table_bool(t, json_true(v));
	else
		table_take(t, json_dup(v));
}

void table_note(struct table *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	*vec_add(&t->notes) = xvasprintf(format, args);
	va_end(args);
}

size_t table_rows(const struct table *t)
{
	return t->cells.n / t->width;
}

void table_cut(struct table *t, size_t most)
{
	size_t rows = table_rows(t);

	if (rows <= most)
		return;
	for (size_t i = most * t->width; i < t->cells.n; i++)
		free(t->cells.v[i].text);
	t->cells.n = most * t->width;
	table_note(t, _("Only the first %zu of %zu rows are shown here."), most, rows);
}

const struct cell *table_cell(const struct table *t, size_t row, size_t column)
{
	return &t->cells.v[row * t->width + column];
}

const char *cell_text(const struct cell *cell, char buffer[24])
{
	switch (cell->kind) {
	case CELL_NULL:
		return "-";
	case CELL_TEXT:
		return cell->text;
	case CELL_BOOL:
		return cell->number ? _("yes") : _("no");
	case CELL_NUMBER:
		break;
	}
	snprintf(buffer, 24, "%lld", (long long)cell->number);
	return buffer;
}
