/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which instructions of a function ran, call by call: lines.bin, as docs/lines.md describes it. */
#ifndef PLUGIN_LINES_H
#define PLUGIN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api.h"

struct tracer;

#define LINES_MAGIC "ktlablin\1\0\0"

/* The kinds of records, and why the file ends. */
enum {
	LINES_CALL = 1,
	LINES_END = 2,
	LINES_WHOLE = 0,
	LINES_FULL = 1
};

/* Makes the file, if the plan names functions for it; refuses where it cannot. */
void lines_open(struct tracer *tracer, const char *path);

/* For a block that QEMU translates: lines_begin(), and each of its instructions in turn. */
void lines_begin(void);
void lines_watch(struct tracer *tracer, struct qemu_plugin_insn *insn, bool is_last);

/* The guest's kernel begins to handle a fault of the instruction there, which will run again. */
void lines_fault(struct tracer *tracer, uint64_t address);

#endif
