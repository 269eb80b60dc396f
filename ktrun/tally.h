/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program says when it has finished: of how many things it has made, read or judged how many, as the line
 * "24 of 24 expectations" or, where it had nothing to do that with, "left out: tshark is not installed".
 * Its exit status says what it found; only this line says that it has looked.
 */
#ifndef KTRUN_TALLY_H
#define KTRUN_TALLY_H

#include <stdbool.h>

enum {
	/* the descriptor for it; dash takes but one digit. A program finds the number in KTLAB_TALLY */
	TALLY_FD = 9
};

struct tally {
	bool said;
	long done, all; /* both 0 if left out */
	char what[64]; /* "expectations" */
	char left_out[128]; /* why, or "" */
};

/* In a new process: the program that it becomes gets this pipe. */
void tally_give(int fd);

/* What a program that has ended has said. */
struct tally tally_read(int fd);

/* "has judged 3 of 7 files", "has not said that it finished"; the caller frees it. */
char *tally_text(const struct tally *tally);

bool tally_whole(const struct tally *tally);

#endif
