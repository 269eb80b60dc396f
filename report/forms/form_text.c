// SPDX-License-Identifier: GPL-2.0-or-later
// Writes tables to a terminal with libsmartcols: aligned, wrapped, made safe.
#include "base/i18n.h"
#include "views/view.h"

#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

/*
 * libsmartcols aligns, with the columns that East Asian letters take. What it does not do well is
 * decided here: it takes the width from every column that may wrap, so that a number of three
 * digits stands on three lines, and breaks within words. So the widths are shared out first, the
 * widest column giving way, and the cells come to it broken at words.
 */
enum {
	GAP = 2,
	LEAST_WRAPPED = 20
};

struct grid {
	const struct table *table;
	const struct style *style;
	int *widths;
};

static char *safe_cell(const struct grid *g, size_t row, size_t column)
{
	struct str out = { 0 };
	char number[24];

	text_safe(&out, cell_text(table_cell(g->table, row, column), number), g->style->utf8);
	return str_take(&out);
}

static int longest_line(const char *text)
{
	int longest = 0;

	for (const char *end; *text; text = *end ? end + 1 : end) {
		char *line;
		int width;

		end = text + strcspn(text, "\n");
		line = xstrndup(text, (size_t)(end - text));
		width = text_width(line);
		longest = width > longest ? width : longest;
		free(line);
	}
	return longest;
}

static int natural_width(const struct grid *g, size_t column)
{
	int width = text_width(_(g->table->columns[column].title));

	for (size_t row = 0; row < table_rows(g->table); row++) {
		char *text = safe_cell(g, row, column);
		int wished = longest_line(text);

		width = wished > width ? wished : width;
		free(text);
	}
	return width;
}

static int total_width(const struct grid *g)
{
	int total = -GAP;

	for (size_t i = 0; i < g->table->width; i++)
		total += g->widths[i] + GAP;
	return total;
}

/* The widest columns give way until the line fits. */
static void share_width(struct grid *g)
{
	for (size_t i = 0; i < g->table->width; i++)
		g->widths[i] = natural_width(g, i);
	for (int too_much = total_width(g) - g->style->width; too_much > 0; too_much--) {
		size_t widest = 0;

		for (size_t i = 0; i < g->table->width; i++)
			if (g->widths[i] > g->widths[widest])
				widest = i;
		if (g->widths[widest] <= LEAST_WRAPPED)
			return;
		g->widths[widest]--;
	}
}

static bool has_numbers(const struct table *t, size_t column)
{
	for (size_t row = 0; row < table_rows(t); row++)
		if (table_cell(t, row, column)->kind == CELL_NUMBER)
			return true;
	return false;
}

static bool has_titles(const struct table *t)
{
	for (size_t i = 0; i < t->width; i++)
		if (*_(t->columns[i].title))
			return true;
	return false;
}

/* Each line of the text, broken at words; frees the text. */
static char *break_lines(char *text, int columns)
{
	struct str out = { 0 };
	const char *p, *end, *next;

	for (p = text; *p; p = *end ? end + 1 : end) {
		char *line;

		end = p + strcspn(p, "\n");
		line = xstrndup(p, (size_t)(end - p));
		for (const char *rest = line; *rest; rest = next) {
			size_t len = text_fit(rest, columns);

			next = rest + len;
			if (*next)
				len = text_wrap(rest, columns, &next);
			str_addn(&out, rest, len);
			str_add(&out, *next ? "\n" : "");
		}
		str_add(&out, *end ? "\n" : "");
		free(line);
	}
	free(text);
	return str_take(&out);
}

static struct libscols_table *new_lines(const struct grid *g)
{
	const struct table *t = g->table;
	struct libscols_table *lines = scols_new_table();

	scols_table_set_termforce(lines, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(lines, (size_t)total_width(g));
	scols_table_set_column_separator(lines, "  ");
	scols_table_enable_noencoding(lines, 1); /* text_safe() did it */
	scols_table_enable_noheadings(lines, !has_titles(t));
	for (size_t i = 0; i < t->width; i++)
		scols_column_set_wrapfunc(
			scols_table_new_column(lines, _(t->columns[i].title), 0,
					       SCOLS_FL_WRAP |
						       (has_numbers(t, i) ? SCOLS_FL_RIGHT : 0)),
			scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
	return lines;
}

static void add_row(struct libscols_table *lines, const struct grid *g, size_t row)
{
	struct libscols_line *line = scols_table_new_line(lines, NULL);

	for (size_t i = 0; i < g->table->width; i++)
		scols_line_refer_data(line, i, break_lines(safe_cell(g, row, i), g->widths[i]));
}

/* Without the spaces at the ends of lines; the first line is the head. */
static void put_lines(FILE *out, const char *text, const struct style *style, bool head)
{
	const char *end;

	for (; *text; text = *end ? end + 1 : end, head = false) {
		size_t len;

		end = text + strcspn(text, "\n");
		for (len = (size_t)(end - text); len && text[len - 1] == ' ';)
			len--;
		fprintf(out, "%s%.*s%s\n", head ? color_on(style, DIM) : "", (int)len, text,
			head ? color_on(style, PLAIN) : "");
	}
}

static void put_rows(FILE *out, const struct table *t, const struct style *style)
{
	struct grid g = { .table = t, .style = style, .widths = xcalloc(t->width, sizeof(int)) };
	struct libscols_table *lines;
	char *text = NULL;

	share_width(&g);
	lines = new_lines(&g);
	for (size_t row = 0; row < table_rows(t); row++)
		add_row(lines, &g, row);
	scols_print_table_to_string(lines, &text);
	put_lines(out, text ? text : "", style, has_titles(t));
	free(text);
	free(g.widths);
	scols_unref_table(lines);
}

static void put_note(FILE *out, const struct style *style, const char *note)
{
	struct str safe = { 0 };
	const char *p, *next;
	size_t len;

	text_safe(&safe, note, style->utf8);
	for (p = str_text(&safe); *p; p = next) {
		len = text_wrap(p, style->width, &next);
		fprintf(out, "%.*s\n", (int)len, p);
	}
	str_free(&safe);
}

static void put_table(FILE *out, const struct table *t, const struct style *style)
{
	fprintf(out, "%s%s%s\n", color_on(style, BOLD), _(t->title), color_on(style, PLAIN));
	if (table_rows(t))
		put_rows(out, t, style);
	for (size_t i = 0; i < t->notes.n; i++)
		put_note(out, style, t->notes.v[i]);
}

void form_text(FILE *out, const struct doc *doc, const struct style *style)
{
	for (size_t i = 0; i < doc->tables.n; i++) {
		if (i)
			fputc('\n', out);
		put_table(out, &doc->tables.v[i], style);
	}
}
