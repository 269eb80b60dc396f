// SPDX-License-Identifier: GPL-2.0-or-later
// What the plugin engine has recorded beside the events, as expectations see it (judge/facts.c). It stands in no line of
// events.jsonl.
#include "types/tell.h"
#include "base/i18n.h"

static void say_wrote(const struct telling *of, struct str *out)
{
	event_text(of->ev, "field", out);
	str_add(out, ": ");
	event_text(of->ev, "old", out);
	str_add(out, " -> ");
	event_text(of->ev, "new", out);
}

static void say_ran(const struct telling *of, struct str *out)
{
	str_addf(out, _("lines of %s()"), of->ev->fn ? of->ev->fn : "?");
}

static const struct event_type types[] = {
	{
		.name = "wrote",
		.keys = "field old new by source",
		.kind = EV_OTHER,
		.ink = INK_PLAIN,
		.in_ladder = ladder_nothing,
		.say = say_wrote,
		.identity = "",
		.detail = "",
		.exact = "",
		.table = &no_table,
		.meanings = no_meanings,
	},
	{
		.name = "ran",
		.keys = "lines missed",
		.kind = EV_OTHER,
		.ink = INK_PLAIN,
		.in_ladder = ladder_nothing,
		.say = say_ran,
		.identity = "",
		.detail = "",
		.exact = "",
		.table = &no_table,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(wrote, types);
