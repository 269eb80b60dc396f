// SPDX-License-Identifier: GPL-2.0-or-later
// Writes tables to a terminal: aligned, wrapped in the last column, made safe.
#include "i18n.h"
#include "view.h"

#include <stdlib.h>
#include <string.h>

enum {
	GAP = 2,
	LEAST_WRAPPED = 20
};

struct grid {
	const struct table *table;
	const struct style *style;
	int *widths;
	bool *right;
};

static char *safe_cell(const struct grid *g, size_t row, size_t column)
{
	struct str out = { 0 };
	char number[24];

	text_safe(&out, cell_text(table_cell(g->table, row, column), number), g->style->utf8);
	return str_take(&out);
}

static void measure_column(struct grid *g, size_t column)
{
	bool numbers = false;
	char *text;
	int width = text_width(_(g->table->columns[column].title));

	for (size_t row = 0; row < table_rows(g->table); row++) {
		text = safe_cell(g, row, column);
		if (text_width(text) > width)
			width = text_width(text);
		free(text);
		numbers |= table_cell(g->table, row, column)->kind == CELL_NUMBER;
	}
	g->widths[column] = width;
	g->right[column] = numbers;
}

/* The widest columns give way until the line fits. */
static void squeeze(struct grid *g)
{
	int total, widest;

	for (;;) {
		total = -GAP;
		widest = 0;
		for (size_t i = 0; i < g->table->width; i++) {
			total += g->widths[i] + GAP;
			if (g->widths[i] > g->widths[widest])
				widest = (int)i;
		}
		if (total <= g->style->width || g->widths[widest] <= LEAST_WRAPPED)
			return;
		g->widths[widest]--;
	}
}

static void put_aligned(FILE *out, const char *text, size_t len, int width, bool right)
{
	char *piece = xstrndup(text, len);
	int pad = width - text_width(piece);

	if (right)
		fprintf(out, "%*s", pad > 0 ? pad : 0, "");
	fputs(piece, out);
	if (!right)
		fprintf(out, "%*s", pad > 0 ? pad : 0, "");
	free(piece);
}

/* One screen line of a row: the next piece of each cell. False when nothing was left. */
static bool put_pieces(FILE *out, struct grid *g, const char **rests)
{
	size_t last = 0, len;
	const char *next;

	for (size_t i = 0; i < g->table->width; i++)
		if (*rests[i])
			last = i + 1;
	if (!last)
		return false;
	for (size_t i = 0; i < last; i++) {
		len = strcspn(rests[i], "\n");
		if (text_fit(rests[i], g->widths[i]) < len)
			len = text_wrap(rests[i], g->widths[i], &next);
		else
			next = rests[i] + len + (rests[i][len] == '\n');
		put_aligned(out, rests[i], len, i + 1 < last || g->right[i] ? g->widths[i] : 0,
			    g->right[i]);
		if (i + 1 < last)
			fprintf(out, "%*s", GAP, "");
		rests[i] = next;
	}
	fputc('\n', out);
	return true;
}

static void put_row(FILE *out, struct grid *g, char **texts)
{
	const char **rests = xcalloc(g->table->width, sizeof(*rests));

	for (size_t i = 0; i < g->table->width; i++)
		rests[i] = texts[i];
	while (put_pieces(out, g, rests))
		;
	free(rests);
}

static void put_head(FILE *out, struct grid *g)
{
	const char **titles = xcalloc(g->table->width, sizeof(*titles));
	bool any = false;

	for (size_t i = 0; i < g->table->width; i++) {
		titles[i] = _(g->table->columns[i].title);
		any |= *titles[i] != '\0';
	}
	fputs(color_on(g->style, DIM), out);
	if (any)
		put_row(out, g, (char **)titles);
	fputs(color_on(g->style, PLAIN), out);
	free(titles);
}

static void put_rows(FILE *out, struct grid *g)
{
	char **texts = xcalloc(g->table->width, sizeof(*texts));

	for (size_t row = 0; row < table_rows(g->table); row++) {
		for (size_t i = 0; i < g->table->width; i++)
			texts[i] = safe_cell(g, row, i);
		put_row(out, g, texts);
		for (size_t i = 0; i < g->table->width; i++)
			free(texts[i]);
	}
	free(texts);
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
	struct grid g = {
		.table = t,
		.style = style,
		.widths = xcalloc(t->width, sizeof(int)),
		.right = xcalloc(t->width, sizeof(bool)),
	};

	for (size_t i = 0; i < t->width; i++)
		measure_column(&g, i);
	squeeze(&g);
	fprintf(out, "%s%s%s\n", color_on(style, BOLD), _(t->title), color_on(style, PLAIN));
	if (table_rows(t))
		put_head(out, &g);
	put_rows(out, &g);
	for (size_t i = 0; i < t->notes.n; i++)
		put_note(out, style, t->notes.v[i]);
	free(g.widths);
	free(g.right);
}

void form_text(FILE *out, const struct doc *doc, const struct style *style)
{
	for (size_t i = 0; i < doc->tables.n; i++) {
		if (i)
			fputc('\n', out);
		put_table(out, &doc->tables.v[i], style);
	}
}
