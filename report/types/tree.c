// SPDX-License-Identifier: GPL-2.0-or-later
// The lines of tree.jsonl: every call below one function, and the interrupts in between.
#include "types/tell.h"

/* views/view_tree.c draws them. */
#define TREE_LINE                                                                      \
	.keys = "tree depth enter leave self total interrupts away", .ink = INK_PLAIN, \
	.in_ladder = ladder_nothing, .say = say_nothing, .identity = "", .detail = "", \
	.exact = "", .table = &no_table, .meanings = no_meanings

static const struct event_type types[] = {
	{ .name = "tree.call", TREE_LINE },
	{ .name = "tree.interrupt", TREE_LINE },
};
EVENT_FAMILY(tree, types);
