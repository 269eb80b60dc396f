/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a run: its events, its captures, and what comes of holding them against each other. */
#ifndef KTREPORT_RUN_H
#define KTREPORT_RUN_H

#include "run/trace.h"

/*
 * Reads RUN/events.jsonl (or the file itself) and the captures beside it. Returns NULL only when
 * there is nothing to read, with the sentence to print in *error, which the caller frees.
 * A damaged run gives what is good of it, and problems.
 */
struct trace *run_open(const char *run, char **error);

/* Joins what was read, events and captures: run_open() does it. */
void run_join(struct trace *trace);

/*
 * Hides all frames that an expression in pcap-filter's syntax refuses, and their events.
 * Returns NULL, or libpcap's sentence, which the caller frees.
 */
char *run_filter_packets(struct trace *trace, const char *expression);

#endif
