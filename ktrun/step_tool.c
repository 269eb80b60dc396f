// SPDX-License-Identifier: GPL-2.0-or-later
// A step that a program does: what its exit status means, and whether it has looked at all that there is.
#define _GNU_SOURCE
#include "step_tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ending.h"
#include "progress.h"
#include "tally.h"
#include "text.h"
#include "tool.h"

enum {
	LOG_BYTES = 4096,
	EXITS = 3
};

/* What the exit status of a step's program means, if that has come to its end; others mean that it broke. */
static const enum status exits[STEP_COUNT][EXITS] = {
/* clang-format off */
#define TOOL_EXITS(one, two) { STATUS_HELD, STATUS_##one, STATUS_##two }
	/* clang-format on */
	[STEP_SYNTAX] = TOOL_EXITS(BROKEN, SETUP),
	[STEP_PLAN] = TOOL_EXITS(BROKEN, SETUP),
	[STEP_UNTRACED] = TOOL_EXITS(BROKEN, BROKEN),
	[STEP_SAME] = TOOL_EXITS(FAILED, BROKEN),
	[STEP_DECODE] = TOOL_EXITS(BROKEN, BROKEN),
	[STEP_LINES] = TOOL_EXITS(BROKEN, BROKEN),
	[STEP_WRITE] = TOOL_EXITS(BROKEN, BROKEN),
	/* 2: a damaged run, which is shown nevertheless */
	[STEP_LADDER] = TOOL_EXITS(BROKEN, HELD),
	[STEP_CHECK] = TOOL_EXITS(FAILED, BROKEN),
	[STEP_WIRE] = TOOL_EXITS(FAILED, BROKEN),
#undef TOOL_EXITS
};

void log_print(const struct run *run, const char *name)
{
	char *path = run_path(run, name), *text = file_tail(path, LOG_BYTES);

	progress_clear();
	if (text)
		fputs(text, stderr);
	free(text);
	free(path);
}

/* Says that a step's program has not done it, and why; `cannot` is the sentence's beginning. */
static void tool_broke(struct run *run, enum status status, const char *program, struct end end,
		       const struct tally *tally, const char *cannot)
{
	char *way = end_text(end), *silence = tally_text(tally);
	bool silent = end.way == END_EXITED && status <= STATUS_FAILED;
	const char *name = strrchr(program, '/') ? strrchr(program, '/') + 1 : program;
	char *remedy = end.way == END_KILLED ? text_copy(KILLED_REMEDY)
					     : text_format("see '%s/gdb.log'", run->folder);

	run_fail(run, status == STATUS_SETUP ? STATUS_SETUP : STATUS_BROKEN,
		 text_format("%s: %s %s%s%s", cannot, name, way, silent ? " and " : "",
			     silent ? silence : ""),
		 remedy);
	free(way);
	free(silence);
}

enum status step_tool(struct run *run, enum step step, const char *const *argv,
		      enum child_output where, char **output, char *cannot)
{
	struct tally tally;
	struct end end = tool_run(run, argv, where, output, &tally);
	enum status status = STATUS_BROKEN;

	if (end.way == END_EXITED && end.value < EXITS)
		status = exits[step][end.value];
	if (status <= STATUS_FAILED && tally_whole(&tally)) {
		if (*tally.left_out)
			step_leave_out(run, step, tally.left_out);
		else
			step_done(run, step, tally.done, tally.what);
	} else {
		tool_broke(run, status, argv[0], end, &tally, cannot);
		status = status == STATUS_SETUP ? STATUS_SETUP : STATUS_BROKEN;
	}
	free(cannot);
	return status;
}
