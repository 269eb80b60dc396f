// SPDX-License-Identifier: GPL-2.0-or-later
// The ladder on a terminal: lines of cells, and beside a wide one the states of both ends and who decided.
#include "views/drawing.h"
#include "base/i18n.h"
#include "types/story.h"

#include <stdlib.h>
#include <string.h>

static void choose_glyphs(struct drawing *d)
{
	bool utf8 = d->style->utf8;

	d->line = utf8 ? "─" : "-";
	d->dots = utf8 ? "┄" : ".";
	d->left = utf8 ? "◀" : "<";
	d->right = utf8 ? "▶" : ">";
	d->lost = utf8 ? "✗" : "x";
}

/* The ladder's own columns; what is beside it gets all that it can use before an arrow grows. */
static int drawn_width(int width)
{
	int beside = STATES_WIDTH + 3 * GAP, left = width - beside - MOST_SIDE;

	if (width < LEAST_DRAWN + beside + LEAST_SIDE)
		return width;
	return left < LEAST_DRAWN ? LEAST_DRAWN : left > MOST_DRAWN ? MOST_DRAWN : left;
}

/* A wire is a third wider than a node. */
static void choose_widths(struct drawing *d)
{
	int nodes = d->ladder->nodes.n ? (int)d->ladder->nodes.n : 1;
	int cells = 2 * nodes - 1;
	int room;

	d->width = drawn_width(d->style->width);
	room = d->width - TIME_WIDTH - GAP * cells;

	d->node_width = room * 3 / (3 * nodes + 4 * (nodes - 1));
	if (d->node_width < LEAST_CELL)
		d->node_width = LEAST_CELL;
	d->wire_width = nodes > 1 ? (room - d->node_width * nodes) / (nodes - 1) : 0;
	if (d->wire_width < LEAST_CELL)
		d->wire_width = LEAST_CELL;
}

int cells_of(const struct drawing *d)
{
	int cells = 2 * (int)d->ladder->nodes.n - 1;

	return cells < 1 ? 1 : cells > 63 ? 63 : cells;
}

int cell_width(const struct drawing *d, int cell)
{
	return cell % 2 ? d->wire_width : d->node_width;
}

int line_width(const struct drawing *d, const struct line *line, int cell)
{
	return cell_width(d, cell) + line->wider[cell];
}

/* The columns of a text's first bytes. */
int text_width_of(const char *text, size_t len)
{
	char *piece = xstrndup(text, len);
	int width = text_width(piece);

	free(piece);
	return width;
}

static void put_padded(struct drawing *d, const char *text, size_t len, int width, bool last)
{
	int pad = width - text_width_of(text, len);

	fprintf(d->out, "%.*s%*s", (int)len, text, !last && pad > 0 ? pad : 0, "");
}

static int last_cell(const struct drawing *d, const char **rests)
{
	int last = -1;

	for (int i = 0; i < cells_of(d); i++)
		if (*rests[i])
			last = i;
	return last;
}

/* ---- beside a wide ladder: the states of both ends, and who decided ---- */

void note_state(struct drawing *d, const struct ladder_row *row)
{
	const struct event *ev = row->event;
	struct end *end = NULL;

	if (ev->kind != EV_TCP_STATE || !ev->conn || row->node < 0)
		return;
	for (size_t i = 0; i < d->ends.n; i++)
		if (d->ends.v[i].conn == ev->conn && d->ends.v[i].column == row->node)
			end = &d->ends.v[i];
	if (!end) {
		end = vec_add(&d->ends);
		*end = (struct end){ .conn = ev->conn, .column = row->node };
	}
	free(end->state);
	end->state = event_dup(ev, "new");
}

/* "SYN_SENT / NEW_SYN_RECV", in the order of the columns. */
static char *states_of(const struct drawing *d, int64_t conn)
{
	struct str out = { 0 };

	for (size_t column = 0; conn && column < d->ladder->nodes.n; column++)
		for (size_t i = 0; i < d->ends.n; i++)
			if (d->ends.v[i].conn == conn && d->ends.v[i].column == (int)column)
				str_addf(&out, "%s%s", out.len ? " / " : "", d->ends.v[i].state);
	return str_take(&out);
}

/* "tcp_v4_connect net/ipv4/tcp_ipv4.c:322" in so many columns: a line's number is whole or it is wrong, so what is left
 * out is the folder, and then the end of the function's name, which is marked. */
static char *decider_of(const struct drawing *d, const struct event *ev, int room)
{
	char *fn = story_function(ev), *place = story_place(ev);
	const char *slash = place ? strrchr(place, '/') : NULL, *file = place ? place : "";
	const char *cut = d->style->utf8 ? "…" : "..";
	struct str name = { 0 }, out = { 0 };

	text_safe(&name, fn ? fn : "", d->style->utf8);
	if (slash && text_width(str_text(&name)) + 1 + text_width(file) > room)
		file = slash + 1;
	room -= *file ? text_width(file) + 1 : 0;
	if (text_width(str_text(&name)) > room) {
		room -= text_width(cut);
		str_addn(&out, str_text(&name), text_fit(str_text(&name), room > 0 ? room : 0));
		str_add(&out, cut);
	} else {
		str_add(&out, str_text(&name));
	}
	str_addf(&out, "%s", name.len && *file ? " " : "");
	text_safe(&out, file, d->style->utf8);
	str_free(&name);
	free(place);
	free(fn);
	return str_take(&out);
}

/* Ends a screen line that has so many columns by now. */
void end_line(struct drawing *d, int column)
{
	char *states, *decider;
	int room = d->style->width - d->width - STATES_WIDTH - 3 * GAP;

	if (d->row && d->style->width > d->width && d->row->kind != ROW_STEP) {
		states = states_of(d, d->row->event->conn);
		decider = decider_of(d, d->row->event, room);
		fprintf(d->out, "%*s%s", d->width - column + 2 * GAP, "", color_on(d->style, DIM));
		put_padded(d, states, text_fit(states, STATES_WIDTH), STATES_WIDTH, !*decider);
		fprintf(d->out, "%*s%s%s", GAP, "", decider, color_on(d->style, PLAIN));
		free(decider);
		free(states);
	}
	if (d->heads && d->style->width > d->width)
		fprintf(d->out, "%*s%s%s%*s%s%s", d->width - column + 2 * GAP, "",
			color_on(d->style, BOLD), _("states"),
			STATES_WIDTH - text_width(_("states")) + GAP, "", _("decided in"),
			color_on(d->style, PLAIN));
	d->heads = false;
	d->row = NULL;
	fputc('\n', d->out);
}

/* Writes one screen line; long cells go on in the next. */
static bool put_screen_line(struct drawing *d, const char *time, const char **rests,
			    const struct line *line)
{
	int last = last_cell(d, rests), column = TIME_WIDTH, width;
	const enum color *colors = line->colors;
	const char *next;
	size_t len;

	if (last < 0)
		return false;
	fprintf(d->out, "%s%*s%s", color_on(d->style, DIM), TIME_WIDTH, time,
		color_on(d->style, PLAIN));
	for (int i = 0; i <= last; i++) {
		width = line_width(d, line, i);
		len = text_wrap(rests[i], width, &next);
		fprintf(d->out, "%*s%s", GAP, "", *rests[i] ? color_on(d->style, colors[i]) : "");
		put_padded(d, rests[i], len, width, i == last);
		fputs(*rests[i] && colors[i] != PLAIN ? color_on(d->style, PLAIN) : "", d->out);
		column += GAP + (i == last ? text_width_of(rests[i], len) : width);
		rests[i] = next;
	}
	end_line(d, column);
	return true;
}

void put_line(struct drawing *d, const char *time, struct line *line)
{
	const char *rests[64];

	for (int i = 0; i < cells_of(d); i++)
		rests[i] = line->cells[i] ? line->cells[i] : "";
	if (put_screen_line(d, time, rests, line))
		while (put_screen_line(d, "", rests, line))
			;
	for (int i = 0; i < cells_of(d); i++)
		free(line->cells[i]);
}

/* "->" becomes an arrow where the terminal has one. */
char *safe(const struct drawing *d, const char *text)
{
	struct str out = { 0 }, plain = { 0 };
	const char *p, *arrow;

	text_safe(&plain, text ? text : "", d->style->utf8);
	for (p = str_text(&plain); d->style->utf8 && (arrow = strstr(p, " -> ")); p = arrow + 3) {
		str_addn(&out, p, (size_t)(arrow - p));
		str_add(&out, " →");
	}
	str_add(&out, p);
	str_free(&plain);
	return str_take(&out);
}

static int cell_start(const struct drawing *d, int cell)
{
	int start = TIME_WIDTH + GAP;

	for (int i = 0; i < cell; i++)
		start += cell_width(d, i) + GAP;
	return start;
}

/* A text that has its line for itself: it begins at its cell and may run over the others; what would pass the right
 * edge begins further left. Only what is longer than a line goes on in the next. Frees the text. */
void put_alone(struct drawing *d, const char *time, int cell, char *text, enum color color)
{
	int edge = cell_start(d, cells_of(d)) - GAP, least = TIME_WIDTH + GAP;
	int start = cell_start(d, cell), width = text_width(text);
	const char *rest = text, *next;

	if (start + width > edge)
		start = edge - width > least ? edge - width : least;
	for (; *rest; rest = next, time = "") {
		size_t len = text_wrap(rest, edge - start, &next);

		fprintf(d->out, "%s%*s%s%*s%s%.*s%s", color_on(d->style, DIM), TIME_WIDTH, time,
			color_on(d->style, PLAIN), start - TIME_WIDTH, "",
			color_on(d->style, color), (int)len, rest,
			color == PLAIN ? "" : color_on(d->style, PLAIN));
		end_line(d, start + text_width_of(rest, len));
	}
	free(text);
}

void drawing_begin(struct drawing *d)
{
	choose_glyphs(d);
	choose_widths(d);
}

void drawing_end(struct drawing *d)
{
	for (size_t i = 0; i < d->ends.n; i++)
		free(d->ends.v[i].state);
	vec_free(&d->ends);
}
