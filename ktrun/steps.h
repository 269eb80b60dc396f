/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run does, step by step, and why its verdict may be believed. */
#ifndef KTRUN_STEPS_H
#define KTRUN_STEPS_H

#include "run.h"

/*
 * Does all steps, as far as they go. The run holds only if each one has said that it is done, or may be left out;
 * of one that has not run_fail() tells.
 */
void steps_run(struct run *run);

#endif
