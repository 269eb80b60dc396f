/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for a terminal: made safe, measured in columns, wrapped. */
#ifndef KTREPORT_TEXT_H
#define KTREPORT_TEXT_H

#include "base/util.h"

/* What the reader's terminal takes. */
struct style {
	int width; /* columns */
	bool color;
	bool utf8; /* else everything is written in ASCII */
};

enum color {
	PLAIN,
	BOLD,
	DIM,
	RED,
	GREEN,
	YELLOW,
	BLUE,
	MAGENTA,
	CYAN
};
/* The sequence that turns a colour on; "" without colour. PLAIN turns all off. */
const char *color_on(const struct style *style, enum color color);

/*
 * Appends a text with everything made visible that could drive a terminal or turn its writing
 * direction: ESC becomes \x1b. With utf8 false all beyond ASCII becomes '?', arrows "->".
 */
void text_safe(struct str *out, const char *text, bool utf8);

/* The columns that a safe text takes: East Asian letters take two. */
int text_width(const char *text);
/* How many bytes of the text fit into that many columns. */
size_t text_fit(const char *text, int columns);
/* The same, but ends at a space, else within a name behind '_' or '/', where there is one; *next is
 * where the rest begins. */
size_t text_wrap(const char *text, int columns, const char **next);

#endif
