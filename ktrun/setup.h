/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks before a run whether everything is there that it needs. */
#ifndef KTRUN_SETUP_H
#define KTRUN_SETUP_H

#include "run.h"

/*
 * Finds the lab, makes OUT/LAB, locks it, and removes what the run before has left there: from then on the run has a
 * record. Returns false after run_fail().
 */
bool setup_begin(struct run *run);

/* Engine, topology, kernel, tools, space. Returns false after run_fail(). */
bool setup_check(struct run *run);

#endif
