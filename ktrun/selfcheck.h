/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether what a run has taken, decoded and counted is one and the same: no opinion of the kernel, but of ourselves. */
#ifndef KTRUN_SELFCHECK_H
#define KTRUN_SELFCHECK_H

#include "run.h"

/* Judges each row of a table; of one that does not hold run_fail() tells. */
void self_check(struct run *run);

#endif
