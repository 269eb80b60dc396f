/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of the guest and its engine, once both have ended: run_fail() is told what went wrong. */
#ifndef KTRUN_ENDING_H
#define KTRUN_ENDING_H

#include "run.h"

/* What to do about a program that a signal has killed. */
#define KILLED_REMEDY "run again; if it comes again, dmesg tells whether memory ran out"

/* Of a traced run; what went well is a step that is done. */
void guest_judge(struct run *run);

/* Of a run without an engine. */
void untraced_judge(struct run *run);

#endif
