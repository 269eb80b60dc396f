/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting: for children, for their output, for signals, and no longer than the limit. */
#ifndef KTRUN_WATCH_H
#define KTRUN_WATCH_H

#include "run.h"

/* Makes run->signal_fd: from now on the signals that end ktrun are read, not taken. Returns false with errno. */
bool watch_init(struct run *run);

/*
 * Waits at most 50 ms for something to happen to the run's children or for out_fd (-1: none) to have data.
 * Returns false when the run must stop here: a signal came, or the phase has reached its limit;
 * run_fail() has been told.
 */
bool watch_next(struct run *run, int out_fd);

#endif
