// SPDX-License-Identifier: GPL-2.0-or-later
// What ktreport says to the program that runs it.
#include "run/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool tally_say(size_t done, size_t all, const char *what)
{
	const char *fd = getenv("KTLAB_TALLY");

	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "ktreport: cannot write what was asked for: %s\n", strerror(errno));
		return false;
	}
	return !fd || dprintf(atoi(fd), "%zu of %zu %s\n", done, all, what) > 0;
}
