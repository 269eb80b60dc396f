/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the phases' programs and watches them: tools one by one, the guest and its engine together. */
#ifndef KTRUN_GUEST_H
#define KTRUN_GUEST_H

#include "run.h"
#include "tally.h"

/* What to do about a program that a signal has killed. */
#define KILLED_REMEDY "run again; if it comes again, dmesg tells whether memory ran out"

/*
 * Says with run_fail() that there is no engine of the setting's name, and which there are. Sets run->mode: an engine
 * beside QEMU stops the guest, so it traces an exact run in a replay, where a stop changes nothing.
 */
bool engine_check(struct run *run);

/* The phases boot, lab and end. What goes wrong is in run->reason afterwards. */
void guest_run(struct run *run);

/* Runs the guest without an engine, recorded if it is to be replayed, into run->untraced. False after run_fail(). */
bool guest_untraced(struct run *run);

/*
 * Runs a tool to its end within the limit; its errors go into the run's gdb.log, with CHILD_PASS to stderr.
 * `output`, if not NULL, gets its stdout; the caller frees it. `tally` is what it says to have done.
 * What it passes to a reader that has left need not be written.
 */
struct end tool_run(struct run *run, const char *const *argv, enum child_output where,
		    char **output, struct tally *tally);

#endif
