/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of its sockets' queues, held against what segments and calls have left there. */
#ifndef KTREPORT_QUEUES_H
#define KTREPORT_QUEUES_H

#include "judge/counters.h"

/*
 * Adds a row for each queue of a TCP socket that a witness tells of: a line of `ss` that a lab asked for, and at the end of
 * every run each socket of the kernel's own table. Each difference becomes one of the run's contradictions. After
 * counters_judge().
 */
void queues_judge(struct counters *counters, struct trace *trace);

#endif
