/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder on a terminal: lines of cells, nodes at even places and wires at odd ones. */
#ifndef KTREPORT_DRAWING_H
#define KTREPORT_DRAWING_H

#include "views/ladder.h"

enum {
	TIME_WIDTH = 11,
	GAP = 1,
	LEAST_CELL = 12,
	LEAST_DRAWN = 100, /* of a ladder that has something beside it */
	MOST_DRAWN =
		130, /* beyond, a wider arrow says no more: the room is for functions and states */
	STATES_WIDTH = 27, /* "ESTABLISHED / NEW_SYN_RECV" */
	LEAST_SIDE = 40, /* columns for who decided, and where */
	MOST_SIDE = 66, /* "inet_csk_reqsk_queue_hash_add net/ipv4/inet_connection_sock.c:872" */
};

/* One end of a connection, and its state by now. */
struct end {
	int64_t conn;
	int column;
	char *state;
};

/* How wide the columns are, and which characters draw the lines. */
struct drawing {
	FILE *out;
	const struct ladder *ladder;
	const struct style *style;
	int node_width;
	int wire_width;
	int width; /* of the ladder itself; what is beside it is for the side's columns */
	const struct ladder_row *row; /* whose side's columns are not yet written, or NULL */
	bool heads; /* the next line's end has the heads of those columns */
	char *rest; /* of the arrow's label, where all of it leaves no room for an arrow */
	VEC(struct end) ends; /* the connections' states by now */
	const char *line, *dots, *left, *right, *lost;
};

/* The cells of one line: nodes at even places, wires at odd ones. */
struct line {
	char *cells[64];
	enum color colors[64];
	int wider
		[64]; /* columns that a node's cell takes from the wire beside it, for a long name */
	char *under[64]; /* names that are too long even so: they stand below, whole */
};

/* Chooses glyphs and widths for the terminal. */
void drawing_begin(struct drawing *d);
void drawing_end(struct drawing *d);

int cells_of(const struct drawing *d);
int cell_width(const struct drawing *d, int cell);
int line_width(const struct drawing *d, const struct line *line, int cell);
/* The columns of a text's first bytes. */
int text_width_of(const char *text, size_t len);
/* The text as the terminal takes it: "->" becomes an arrow where there is one. The caller frees it. */
char *safe(const struct drawing *d, const char *text);

/* Writes a line and frees its cells; long cells go on in the next. */
void put_line(struct drawing *d, const char *time, struct line *line);
/* A text that has its line for itself; frees it. */
void put_alone(struct drawing *d, const char *time, int cell, char *text, enum color color);
/* Ends a screen line that has so many columns by now. */
void end_line(struct drawing *d, int column);
/* Keeps the state that an end of a connection has from this row on. */
void note_state(struct drawing *d, const struct ladder_row *row);

#endif
