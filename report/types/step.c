// SPDX-License-Identifier: GPL-2.0-or-later
// A step of the lab begins.
#include "types/tell.h"

static void say_step(const struct telling *of, struct str *out)
{
	event_text(of->ev, "name", out);
}

static const struct event_type types[] = {
	{
		.name = "step",
		.keys = "name",
		.kind = EV_STEP,
		.ink = INK_PLAIN,
		.in_ladder = ladder_always,
		.say = say_step,
		.identity = "name",
		.detail = "",
		.exact = "",
		.table = &no_table,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(step, types);
