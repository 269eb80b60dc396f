/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the guest with its engine, or without one, and watches both. */
#ifndef KTRUN_GUEST_H
#define KTRUN_GUEST_H

#include "run.h"

/* The phases boot, lab and end. What goes wrong is in run->reason afterwards. */
void guest_run(struct run *run);

/* Runs the guest without an engine, recorded if it is to be replayed, into run->untraced. False after run_fail(). */
bool guest_untraced(struct run *run);

#endif
