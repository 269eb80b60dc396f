// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel starts: its initcalls, and what they register.
#include "types/tell.h"
#include "base/i18n.h"

#include <stdlib.h>

static void say_init_call(const struct telling *of, struct str *out)
{
	char *level = event_dup(of->ev, "level"), *level_name = event_dup(of->ev, "level_name");

	event_text(of->ev, "name", out);
	say_with(of->ev, out, _("(), level %s"), "level");
	if (!text_is(level, level_name)) /* early initcalls have a name, and no number */
		say_field(of->ev, out, " ", "level_name");
	free(level);
	free(level_name);
}

static void say_register(const struct telling *of, struct str *out)
{
	event_text(of->ev, "what", out);
	say_field(of->ev, out, " ", "name");
	say_field(of->ev, out, " (", "key");
	str_add(out, "):");
	say_members(event_get(of->ev, "handlers"), out);
}

static const struct event_type types[] = {
	{
		.name = "init.call",
		.keys = "level level_name name init_file",
		.ink = INK_PLAIN,
		.in_ladder = ladder_nothing,
		.say = say_init_call,
		.identity = "level name",
		.detail = "",
		.exact = "",
		.table = &no_table,
		.meanings = no_meanings,
	},
	{
		.name = "register",
		.keys = "what name key handlers",
		.ink = INK_PLAIN,
		.in_ladder = ladder_nothing,
		.say = say_register,
		.identity = "what name",
		.detail = "handlers",
		.exact = "",
		.table = &no_table,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(init, types);
