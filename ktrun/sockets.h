/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The private folder of a run's socket. */
#ifndef KTRUN_SOCKETS_H
#define KTRUN_SOCKETS_H

#include "run.h"

/*
 * Makes run->sockets, a folder that only this user can enter, and removes those of runs that were killed.
 * Returns false when it cannot; run_fail() has been told.
 */
bool sockets_make(struct run *run);

/* Removes the folder with its socket. */
void sockets_remove(struct run *run);

#endif
