/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that the programs of the report do, in the order of a run. */
#ifndef KTRUN_STEP_REPORT_H
#define KTRUN_STEP_REPORT_H

#include "run.h"

/* A mistake in the expectations is found before the boot. */
void expect_read(struct run *run);

/* Makes lines.json of what ran. */
void lines_resolve(struct run *run);

void report_write(struct run *run);
void ladder_show(struct run *run);
void expect_judge(struct run *run);

/* tshark's opinion of the frames, compared with the events. */
void wire_compare(struct run *run);

#endif
