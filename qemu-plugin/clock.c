// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The clock.
 *
 * Theory of operation. The plugin interface tells no time. An instruction that reads the time stamp counter (rdtsc)
 * ends its translation block under icount, and what it read is in edx:eax when the next block begins. So there are
 * two callbacks: at rdtsc, which notes how many instructions will have run after it, and at the instruction behind it,
 * which takes the time if exactly so many have run. (A jump to that instruction, or an interrupt between the two, has
 * another count.) Time jumps while the CPU is halted, and the kernel reads the counter soon after: the few records that
 * were written in between (of tick_irq_enter(), say) get the jump added.
 *
 * To count each instruction by itself costs a sixth of QEMU's time. So instructions that always complete wait for the
 * next one that may not, or that is looked at, or that ends the block, and are added there.
 */
#include "clock.h"

#include <errno.h>
#include <string.h>

#include "insn.h"
#include "say.h"

void clock_init(struct clock *clock, unsigned int shift, struct guest *guest, struct record *record)
{
	*clock = (struct clock){ .shift = shift, .guest = guest, .record = record };
	clock->instructions.score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
}

uint64_t clock_instructions(const struct clock *clock)
{
	return qemu_plugin_u64_get(clock->instructions, 0);
}

uint64_t clock_ns(const struct clock *clock)
{
	return clock->tied_ns + ((clock_instructions(clock) - clock->tied_at) << clock->shift);
}

void clock_uncount(struct clock *clock, uint64_t number)
{
	qemu_plugin_u64_add(clock->instructions, 0, -number);
}

static void counter_reading(unsigned int vcpu, void *data)
{
	struct clock *clock = data;

	(void)vcpu;
	clock->reading_at = clock_instructions(clock) + 1;
}

static void counter_read(unsigned int vcpu, void *data)
{
	struct clock *clock = data;
	uint64_t read_ns, counted_ns = clock_ns(clock);

	(void)vcpu;
	if (clock_instructions(clock) != clock->reading_at)
		return;
	clock->reading_at = 0;
	read_ns = guest_reg(clock->guest, REG_RDX) << 32 |
		  (guest_reg(clock->guest, REG_RAX) & UINT32_MAX);
	/* time only jumps forward: what is missing was counted and did not complete */
	if (read_ns < counted_ns)
		clock_uncount(clock, (counted_ns - read_ns) >> clock->shift);
	else if (clock->halted && read_ns > counted_ns &&
		 !record_later(clock->record, read_ns - counted_ns))
		say_refuse("cannot write '%s': %s", clock->record->path, strerror(errno));
	clock->halted = false;
	clock->tied_at = clock_instructions(clock);
	clock->tied_ns = read_ns;
}

static void halting(unsigned int vcpu, void *data)
{
	struct clock *clock = data;

	(void)vcpu;
	clock->halted = true;
	record_mark(clock->record);
}

static bool place_known(const struct clock *clock, uint64_t address)
{
	for (unsigned int i = 0; i < clock->place_count; i++)
		if (clock->places[i] == address)
			return true;
	return false;
}

/* Adds what is pending before an instruction runs, and before the callbacks that it gets later. */
static void pending_add(struct clock *clock, struct qemu_plugin_insn *insn)
{
	if (clock->pending)
		qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
			insn, QEMU_PLUGIN_INLINE_ADD_U64, clock->instructions, clock->pending);
	clock->pending = 0;
}

void clock_begin(struct clock *clock)
{
	clock->pending = 0;
}

void clock_show(struct clock *clock, struct qemu_plugin_insn *insn)
{
	pending_add(clock, insn);
}

void clock_watch(struct clock *clock, struct qemu_plugin_insn *insn, bool is_first)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn), next;
	uint8_t bytes[INSN_BYTES];
	size_t length = qemu_plugin_insn_data(insn, bytes, sizeof(bytes));

	if (is_first && place_known(clock, address))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, counter_read, QEMU_PLUGIN_CB_R_REGS,
						       clock);
	if (insn_halts(bytes, length))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, halting, QEMU_PLUGIN_CB_NO_REGS,
						       clock);
	if (!insn_reads_counter(bytes, length))
		return;
	clock_show(clock, insn);
	qemu_plugin_register_vcpu_insn_exec_cb(insn, counter_reading, QEMU_PLUGIN_CB_NO_REGS,
					       clock);
	next = address + length;
	if (!place_known(clock, next) && clock->place_count < CLOCK_PLACES)
		clock->places[clock->place_count++] = next;
}

void clock_count(struct clock *clock, struct qemu_plugin_insn *insn, bool is_last)
{
	uint8_t bytes[INSN_BYTES];
	size_t length = qemu_plugin_insn_data(insn, bytes, sizeof(bytes));

	clock->pending++;
	if (is_last || !insn_completes(bytes, length))
		pending_add(clock, insn);
}
