/* SPDX-License-Identifier: GPL-2.0-or-later */
/* captures.bin, as gdb-scripts/ktlab/capture.py reads it: a record a hit, each written whole when it is complete. */
#ifndef PLUGIN_RECORD_H
#define PLUGIN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan.h"

#define RECORD_NONE UINT32_MAX

/* The record under way, and the file. */
struct record {
	int fd;
	const char *path;
	uint8_t *bytes;
	size_t used, size;
	uint32_t count; /* records written */
	off_t mark; /* where the record after record_mark() begins */
};

/* Makes the file and writes its head. Returns false with errno. */
bool record_open(struct record *record, const char *path, const uint8_t *plan_sha256);
void record_close(struct record *record);

/* Begins a record; `entry` is the number of the entry's record, RECORD_NONE if it is no return; `order` that of the
 * registers. */
void record_begin(struct record *record, const struct site *site, uint32_t entry, uint64_t clock_ns,
		  uint64_t instructions, const unsigned int *order, const uint64_t *regs);

/* Adds a block; `data` NULL: it is absent. Returns where its bytes are, as an offset into record->bytes. */
size_t record_block(struct record *record, uint64_t address, const void *data, uint32_t bytes);

/* Writes the record. Returns false with errno. */
bool record_end(struct record *record);

/* Remembers the place; record_later() makes the times of what was written since later. It returns false with errno. */
void record_mark(struct record *record);
bool record_later(struct record *record, uint64_t ns);

#endif
