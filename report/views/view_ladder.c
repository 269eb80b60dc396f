// SPDX-License-Identifier: GPL-2.0-or-later
// The ladder on a terminal, and as a table for the other forms.
#include "views/drawing.h"
#include "base/i18n.h"
#include "types/story.h"

#include <stdlib.h>
#include <string.h>

enum {
	LEAST_ARROW = 3,
	MOST_CONNECTIONS = 12, /* that are named above the ladder */
};

static char *function_of(const struct drawing *d, const char *fn)
{
	struct str out = { 0 };

	if (!fn || !*fn)
		return xstrdup("");
	text_safe(&out, fn, d->style->utf8);
	str_add(&out, "()");
	return str_take(&out);
}

static enum color color_of(const struct event *ev)
{
	return ink_color(ev->row->ink);
}

/* The dashes beside a label that was cut. */
static int dashes_beside(int width, const char *label)
{
	return width - 1 - (*label ? text_width(label) + 1 : 0);
}

/* A name whose value follows: "win" of "win 64240". */
static bool is_key(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (word[i] < 'a' || word[i] > 'z')
			return false;
	return len > 0;
}

/* Cuts a label behind the last value that leaves room for an arrow; what is cut goes under it. */
static void cut_label(struct drawing *d, char *label, int width)
{
	size_t end = strlen(label), start;

	free(d->rest);
	d->rest = NULL;
	while (end && text_width_of(label, end) > width - LEAST_ARROW - 2)
		do {
			while (end && label[end - 1] != ' ')
				end--;
			while (end && label[end - 1] == ' ')
				end--;
			for (start = end; start && label[start - 1] != ' ';)
				start--;
		} while (end && is_key(label + start, end - start));
	if (!label[end])
		return;
	d->rest = xstrdup(label + end + (label[end] == ' '));
	label[end] = '\0';
}

/* "S seq 0 win 64240 ─────▶", as wide as the wire. */
static char *arrow_right(int width, const char *label, const char *line, const char *head)
{
	struct str out = { 0 };

	str_add(&out, label);
	str_add(&out, *label ? " " : "");
	str_fill(&out, line, dashes_beside(width, label));
	str_add(&out, head);
	return str_take(&out);
}

static char *arrow_left(int width, const char *label, const char *line, const char *head)
{
	struct str out = { 0 };

	str_add(&out, head);
	str_fill(&out, line, dashes_beside(width, label));
	str_add(&out, *label ? " " : "");
	str_add(&out, label);
	return str_take(&out);
}

/* The label goes into the wire beside the sender; the rest of the way is a bare line. */
static void draw_wire(struct drawing *d, struct line *line, const struct ladder_row *row,
		      const char *stroke, bool head)
{
	bool right = row->to > row->node;
	int wire = right ? 2 * row->node + 1 : 2 * row->node - 1;
	int end = right ? 2 * row->to - 1 : 2 * row->to + 1, step = right ? 2 : -2;
	int width;
	char *label = safe(d, row->text);

	if (wire > 0 && wire < cells_of(d))
		cut_label(d, label, line_width(d, line, wire));
	for (; wire > 0 && wire < cells_of(d); wire += step) {
		const char *tip = head && wire == end ? (right ? d->right : d->left) : stroke;

		width = line_width(d, line, wire);
		line->cells[wire] = right ? arrow_right(width, label, stroke, tip)
					  : arrow_left(width, label, stroke, tip);
		line->colors[wire] = color_of(row->event);
		label[0] = '\0';
		if (wire == end)
			break;
	}
	free(label);
}

/* The name of a function in a node's cell. What it lacks in columns it takes from the wire, as far as that can be spared;
 * else it stands below: a name is never broken. */
static void set_name(struct drawing *d, struct line *line, int column, int wire, const char *fn)
{
	int cell = 2 * column, lacks;
	char *name;

	if (column < 0 || cell >= cells_of(d))
		return;
	name = function_of(d, fn);
	line->colors[cell] = DIM;
	lacks = text_width(name) - cell_width(d, cell);
	if (lacks <= 0) {
		line->cells[cell] = name;
	} else if (wire > 0 && wire < cells_of(d) &&
		   line_width(d, line, wire) - lacks >= LEAST_CELL) {
		line->cells[cell] = name;
		line->wider[cell] = lacks;
		line->wider[wire] -= lacks;
	} else {
		line->under[cell] = name;
	}
}

/* The wire beside a node, on the way to another. */
static int wire_beside(int node, int to)
{
	return to > node ? 2 * node + 1 : 2 * node - 1;
}

static void draw_arrow(struct drawing *d, struct line *line, const struct ladder_row *row)
{
	bool arrives = row->kind != ROW_DEPART, leaves = row->kind != ROW_ARRIVE;

	if (leaves)
		set_name(d, line, row->node, wire_beside(row->node, row->to), row->by);
	if (arrives)
		set_name(d, line, row->to, wire_beside(row->to, row->node), row->at);
	draw_wire(d, line, row, leaves && arrives ? d->line : d->dots, arrives);
}

static void draw_lost(struct drawing *d, struct line *line, const struct ladder_row *row)
{
	bool right = row->node < (int)d->ladder->nodes.n - 1;
	int wire = right ? 2 * row->node + 1 : 2 * row->node - 1, width;
	char *label = safe(d, row->text);

	set_name(d, line, row->node, wire, row->by);
	if (wire > 0 && wire < cells_of(d)) {
		width = line_width(d, line, wire);
		cut_label(d, label, width);
		line->cells[wire] = right ? arrow_right(width, label, d->dots, d->lost)
					  : arrow_left(width, label, d->dots, d->lost);
		line->colors[wire] = RED;
	}
	free(label);
}

/* The rest of the label and the options stand under the arrow, in the wire beside the sender. */
static void put_detail(struct drawing *d, const struct ladder_row *row)
{
	bool right = row->to < 0 ? row->node < (int)d->ladder->nodes.n - 1 : row->to > row->node;
	int wire = right ? 2 * row->node + 1 : 2 * row->node - 1;
	char *detail = safe(d, row->detail), *text;

	text = xasprintf("%s%s%s", d->rest ? d->rest : "", d->rest && *detail ? " " : "", detail);
	free(detail);
	free(d->rest);
	d->rest = NULL;
	if (*text && wire >= 0 && wire < cells_of(d))
		put_alone(d, "", wire, text, DIM);
	else
		free(text);
}

static void put_step(struct drawing *d, const char *time, const struct ladder_row *row)
{
	char *name = safe(d, row->text);
	int dashes = d->width - TIME_WIDTH - GAP - text_width(name) - 4;

	fprintf(d->out, "%s%*s%s %s%s%s %s %s", color_on(d->style, DIM), TIME_WIDTH, time,
		color_on(d->style, PLAIN), color_on(d->style, BOLD), d->line, d->line, name,
		color_on(d->style, PLAIN));
	while (dashes-- > 0)
		fputs(d->line, d->out);
	end_line(d, d->width);
	free(name);
}

static void put_row(struct drawing *d, const char *time, const struct ladder_row *row)
{
	struct line line = { 0 };

	if (row->kind == ROW_STEP) {
		put_step(d, time, row);
		return;
	}
	if (row->kind == ROW_NOTE) {
		put_alone(d, time, row->node < 0 ? 0 : 2 * row->node, safe(d, row->text),
			  color_of(row->event));
		return;
	}
	if (row->kind == ROW_LOST || row->node < 0 || row->to < 0)
		draw_lost(d, &line, row);
	else
		draw_arrow(d, &line, row);
	put_line(d, time, &line);
	for (int i = 0; i < cells_of(d); i++)
		if (line.under[i])
			put_alone(d, "", i, line.under[i], DIM);
	put_detail(d, row);
}

static void put_rows(struct drawing *d)
{
	char time[32], before[32] = "";

	for (size_t i = 0; i < d->ladder->rows.n; i++) {
		const struct ladder_row *row = &d->ladder->rows.v[i];

		snprintf(time, sizeof(time), "%.6f", (double)row->t_ns / 1e9);
		note_state(d, row);
		d->row = row;
		put_row(d, strcmp(time, before) ? time : "", row);
		memcpy(before, time, sizeof(before));
	}
}

static void put_head(struct drawing *d)
{
	struct line head = { 0 }, under = { 0 };
	const struct node *node;

	for (int i = 0; i < cells_of(d); i++) {
		struct str text = { 0 }, dashes = { 0 };

		str_fill(&dashes, d->line, cell_width(d, i));
		under.cells[i] = str_take(&dashes);
		under.colors[i] = DIM;
		head.colors[i] = BOLD;
		if (i % 2 == 0 && d->ladder->nodes.n) {
			text_safe(&text, d->ladder->nodes.v[i / 2], d->style->utf8);
			node = trace_node(d->ladder->trace, d->ladder->nodes.v[i / 2]);
			str_addf(&text, " %s", node && node->address ? node->address : "");
		} else {
			str_add(&text, i % 2 ? _("wire") : "");
		}
		head.cells[i] = str_take(&text);
	}
	d->heads = true;
	put_line(d, _("seconds"), &head);
	put_line(d, "", &under);
}

static void put_title(struct drawing *d)
{
	const struct trace *trace = d->ladder->trace;
	struct str text = { 0 };
	char *title;

	str_addf(&text, _("%s on Linux %s"), trace->lab ? trace->lab : _("a lab"),
		 trace->release ? trace->release : "?");
	title = safe(d, str_text(&text));
	fprintf(d->out, "%s%s%s\n", color_on(d->style, BOLD), title, color_on(d->style, PLAIN));
	free(title);
	str_free(&text);
}

/* Who speaks with whom, and from which port. */
static void put_connections(struct drawing *d)
{
	const struct trace *trace = d->ladder->trace;
	size_t most = trace->conns.n < MOST_CONNECTIONS ? trace->conns.n : MOST_CONNECTIONS;

	for (size_t i = 0; i < most; i++) {
		const struct conn *c = &trace->conns.v[i];
		char *client = conn_end(c, false), *server = conn_end(c, true);

		if (client && server) {
			fprintf(d->out, _("connection #%lld: %s to %s"), (long long)c->id, client,
				server);
			fputc('\n', d->out);
		}
		free(server);
		free(client);
	}
	if (trace->conns.n > most)
		fprintf(d->out, _("more connections: %zu\n"), trace->conns.n - most);
}

void view_ladder_print(FILE *out, const struct request *rq, const struct style *style)
{
	struct ladder *ladder = ladder_new(rq);
	struct drawing d = { .out = out, .ladder = ladder, .style = style };

	drawing_begin(&d);
	put_title(&d);
	put_connections(&d);
	put_head(&d);
	put_rows(&d);
	if (!ladder->rows.n)
		fprintf(out, _("nothing to draw: no such event\n"));
	drawing_end(&d);
	ladder_free(ladder);
}

static const char *const row_words[] = {
	[ROW_STEP] = "step",	 [ROW_NOTE] = "note",	  [ROW_ARROW] = "arrow",
	[ROW_DEPART] = "depart", [ROW_ARRIVE] = "arrive", [ROW_LOST] = "lost",
};

static void add_node_cell(struct table *t, const struct ladder *ladder, int column)
{
	bool known = column >= 0 && column < (int)ladder->nodes.n;

	table_text(t, known ? ladder->nodes.v[column] : NULL);
}

void view_ladder(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "n", .title = N_("n") },
		{ .key = "seconds", .title = N_("seconds") },
		{ .key = "kind", .title = N_("kind") },
		{ .key = "node", .title = N_("node") },
		{ .key = "to", .title = N_("to") },
		{ .key = "text", .title = N_("what") },
		{ .key = "detail", .title = N_("options") },
		{ .key = "by", .title = N_("sent by") },
		{ .key = "at", .title = N_("received by") },
		{ .key = "conn", .title = N_("connection") },
		{ .key = "fn", .title = N_("decided in") },
		{ .key = "place", .title = N_("source") },
	};
	struct ladder *ladder = ladder_new(rq);
	struct table *t = DOC_TABLE(doc, "ladder", columns, N_("Ladder"));

	for (size_t i = 0; i < ladder->rows.n; i++) {
		const struct ladder_row *row = &ladder->rows.v[i];

		table_int(t, row->event->n);
		table_take(t, xasprintf("%.6f", (double)row->t_ns / 1e9));
		table_text(t, row_words[row->kind]);
		add_node_cell(t, ladder, row->node);
		add_node_cell(t, ladder, row->to);
		table_text(t, row->text);
		table_text(t, row->detail);
		table_text(t, row->by);
		table_text(t, row->at);
		if (row->event->conn)
			table_int(t, row->event->conn);
		else
			table_null(t);
		table_take(t, story_function(row->event));
		table_take(t, story_place(row->event));
	}
	ladder_free(ladder);
}
