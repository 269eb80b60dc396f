/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proof that tracing changed nothing: the lab once more without an engine, and both runs compared. */
#ifndef KTRUN_EXACT_H
#define KTRUN_EXACT_H

#include "run.h"

/*
 * Runs the lab untraced into the folder `untraced` of the run; with the setting `from` takes that run's instead, if it
 * was made with the same kernel and initramfs. What is wrong is said by run_fail().
 */
void exact_prepare(struct run *run);

/*
 * Compares console and wires of the traced run with those of the untraced one, byte by byte. What was found is in
 * run->exact; a difference is said by run_fail().
 */
void exact_compare(struct run *run);

#endif
