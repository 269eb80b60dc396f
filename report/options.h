/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line's options, and how ktreport complains. Only main.c, session.c and options.c include it. */
#ifndef KTREPORT_OPTIONS_H
#define KTREPORT_OPTIONS_H

#include "base/text.h"

enum {
	EXIT_HELD = 0,
	EXIT_FAILED = 1,
	EXIT_BAD = 2
};

enum {
	PIPED_WIDTH = 100
};

struct options {
	const char *filter;
	const char *packets;
	const char *expect;
	const char *source;
	const char *color;
	const char *width;
	int columns; /* what width says; 0: nothing */
	bool json;
	bool taps;
	bool exact;
	bool syntax;
	bool chinese;
	bool help;
	bool utf8; /* no option: what the environment says */
	const char *words[4]; /* what is no option */
	size_t word_count;
};

/* Both say it on stderr and give EXIT_BAD; the second takes the sentence over. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
int complain_taking(char *sentence);

/* Reads all words; false after a complaint. */
bool read_command_line(struct options *options, char **words);
void print_options(void);

/* What the terminal takes, as the options say. */
struct style choose_style(const struct options *options);

#endif
