// SPDX-License-Identifier: GPL-2.0-or-later
// The array of views.
#include "base/i18n.h"
#include "views/view.h"

const struct view views[] = {
	{ "ladder", NULL, N_("both ends, the wire between them, and time"), view_ladder,
	  view_ladder_print },
	{ "answers", NULL, N_("what is asked first, answered"), view_answers, NULL },
	{ "segments", NULL, N_("every TCP segment, sent and received"), view_segments, NULL },
	{ "states", NULL, N_("every change of a TCP state"), view_states, NULL },
	{ "queues", NULL, N_("the SYN queue and the accept queue"), view_queues, NULL },
	{ "syscalls", NULL, N_("system calls with arguments and results"), view_syscalls, NULL },
	{ "functions", NULL, N_("the functions of the path, with arguments and results"),
	  view_functions, NULL },
	{ "calls", NULL, N_("everything, as a tree of what happened inside of what"), view_calls,
	  NULL },
	{ "tree", NULL, N_("every call below the function that TREE named, with its instructions"),
	  view_tree, NULL },
	{ "explain", NULL, N_("what each event means, and where the source says so"), view_explain,
	  NULL },
	{ "layers", NULL, N_("the layers that each packet went through"), view_layers, NULL },
	{ "routes", NULL, N_("route lookups: key, tables, result, purpose"), view_routes, NULL },
	{ "neighbours", NULL, N_("neighbour entries and ARP frames"), view_neighbours, NULL },
	{ "programs", NULL, N_("how the lab's programs ended, and what they printed"),
	  view_programs, NULL },
	{ "wire", NULL, N_("each frame on the wire with its event, or why it has none"), view_wire,
	  NULL },
	{ "counters", NULL, N_("the kernel's own counters, compared with events and frames"),
	  view_counters, NULL },
	{ "points", NULL, N_("hits and events of each point"), view_points, NULL },
	{ "checks", NULL, N_("the lab's expectations"), view_checks, NULL },
	{ "packet", "ID", N_("one packet's way from the sender to the reader"), view_packet, NULL },
	{ "connection", "ID", N_("the life of one connection"), view_connection, NULL },
	{ "lines", "CALL",
	  N_("which lines of the function ran in the call of an event, or in FUNCTION#N"),
	  view_lines, NULL },
	{ "writes", "FIELD", N_("who wrote a field of the kernel's objects, and what"), view_writes,
	  NULL },
	{ "objects", NULL, N_("the kernel's objects that stores went into"), view_objects, NULL },
	{ "step", "NAME", N_("what happened in one step of the lab"), view_step, NULL },
	{ "fields", "A,B,...", N_("these fields of each event"), view_fields, NULL },
	{ "summary", NULL, N_("what was run, and what it gave"), view_summary, NULL },
	{ 0 },
};

const struct view *view_find(const char *name)
{
	for (const struct view *view = views; view->name; view++)
		if (text_is(view->name, name))
			return view;
	return NULL;
}
