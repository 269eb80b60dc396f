/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shows on stderr where the run is: one line that moves on a terminal, one line a phase elsewhere. */
#ifndef KTRUN_PROGRESS_H
#define KTRUN_PROGRESS_H

#include <stdbool.h>

/* Draws the running phase on a terminal; does nothing elsewhere. */
void progress_show(const char *phase, double wall_s, long hits);

/* The phase's last line. */
void progress_done(const char *phase, double wall_s, long hits);

/* Removes the line that moves, so that something else can be printed. */
void progress_clear(void);

#endif
