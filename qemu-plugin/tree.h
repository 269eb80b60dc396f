/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call trees: every call below a root function, with the instructions that each took. Knows nothing of QEMU. */
#ifndef PLUGIN_TREE_H
#define PLUGIN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	TREES_OPEN = 16, /* at a time: so many tasks may be inside the root */
	TREE_CALLS_MAX = 200000 /* that are listed, of all trees; 36 MB in the file */
};

#define TREE_NONE UINT32_MAX

/* An inclusive number counts the calls below, too; what is away or interrupts is in no `self` and no `total`. */
struct tree_call {
	uint32_t function; /* its place in the table of functions; TREE_NONE: not known yet */
	uint32_t parent, depth;
	bool is_interrupt, is_open;
	uint64_t rsp; /* at the entry; of an interrupt, where the CPU has put the interrupted rip */
	uint64_t t_ns; /* at the entry */
	int64_t enter, leave; /* instructions executed before the first, and with the last one */
	int64_t self, total; /* instructions of its own; inclusive */
	int64_t interrupts,
		away; /* inclusive: of interrupts that came, of other tasks while this one slept */
};

/* One call of the root, open as long as it has not returned. */
struct tree {
	struct tree_call *calls; /* in the order of their entry; the first is the root */
	uint32_t count, size;
	uint32_t top; /* the innermost open call, TREE_NONE: the slot is free */
	uint32_t interrupt; /* the open interrupt, or TREE_NONE; what runs in it is not listed */
	uint64_t stack; /* number of the task's stack */
	int64_t last; /* instructions until its last step */
};

struct forest {
	const char *const *names; /* of the functions */
	uint64_t stack_bytes; /* of a stack, to which it is aligned */
	uint64_t interrupt_stack; /* number of the stack on which interrupts and softirqs run */
	struct tree open[TREES_OPEN];
	unsigned int open_count;
	struct tree *running; /* the one whose task was on the CPU at the last step, or NULL */
	FILE *out;
	uint64_t listed, unlisted; /* calls */
	unsigned int trees, missed; /* calls of the root that have a tree, and that have none */
};

/* Makes the file and writes its head; `forest` has names and stack_bytes. Returns false with errno. */
bool forest_open(struct forest *forest, const char *path, uint32_t root);

/* Writes what is still open, and the end. Returns false if a line could not be written. */
bool forest_close(struct forest *forest);

/*
 * The steps of the guest. `now` is how many instructions were executed before the one that makes the step, `rsp` the
 * stack pointer before it. What happens on a stack that belongs to no tree changes nothing.
 */

/* The first instruction of a function. `names_interrupt`: an interrupt that has no name yet gets this one's. */
void forest_enter(struct forest *forest, uint32_t function, bool is_root, bool names_interrupt,
		  uint64_t rsp, int64_t now, uint64_t t_ns);
/* A return instruction, of a function or not. */
void forest_leave(struct forest *forest, uint64_t rsp, int64_t now);
/* The first instruction after an interrupt. */
void forest_interrupt(struct forest *forest, uint64_t rsp, uint64_t frame, int64_t now,
		      uint64_t t_ns);
/* The instruction that returns from an interrupt. */
void forest_resume(struct forest *forest, uint64_t rsp, int64_t now);

#endif
