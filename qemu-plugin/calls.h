/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watches the calls below the plan's root function, and writes them as trees. */
#ifndef PLUGIN_CALLS_H
#define PLUGIN_CALLS_H

#include "tracer.h"

/* Begins; refuses what cannot be written. Nothing happens if the plan has no tree. */
void calls_open(struct tracer *tracer, const char *path);

/* To be called for each instruction that QEMU translates, before clock_count(). */
void calls_watch(struct tracer *tracer, struct qemu_plugin_insn *insn, bool is_first);
void calls_close(struct tracer *tracer);

#endif
