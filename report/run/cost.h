/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run cost: the phases of RUN/run.json, and the guest's time that stops took. */
#ifndef KTREPORT_COST_H
#define KTREPORT_COST_H

#include "run/trace.h"

/* "boot 6.6 s, lab 12.8 s"; NULL when the run does not say. The caller frees it. */
char *cost_phases(const struct trace *trace);
/* Wall time of the lab's phase for each hit, in ms; negative when the run does not say. */
double cost_ms_per_hit(const struct trace *trace);
/* What the comparison with the untraced run found; NULL if there was none. The caller frees it. */
char *cost_untraced(const struct trace *trace);
/* What the comparison of both engines on this run found; NULL if there was none. The caller frees it. */
char *cost_engines(const struct trace *trace);
/* How far stops moved virtual time, in the reader's language; NULL if they did not. The caller frees it. */
char *cost_stops(const struct trace *trace);

#endif
