/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proof that tracing changed nothing: the lab once more without an engine, and both runs compared. */
#ifndef KTRUN_EXACT_H
#define KTRUN_EXACT_H

#include "run.h"

/*
 * Runs the lab untraced into the folder `untraced` of the run, and compares console and wires byte by byte.
 * What was found is in run->exact; a difference, or a run that did not end well, is said by run_fail().
 */
void exact_run(struct run *run);

#endif
