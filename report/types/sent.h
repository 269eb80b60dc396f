/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a segment was sent. */
#ifndef KTREPORT_SENT_H
#define KTREPORT_SENT_H

#include "run/trace.h"

/* What a segment that was sent means, by the functions that sent it. */
extern const struct meaning sent_meanings[];
/* In a word or two, as a key of the catalogue: "retransmission timer"; NULL: not known, or it was not sent. */
const char *sent_cause(const struct trace *trace, const struct event *ev);
/* Was it sent again because it is marked as lost? */
bool is_sent_as_lost(const struct event *ev);

#endif
