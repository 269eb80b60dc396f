/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts what a run consists of: QEMU, the engine beside it, and tools. Why one cannot be started, run_fail() is told. */
#ifndef KTRUN_LAUNCH_H
#define KTRUN_LAUNCH_H

#include "run.h"

/* Starts one of the run's programs, with its log in the run's folder; with V=1 its command is said. */
bool launch(struct run *run, struct child *child, const char *name, const char *const *argv,
	    enum child_output where, const char *log);

/*
 * Starts QEMU in a mode of run-qemu.sh with its files in the folder. `socket` is where it waits for GDB, and `plan`
 * what its plugin executes; NULL: it does not.
 */
bool qemu_start(struct run *run, const char *mode, const char *folder, const char *socket,
		const char *plan);

/* Waits until QEMU has made its socket; false if it ended or the run must stop. */
bool socket_wait(struct run *run);

/* Starts the engine that connects to it. */
bool engine_start(struct run *run);

#endif
