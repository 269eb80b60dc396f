/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of recorded functions that are open, and how they are written when they end: docs/lines.md. */
#ifndef PLUGIN_RAN_H
#define PLUGIN_RAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tracer.h"

#define RAN_NONE UINT32_MAX

/* One call of a function: counts by the place of an instruction within it. */
struct call {
	uint64_t rsp, enter;
	uint32_t behind; /* the place behind what ran last */
	uint32_t branch; /* the place of that if it is a conditional jump, else NONE */
	uint32_t ran; /* different instructions */
	uint32_t *order, *counts, *fell; /* fell: how often a conditional jump did not jump */
};

/* What is known of a function, beside what the plan says. */
struct text {
	const struct plan_text *of;
	uint8_t *lengths; /* of the instruction at a place */
	uint32_t *targets; /* of the conditional jump at a place, as an address's lower half */
	struct call **open, **spare;
	size_t open_count, open_size, spare_count;
};

/* Makes the file; refuses where it cannot. Returns what is known of each function of the plan. */
struct text *ran_open(struct tracer *tracer, const char *path);

/* The lab has ended, or QEMU does: writes the calls that have not returned. */
void ran_close(void);

/* Whether calls are recorded now. */
bool ran_is_taken(void);

/* Callbacks of a function's first instruction, and of those by which it may end; `data` is its text. */
void ran_entered(unsigned int vcpu, void *data);
void ran_left(unsigned int vcpu, void *data);

/* The open call that the CPU is in, which is in the function; NULL if none is known. */
struct call *ran_now(const struct text *text);

/* Memory of zeros; ends QEMU if there is none. */
void *ran_memory(size_t count, size_t size);

#endif
