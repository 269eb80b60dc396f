// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel itself has counted in a node, to be compared with events and frames (judge/counters.c).
#include "types/tell.h"
#include "base/i18n.h"

static void say_counters(const struct telling *of, struct str *out)
{
	str_add(out, _("the kernel counted:"));
	say_members(event_get(of->ev, "counted"), out);
}

static const struct event_type types[] = {
	{
		.name = "counters",
		.keys = "before counted",
		.kind = EV_COUNTERS,
		.ink = INK_PLAIN,
		.in_ladder = ladder_nothing,
		.say = say_counters,
		.identity = "",
		.detail = "",
		.exact = "",
		.table = &no_table,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(counters, types);
