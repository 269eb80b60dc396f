/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How wild.c draws, and tells what came of it. */
#ifndef WILD_DRAW_H
#define WILD_DRAW_H

#include <stdio.h>
#include <string.h>
#include <time.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
/* one of a table */
#define PICK(table) ((table)[draw(COUNT(table))])

static unsigned int seed, drawn;

static unsigned int draw(unsigned int below)
{
	drawn = drawn * 1103515245 + 12345;
	return (drawn >> 16) % below;
}

/* What is drawn from here on is drawn by this number and the seed alone. */
static void draw_from(unsigned int number)
{
	drawn = seed * 1000 + number;
}

static long told(const char *what, long value)
{
	printf("%s %ld %s\n", what, value, value < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
	return value;
}

static void rest(unsigned int at_most_ms)
{
	unsigned int ms = draw(at_most_ms);
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

#endif
