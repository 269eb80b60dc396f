/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the bytes of an x86-64 instruction tell. */
#ifndef PLUGIN_INSN_H
#define PLUGIN_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More bytes than any instruction has that is told here. */
enum {
	INSN_BYTES = 16
};

/*
 * Whether an instruction is of a kind that always completes: it works on registers alone and cannot fault. Says no to
 * whatever it does not know.
 */
bool insn_completes(const uint8_t *bytes, size_t length);

/* Whether it returns from a function, or from an interrupt. */
bool insn_returns(const uint8_t *bytes, size_t length);
bool insn_resumes(const uint8_t *bytes, size_t length);

/* Whether it jumps on a condition, or always, to an address that it names itself. */
bool insn_branches(const uint8_t *bytes, size_t length, uint64_t address, uint64_t *target);
bool insn_jumps(const uint8_t *bytes, size_t length, uint64_t address, uint64_t *target);

/* Whether it reads the time stamp counter. */
bool insn_reads_counter(const uint8_t *bytes, size_t length);

/* Whether it waits for an interrupt. */
bool insn_halts(const uint8_t *bytes, size_t length);

#endif
