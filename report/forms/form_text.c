// SPDX-License-Identifier: GPL-2.0-or-later
// Writes tables to a terminal: aligned, with the columns that East Asian letters take, wrapped, made safe.
#include "base/i18n.h"
#include "views/view.h"

#include <stdlib.h>
#include <string.h>

/*
 * The widths are shared out first, the widest column giving way, and the cells are broken at words; a column then is as
 * wide as its longest line. Its title stays whole.
 */
enum {
	GAP = 2,
	LEAST_WRAPPED = 20
};

struct grid {
	const struct table *table;
	const struct style *style;
	int *widths;
	bool *right; /* set so: columns of numbers */
	char **cells; /* row by row, the head in front; broken into lines */
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

static char **cell_at(const struct grid *g, size_t row, size_t column)
{
	return &g->cells[row * g->table->width + column];
}

static void break_cells(struct grid *g)
{
	size_t rows = table_rows(g->table) + 1;

	g->cells = xcalloc(rows * g->table->width, sizeof(*g->cells));
	for (size_t i = 0; i < g->table->width; i++) {
		int widest = 0;

		for (size_t row = 0; row < rows; row++) {
			int width;

			*cell_at(g, row, i) =
				row ? break_lines(safe_cell(g, row - 1, i), g->widths[i])
				    : xstrdup(_(g->table->columns[i].title));
			width = longest_line(*cell_at(g, row, i));
			widest = width > widest ? width : widest;
		}
		g->widths[i] = widest;
	}
}

/* The first line of the text, set left or right in so many columns; gives what follows it. */
static const char *put_piece(struct str *out, const char *text, int columns, bool right)
{
	size_t len = strcspn(text, "\n");
	char *piece = xstrndup(text, len);
	int pad = columns - text_width(piece);

	str_fill(out, " ", right ? pad : 0);
	str_add(out, piece);
	str_fill(out, " ", right ? 0 : pad);
	free(piece);
	return text + len + (text[len] == '\n');
}

/* A line of all cells of a row, without the spaces at its end; false once they are empty. */
static bool put_line(FILE *out, const struct grid *g, const char **rests, bool head)
{
	const struct table *t = g->table;
	struct str line = { 0 };
	bool some = false;

	for (size_t i = 0; i < t->width; i++)
		some = some || *rests[i];
	for (size_t i = 0; some && i < t->width; i++) {
		str_add(&line, i ? "  " : "");
		rests[i] = put_piece(&line, rests[i], g->widths[i], g->right[i]);
	}
	while (line.len && line.p[line.len - 1] == ' ')
		line.p[--line.len] = '\0';
	if (some)
		fprintf(out, "%s%s%s\n", head ? color_on(g->style, DIM) : "", str_text(&line),
			head ? color_on(g->style, PLAIN) : "");
	str_free(&line);
	return some;
}

static void put_rows(FILE *out, const struct table *t, const struct style *style)
{
	struct grid g = { .table = t, .style = style, .widths = xcalloc(t->width, sizeof(int)) };
	const char **rests = xcalloc(t->width, sizeof(*rests));

	g.right = xcalloc(t->width, sizeof(*g.right));
	for (size_t i = 0; i < t->width; i++)
		g.right[i] = has_numbers(t, i);
	share_width(&g);
	break_cells(&g);
	for (size_t row = !has_titles(t); row <= table_rows(t); row++) {
		for (size_t i = 0; i < t->width; i++)
			rests[i] = *cell_at(&g, row, i);
		for (bool head = row == 0; put_line(out, &g, rests, head); head = false)
			;
	}
	for (size_t i = 0; i < (table_rows(t) + 1) * t->width; i++)
		free(g.cells[i]);
	free(rests);
	free(g.cells);
	free(g.widths);
	free(g.right);
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
