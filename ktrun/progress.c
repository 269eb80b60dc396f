// SPDX-License-Identifier: GPL-2.0-or-later
/* Progress on a terminal and in a log. */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

static void progress_print(const char *phase, double wall_s, long hits)
{
	fprintf(stderr, "%-8s %5.1f s", phase, wall_s);
	if (hits)
		fprintf(stderr, "  %ld hits", hits);
}

void progress_show(const char *phase, double wall_s, long hits)
{
	if (!isatty(STDERR_FILENO))
		return;
	fputs("\r\033[K", stderr);
	progress_print(phase, wall_s, hits);
	fflush(stderr);
}

void progress_done(const char *phase, double wall_s, long hits)
{
	progress_clear();
	progress_print(phase, wall_s, hits);
	fputc('\n', stderr);
}

void progress_clear(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
