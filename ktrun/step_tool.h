/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step that a program does. For the files that have steps. */
#ifndef KTRUN_STEP_TOOL_H
#define KTRUN_STEP_TOOL_H

#include "run.h"

/*
 * Runs the program of a step. What it found is the result: only STATUS_HELD and STATUS_FAILED if it has judged all that
 * there is, and then the step is done; of anything else run_fail() was told. `cannot` is taken over.
 */
enum status step_tool(struct run *run, enum step step, const char *const *argv,
		      enum child_output where, char **output, char *cannot);

/* Prints the end of a log, which a failed tool has written. */
void log_print(const struct run *run, const char *name);

#endif
