// SPDX-License-Identifier: GPL-2.0-or-later
// What a program of the guest says of itself or of the kernel, to be compared with the events.
#include "types/tell.h"

static void say_witness(const struct telling *of, struct str *out)
{
	event_text(of->ev, "what", out);
	str_add(out, ":");
	say_members(event_get(of->ev, "values"), out);
}

static const struct event_type types[] = {
	{
		.name = "witness",
		.keys = "what values",
		.kind = EV_WITNESS,
		.ink = INK_PLAIN,
		.in_ladder = ladder_nothing,
		.say = say_witness,
		.identity = "",
		.detail = "",
		.exact = "",
		.table = &no_table,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(witness, types);
