/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run's events and frames say of each other. run.c calls these, in this order; what contradicts is unmatched. */
#ifndef KTREPORT_LEDGER_H
#define KTREPORT_LEDGER_H

#include "run/trace.h"

/* Gives each frame its events. */
void ledger_join(struct trace *trace);
/* Holds the events against their frames, and against each other. */
void agree_check(struct trace *trace);
void derive_check(struct trace *trace);

#endif
