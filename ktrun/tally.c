// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads what programs say that they have done. */
#define _GNU_SOURCE
#include "tally.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

static const char left_out[] = "left out: ";

void tally_give(int fd)
{
	char number[8];

	if (fd == TALLY_FD)
		fcntl(fd, F_SETFD, 0);
	else
		dup2(fd, TALLY_FD);
	snprintf(number, sizeof(number), "%d", TALLY_FD);
	setenv("KTLAB_TALLY", number, 1);
}

struct tally tally_read(int fd)
{
	struct tally tally = { 0 };
	char line[256] = "";
	ssize_t length;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	length = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
	line[length > 0 ? length : 0] = '\0';
	if (!strchr(line, '\n'))
		return tally;
	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(line, left_out, strlen(left_out))) {
		snprintf(tally.left_out, sizeof(tally.left_out), "%.127s", line + strlen(left_out));
		tally.said = true;
	} else {
		tally.said = sscanf(line, "%ld of %ld %63[^\n]", &tally.done, &tally.all,
				    tally.what) == 3;
	}
	return tally;
}

bool tally_whole(const struct tally *tally)
{
	return tally->said && tally->done == tally->all && tally->done >= 0;
}

char *tally_text(const struct tally *tally)
{
	if (!tally->said)
		return text_copy("has not said that it finished");
	return text_format("has come to %ld of %ld %s", tally->done, tally->all, tally->what);
}
