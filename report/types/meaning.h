/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an event means, in one sentence for a student, with its place in the source. */
#ifndef KTREPORT_MEANING_H
#define KTREPORT_MEANING_H

#include "run/trace.h"

/* The index of the sentence for this event, or -1. */
int meaning_of(const struct event *ev);

size_t meaning_count(void);
const char *meaning_text(size_t index); /* in the user's language */
const char *meaning_source(size_t index); /* "net/ipv4/tcp_ipv4.c: tcp_v4_connect()" */

#endif
