/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tools of a run: programs that are run one by one, each to its end. */
#ifndef KTRUN_TOOL_H
#define KTRUN_TOOL_H

#include "run.h"
#include "tally.h"

/*
 * Runs a tool to its end within the limit; its errors go into the run's gdb.log, with CHILD_PASS to stderr.
 * `output`, if not NULL, gets its stdout; the caller frees it. `tally` is what it says to have done.
 * What it passes to a reader that has left need not be written.
 */
struct end tool_run(struct run *run, const char *const *argv, enum child_output where,
		    char **output, struct tally *tally);

#endif
