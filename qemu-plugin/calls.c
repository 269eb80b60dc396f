// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which instructions make a call tree: the first of each function, each return, and, in the code where the CPU comes
 * to when it is interrupted, the first of each block and the return from an interrupt.
 */
#define _GNU_SOURCE
#include "calls.h"

#include "insn.h"
#include "say.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The CPU pushes this when it is interrupted in the kernel; before it, for some, an error code or a vector. */
struct frame {
	uint64_t rip, cs, rflags, rsp, ss;
};

enum {
	KERNEL_CS = 0x10, /* arch/x86/include/asm/segment.h */
	RFLAGS_ONE = 2 /* the bit that is always 1 */
};

static uint64_t rsp_now(struct tracer *tracer)
{
	return guest_reg(&tracer->guest, REG_RSP);
}

static int64_t instructions(const struct tracer *tracer)
{
	return (int64_t)clock_instructions(&tracer->clock);
}

/* The word at an address of the stack; 0 if there is none. */
static uint64_t word(struct tracer *tracer, uint64_t address)
{
	const uint8_t *data = guest_read(&tracer->guest, address, sizeof(uint64_t));
	uint64_t value = 0;

	if (data)
		memcpy(&value, data, sizeof(value));
	return value;
}

/* The number of a stack by a variable that holds its end, or the address of its top word. */
static uint64_t stack_behind(struct tracer *tracer, uint64_t variable)
{
	return (word(tracer, variable) - 1) / tracer->forest.stack_bytes;
}

/* Whether a frame that the CPU has pushed begins at an address. */
static bool frame_at(struct tracer *tracer, uint64_t address)
{
	const uint8_t *data = guest_read(&tracer->guest, address, sizeof(struct frame));
	struct frame frame;

	if (!data)
		return false;
	memcpy(&frame, data, sizeof(frame));
	/* the CPU aligns the stack to 16 bytes before it pushes */
	return frame.cs == KERNEL_CS && (frame.rflags & RFLAGS_ONE) &&
	       plan_is_text(tracer->plan, frame.rip) && frame.rsp - (address + sizeof(frame)) < 16;
}

static void function_entered(struct tracer *tracer, const struct function *function)
{
	struct forest *forest = &tracer->forest;
	const struct plan_tree *tree = &tracer->plan->tree;
	uint64_t rsp = rsp_now(tracer), number = (uint64_t)(function - tree->functions);

	if (!forest->open_count)
		forest->interrupt_stack = stack_behind(tracer, tree->interrupt_stack);
	/* code may get to a function's first instruction otherwise, with no return address on the stack */
	if (plan_is_text(tracer->plan, word(tracer, rsp)))
		forest_enter(forest, (uint32_t)number, number == tree->root,
			     !plan_is_entry(tracer->plan, function->address), rsp,
			     instructions(tracer), clock_ns(&tracer->clock));
}

/* The callbacks of QEMU get one pointer, and the tracer is one. */
static struct tracer *the_tracer;

static void root_reached(unsigned int vcpu, void *function)
{
	(void)vcpu;
	if (the_tracer->stage == STAGE_LAB ||
	    (the_tracer->stage == STAGE_BOOT && the_tracer->plan->from_boot))
		function_entered(the_tracer, function);
}

static void function_reached(unsigned int vcpu, void *function)
{
	(void)vcpu;
	if (the_tracer->forest.open_count)
		function_entered(the_tracer, function);
}

static void return_reached(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	if (the_tracer->forest.open_count)
		forest_leave(&the_tracer->forest, rsp_now(the_tracer), instructions(the_tracer));
}

static void resume_reached(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	if (the_tracer->forest.open_count)
		forest_resume(&the_tracer->forest, rsp_now(the_tracer), instructions(the_tracer));
}

static void entry_reached(unsigned int vcpu, void *data)
{
	uint64_t rsp;

	(void)vcpu;
	(void)data;
	if (!the_tracer->forest.open_count)
		return;
	rsp = rsp_now(the_tracer);
	for (uint64_t frame = rsp; frame <= rsp + sizeof(uint64_t); frame += sizeof(uint64_t))
		if (frame_at(the_tracer, frame)) {
			forest_interrupt(&the_tracer->forest, rsp, frame, instructions(the_tracer),
					 clock_ns(&the_tracer->clock));
			return;
		}
}

static void hook(struct tracer *tracer, struct qemu_plugin_insn *insn,
		 qemu_plugin_vcpu_udata_cb_t reached, const void *data)
{
	clock_show(&tracer->clock, insn);
	qemu_plugin_register_vcpu_insn_exec_cb(insn, reached, QEMU_PLUGIN_CB_R_REGS, (void *)data);
}

void calls_watch(struct tracer *tracer, struct qemu_plugin_insn *insn, bool is_first)
{
	const struct plan_tree *tree = &tracer->plan->tree;
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	const struct function *function;
	uint8_t bytes[INSN_BYTES];
	size_t length;

	if (!tree->functions || !plan_is_text(tracer->plan, address))
		return;
	length = qemu_plugin_insn_data(insn, bytes, sizeof(bytes));
	function = plan_function(tracer->plan, address);
	if (is_first && plan_is_entry(tracer->plan, address))
		hook(tracer, insn, entry_reached, NULL);
	if (function)
		hook(tracer, insn,
		     function == tree->functions + tree->root ? root_reached : function_reached,
		     function);
	if (insn_returns(bytes, length))
		hook(tracer, insn, return_reached, NULL);
	if (insn_resumes(bytes, length))
		hook(tracer, insn, resume_reached, NULL);
}

void calls_open(struct tracer *tracer, const char *path)
{
	const struct plan_tree *tree = &tracer->plan->tree;

	the_tracer = tracer;
	if (!tree->functions)
		return;
	if (!path)
		say_refuse("the plan has a tree, and there is no tree=FILE to write it to");
	tracer->forest.names = tree->names;
	tracer->forest.stack_bytes = tree->stack_bytes;
	if (!forest_open(&tracer->forest, path, tree->root))
		say_refuse("cannot write '%s': %s", path, strerror(errno));
}

void calls_close(struct tracer *tracer)
{
	if (!forest_close(&tracer->forest))
		fprintf(stderr, "ktlab-plugin: the tree of calls is not complete: %s\n",
			strerror(errno));
}
