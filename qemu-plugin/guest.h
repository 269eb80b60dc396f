/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be read of the guest while one of its instructions is about to run: registers and memory. */
#ifndef PLUGIN_GUEST_H
#define PLUGIN_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api.h"
#include "plan.h"

struct guest {
	struct qemu_plugin_register *regs[REG_COUNT];
	GByteArray *bytes; /* of the last read */
};

/* Finds the registers; to be called by the vCPU itself. Returns the name of one that is missing, or NULL. */
const char *guest_init(struct guest *guest);
void guest_free(struct guest *guest);

/* A register of an instruction's callback; rip is stale there and 0 here. */
uint64_t guest_reg(struct guest *guest, enum reg reg);

/* Whether an address is one of kernel or user memory that can be read without touching a device. */
bool guest_may_read(const struct facts *facts, uint64_t address, uint64_t rsp);

/* The bytes at an address, valid until the next read; NULL where nothing is mapped. */
const uint8_t *guest_read(struct guest *guest, uint64_t address, size_t bytes);

#endif
