/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RUN/lines.bin: which instructions of each recorded call ran. */
#ifndef KTREPORT_RAN_H
#define KTREPORT_RAN_H

#include "base/util.h"

/* Instructions that follow each other and ran equally often; in the order in which a call ran them first. Addresses are
 * the lower halves of the kernel's. */
struct ran_run {
	uint32_t first, end, count;
};

/* A conditional jump: how often it came, and how often it did not jump. */
struct ran_branch {
	uint32_t at, target, count, fell;
};

struct ran_call {
	uint32_t function; /* its place in the plan's list */
	int64_t enter,
		leave; /* instructions before its first, and before its last; leave -1: it was not seen to leave */
	VEC(struct ran_run) runs;
	VEC(struct ran_branch) branches;
};

/* How the file ends. */
enum ran_end {
	RAN_NONE, /* there is no such file */
	RAN_DAMAGED, /* there is, of another kind */
	RAN_CUT, /* it was cut off */
	RAN_WHOLE,
	RAN_FULL /* there would have been more than a file may have */
};

/* Gives each call of a run in turn, until the function says false. */
enum ran_end ran_walk(const char *folder, bool (*give)(const struct ran_call *call, void *data),
		      void *data);

/* A sentence if a run's file is not whole; the caller frees it. */
char *ran_end_said(enum ran_end end);

/* Whether a call has run the instruction at an address; how often, and its place in the order. */
bool ran_at(const struct ran_call *call, uint32_t address, uint32_t *count, size_t *order);

#endif
