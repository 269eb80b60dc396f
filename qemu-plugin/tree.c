// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The trees of calls.
 *
 * Theory of operation. A call is found by its stack pointer: at the return instruction rsp is what it was at the first
 * instruction. So a `ret` ends the call that was entered with this rsp, and with it those above that were left
 * otherwise. A function that is entered with the rsp of the innermost call, or a higher one, was jumped to: that call
 * has ended (thunks of indirect calls, assembly that goes on elsewhere).
 *
 * A task is told by its stack. Softirqs run on the interrupt stack on behalf of the task that was on the CPU last, so
 * what is entered there is a call as any other. An interrupt is not: from its first instruction to its iret it is one
 * line, whatever it calls.
 *
 * Each step charges the instructions since the step before to one line: the innermost call, the open interrupt, or, if
 * another task ran meanwhile, `away`. So the sums are exact by construction; that each call's sum is also the
 * difference of its first and last instruction is what tests look at.
 */
#define _GNU_SOURCE
#include "tree.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct tree_call *top_of(struct tree *tree)
{
	return &tree->calls[tree->top];
}

static uint64_t stack_number(const struct forest *forest, uint64_t rsp)
{
	/* the empty stack's rsp is the address behind it */
	return (rsp - 1) / forest->stack_bytes;
}

/* The tree that what happens at this stack pointer belongs to, or NULL. */
static struct tree *tree_find(const struct forest *forest, uint64_t rsp)
{
	uint64_t stack = stack_number(forest, rsp);

	if (stack == forest->interrupt_stack)
		return forest->running;
	for (unsigned int i = 0; i < TREES_OPEN; i++)
		if (forest->open[i].top != TREE_NONE && forest->open[i].stack == stack)
			return (struct tree *)&forest->open[i];
	return NULL;
}

/* Charges the instructions since the tree's last step. */
static void charge(struct forest *forest, struct tree *tree, int64_t now)
{
	int64_t passed = now - tree->last;

	if (forest->running != tree)
		top_of(tree)->away += passed;
	else if (tree->interrupt != TREE_NONE)
		tree->calls[tree->interrupt].self += passed;
	else
		top_of(tree)->self += passed;
	tree->last = now;
	forest->running = tree;
}

/* The tree of a step, charged; NULL if the step belongs to none. */
static struct tree *step(struct forest *forest, uint64_t rsp, int64_t now)
{
	struct tree *tree = forest->open_count ? tree_find(forest, rsp) : NULL;

	if (tree)
		charge(forest, tree, now);
	else if (stack_number(forest, rsp) != forest->interrupt_stack)
		forest->running = NULL;
	return tree;
}

static void call_write(struct forest *forest, const struct tree_call *call, uint32_t number,
		       uint64_t first)
{
	FILE *out = forest->out;

	fprintf(out,
		"{\"n\":%" PRIu64 ",\"type\":\"tree.%s\",\"t_ns\":%" PRIu64
		",\"tree\":%u,\"depth\":%u",
		first + number + 1, call->is_interrupt ? "interrupt" : "call", call->t_ns,
		forest->trees, call->depth);
	if (call->parent == TREE_NONE)
		fputs(",\"parent\":null", out);
	else
		fprintf(out, ",\"parent\":%" PRIu64, first + call->parent + 1);
	fprintf(out, ",\"fn\":\"%s\",\"enter\":%" PRId64,
		call->function == TREE_NONE ? "?" : forest->names[call->function], call->enter);
	if (call->is_open)
		fputs(",\"leave\":null", out);
	else
		fprintf(out, ",\"leave\":%" PRId64, call->leave);
	fprintf(out,
		",\"self\":%" PRId64 ",\"total\":%" PRId64 ",\"interrupts\":%" PRId64
		",\"away\":%" PRId64 "}\n",
		call->self, call->total, call->interrupts, call->away);
}

/* Writes a tree and frees its slot. */
static void tree_end(struct forest *forest, struct tree *tree)
{
	forest->trees++;
	for (uint32_t i = 0; i < tree->count; i++)
		call_write(forest, &tree->calls[i], i, forest->listed);
	forest->listed += tree->count;
	tree->count = 0;
	tree->top = TREE_NONE;
	forest->open_count--;
	if (forest->running == tree)
		forest->running = NULL;
}

/* The innermost call has ended. Its tree may end with it. */
static void call_end(struct forest *forest, struct tree *tree, int64_t now)
{
	struct tree_call *call = top_of(tree), *parent;

	call->total += call->self;
	call->leave = now;
	if (call->parent == TREE_NONE) {
		tree_end(forest, tree);
		return;
	}
	parent = &tree->calls[call->parent];
	parent->total += call->total;
	parent->interrupts += call->interrupts;
	parent->away += call->away;
	tree->top = call->parent;
}

static uint32_t call_add(struct tree *tree, const struct tree_call *call)
{
	if (tree->count == tree->size) {
		tree->size = tree->size ? tree->size * 2 : 256;
		tree->calls = realloc(tree->calls, tree->size * sizeof(*tree->calls));
		if (!tree->calls) {
			fputs("ktlab-plugin: out of memory\n", stderr);
			abort();
		}
	}
	tree->calls[tree->count] = *call;
	return tree->count++;
}

static void root_enter(struct forest *forest, const struct tree_call *call)
{
	struct tree *tree = forest->open;

	if (forest->open_count == TREES_OPEN || forest->listed >= TREE_CALLS_MAX) {
		forest->missed++;
		return;
	}
	while (tree->top != TREE_NONE)
		tree++;
	tree->top = call_add(tree, call);
	tree->interrupt = TREE_NONE;
	tree->stack = stack_number(forest, call->rsp);
	tree->last = call->enter;
	forest->open_count++;
	forest->running = tree;
}

void forest_enter(struct forest *forest, uint32_t function, bool is_root, bool names_interrupt,
		  uint64_t rsp, int64_t now, uint64_t t_ns)
{
	struct tree *tree = step(forest, rsp, now);
	struct tree_call call = { .function = function,
				  .parent = TREE_NONE,
				  .is_open = true,
				  .rsp = rsp,
				  .t_ns = t_ns,
				  .enter = now };

	if (tree && tree->interrupt != TREE_NONE) {
		struct tree_call *interrupt = &tree->calls[tree->interrupt];

		if (names_interrupt && interrupt->function == TREE_NONE)
			interrupt->function = function;
		return;
	}
	while (tree && tree->top != TREE_NONE && top_of(tree)->rsp <= rsp &&
	       stack_number(forest, top_of(tree)->rsp) == stack_number(forest, rsp)) {
		top_of(tree)->is_open = false;
		call_end(forest, tree, now);
	}
	if (!tree || tree->top == TREE_NONE) {
		if (is_root)
			root_enter(forest, &call);
		return;
	}
	if (forest->listed + tree->count >= TREE_CALLS_MAX) {
		forest->unlisted++;
		return;
	}
	call.parent = tree->top;
	call.depth = top_of(tree)->depth + 1;
	tree->top = call_add(tree, &call);
}

/* The open call that was entered with this rsp, or TREE_NONE. */
static uint32_t call_find(const struct tree *tree, uint64_t rsp)
{
	uint32_t call = tree->top;

	while (call != TREE_NONE && tree->calls[call].rsp != rsp)
		call = tree->calls[call].parent;
	return call;
}

void forest_leave(struct forest *forest, uint64_t rsp, int64_t now)
{
	struct tree *tree = step(forest, rsp, now + 1);
	uint32_t left = tree && tree->interrupt == TREE_NONE ? call_find(tree, rsp) : TREE_NONE;

	if (left == TREE_NONE)
		return;
	for (bool last = false; !last;) {
		last = tree->top == left;
		top_of(tree)->is_open = false;
		call_end(forest, tree, now + 1);
	}
}

void forest_interrupt(struct forest *forest, uint64_t rsp, uint64_t frame, int64_t now,
		      uint64_t t_ns)
{
	struct tree *tree = step(forest, rsp, now);
	struct tree_call call = { .function = TREE_NONE,
				  .is_interrupt = true,
				  .is_open = true,
				  .rsp = frame,
				  .t_ns = t_ns,
				  .enter = now };

	if (!tree || tree->interrupt != TREE_NONE)
		return;
	call.parent = tree->top;
	call.depth = top_of(tree)->depth + 1;
	tree->interrupt = call_add(tree, &call);
}

void forest_resume(struct forest *forest, uint64_t rsp, int64_t now)
{
	struct tree *tree = step(forest, rsp, now + 1);
	struct tree_call *interrupt;

	if (!tree || tree->interrupt == TREE_NONE)
		return;
	interrupt = &tree->calls[tree->interrupt];
	if (interrupt->rsp != rsp)
		return;
	interrupt->total = interrupt->self;
	interrupt->leave = now + 1;
	interrupt->is_open = false;
	top_of(tree)->interrupts += interrupt->total;
	tree->interrupt = TREE_NONE;
}

bool forest_open(struct forest *forest, const char *path, uint32_t root)
{
	for (unsigned int i = 0; i < TREES_OPEN; i++)
		forest->open[i].top = TREE_NONE;
	forest->out = fopen(path, "we");
	if (!forest->out)
		return false;
	fprintf(forest->out, "{\"type\":\"meta\",\"format\":1,\"root\":\"%s\"}\n",
		forest->names[root]);
	return !fflush(forest->out);
}

/* A tree that is cut off by the end of the run: its calls stay open. */
static void tree_cut(struct forest *forest, struct tree *tree)
{
	while (tree->top != TREE_NONE)
		call_end(forest, tree, tree->last);
}

bool forest_close(struct forest *forest)
{
	unsigned int cut = forest->open_count;
	bool written;

	if (!forest->out)
		return true;
	for (unsigned int i = 0; i < TREES_OPEN; i++) {
		tree_cut(forest, &forest->open[i]);
		free(forest->open[i].calls);
	}
	fprintf(forest->out,
		"{\"type\":\"end\",\"trees\":%u,\"calls\":%" PRIu64 ",\"unlisted\":%" PRIu64
		",\"missed\":%u,\"open\":%u}\n",
		forest->trees, forest->listed, forest->unlisted, forest->missed, cut);
	written = !ferror(forest->out);
	written = !fclose(forest->out) && written;
	forest->out = NULL;
	return written;
}
