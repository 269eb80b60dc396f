// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a tool to its end, and reads meanwhile what it says.
#define _GNU_SOURCE
#include "tool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch.h"
#include "text.h"
#include "watch.h"

/* Adds what a pipe holds to a text. */
static void output_read(int fd, char **output, size_t *length)
{
	char part[4096];
	ssize_t got;

	while (fd >= 0 && (got = read(fd, part, sizeof(part))) > 0) {
		*output = text_grow(*output, *length + (size_t)got);
		memcpy(*output + *length, part, (size_t)got);
		*length += (size_t)got;
		(*output)[*length] = '\0';
	}
}

/* Whether nobody reads any more what we print, as after `| head`. */
static bool reader_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) == 1 && out.revents & POLLERR;
}

struct end tool_run(struct run *run, const char *const *argv, enum child_output where,
		    char **output, struct tally *tally)
{
	struct child *tool = &run->tool;
	char *text = text_copy("");
	size_t length = 0;
	bool go_on = true;
	struct end end;

	*tally = (struct tally){ 0 };
	if (launch(run, tool, argv[0], argv, where, "gdb.log") && tool->out_fd >= 0)
		fcntl(tool->out_fd, F_SETFL, O_NONBLOCK);
	while (go_on && tool->running) {
		go_on = watch_next(run, tool->out_fd);
		output_read(tool->out_fd, &text, &length);
	}
	if (!tool->running)
		*tally = tally_read(tool->tally_fd);
	child_stop(tool, run->halt);
	end = child_end_of_script(tool);
	if (where == CHILD_PASS && end.way == END_KILLED && end.value == SIGPIPE && reader_left()) {
		*tally = (struct tally){ .said = true, .left_out = "nobody reads it" };
		end = (struct end){ END_EXITED, 0 };
	}
	if (output)
		*output = text;
	else
		free(text);
	return end;
}
