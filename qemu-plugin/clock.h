/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions executed so far, and the guest's virtual time. */
#ifndef PLUGIN_CLOCK_H
#define PLUGIN_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "api.h"
#include "guest.h"
#include "record.h"

enum {
	CLOCK_PLACES = 256
};

/*
 * Under -icount shift=N an instruction takes 2^N ns, and an idle CPU jumps to its next timer. Where the guest reads
 * its time stamp counter it gets the virtual time itself; from there on the instructions are counted.
 */
struct clock {
	qemu_plugin_u64 instructions;
	unsigned int shift;
	unsigned int pending; /* of the block under translation, to be added */
	uint64_t tied_ns,
		tied_at; /* the time that was read last, and the instructions until then */
	uint64_t
		reading_at; /* instructions when a counter's read is complete; 0: none is under way */
	uint64_t places
		[CLOCK_PLACES]; /* addresses that follow an instruction that reads the counter */
	unsigned int place_count;
	bool halted; /* the time may have jumped since it was told last */
	struct guest *guest;
	struct record *record; /* whose times are put right after a jump */
};

void clock_init(struct clock *clock, unsigned int shift, struct guest *guest,
		struct record *record);

/*
 * For a block that QEMU translates, and each of its instructions in turn: clock_begin(); clock_watch(); clock_show() if
 * a callback is about to be registered that asks for the count before the instruction; clock_count().
 */
void clock_begin(struct clock *clock);
void clock_watch(struct clock *clock, struct qemu_plugin_insn *insn, bool is_first);
void clock_show(struct clock *clock, struct qemu_plugin_insn *insn);
void clock_count(struct clock *clock, struct qemu_plugin_insn *insn, bool is_last);

/* Takes back instructions that were counted, but did not complete. */
void clock_uncount(struct clock *clock, uint64_t number);

uint64_t clock_instructions(const struct clock *clock);
uint64_t clock_ns(const struct clock *clock);

#endif
