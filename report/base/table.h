/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of cells, which a view fills and every output form can write. */
#ifndef KTREPORT_TABLE_H
#define KTREPORT_TABLE_H

#include "base/json.h"

enum cell_kind {
	CELL_NULL,
	CELL_TEXT,
	CELL_NUMBER,
	CELL_BOOL
};

struct cell {
	enum cell_kind kind;
	char *text;
	int64_t number;
	int depth; /* how far the text is indented */
	const char *plain; /* the text without that */
	int64_t events[2]; /* whose numbers the text says; 0: none */
};

struct table;
struct telling;

/* A table of events says where each cell comes from: a field's path, or a function. */
struct column {
	const char *key; /* in JSON */
	const char *title; /* for people */
	const char *path;
	void (*fill)(const struct telling *of, struct table *t);
};

struct table {
	const char *key;
	char *title;
	const struct column *columns;
	size_t width; /* columns */
	VEC(struct cell) cells; /* row by row */
	VEC(char *) notes;
	struct column *own; /* columns that are not constants, and their words; or NULL */
	char *words;
};

struct doc {
	VEC(struct table) tables;
	bool refused; /* what was asked for does not exist: a note says so */
};

/* Begins a table; the columns and the key must be constants, or its own. It lives in the doc. */
struct table *doc_table(struct doc *doc, const char *key, const struct column *columns,
			size_t width, const char *title);
#define DOC_TABLE(doc, key, columns, title) doc_table(doc, key, columns, ARRAY_SIZE(columns), title)
/* Takes the last table back. */
void doc_drop(struct doc *doc);
void doc_free(struct doc *doc);

/* Each adds the next cell. */
void table_text(struct table *t, const char *text); /* NULL: null */
void table_take(struct table *t, char *text); /* the same; the table owns the text then */
void table_take_indented(struct table *t, int depth, char *text);
/* The numbers of up to two events; 0: none. */
void table_events(struct table *t, int64_t first, int64_t second);
void table_int(struct table *t, int64_t number);
void table_bool(struct table *t, bool value);
void table_null(struct table *t);
void table_json(struct table *t, struct json v);
__attribute__((format(printf, 2, 3))) void table_note(struct table *t, const char *format, ...);

size_t table_rows(const struct table *t);
/* Keeps the first rows; a note says how many there were. */
void table_cut(struct table *t, size_t most);
const struct cell *table_cell(const struct table *t, size_t row, size_t column);
/* The cell as a text for people; null is "-". The buffer holds numbers. */
const char *cell_text(const struct cell *cell, char buffer[24]);

#endif
