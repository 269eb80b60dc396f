/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every store into the objects of the plan: writes.bin, as docs/writes.md describes it. */
#ifndef PLUGIN_WRITES_H
#define PLUGIN_WRITES_H

#include "tracer.h"

/* Makes the file, if the plan names objects for it; refuses where it cannot. */
void writes_open(struct tracer *tracer, const char *path);

/* The lab begins: what lives is told, and from now on what is stored. It ends, or QEMU does. */
void writes_begin(void);
void writes_close(void);

/* For each instruction that QEMU translates. */
void writes_watch(struct tracer *tracer, struct qemu_plugin_insn *insn);

/* What was read from the guest's memory is held against what is known of it. */
void writes_compare(uint64_t address, const uint8_t *data, size_t bytes);

#endif
