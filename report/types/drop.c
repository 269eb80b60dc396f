// SPDX-License-Identifier: GPL-2.0-or-later
// A packet is given up.
#include "types/tell.h"
#include "base/i18n.h"

static void say_drop(const struct telling *of, struct str *out)
{
	say_with(of->ev, out, _("dropped in %s"), "by_fn");
	say_field(of->ev, out, ": ", "reason");
}

static const struct event_type types[] = {
	{
		.name = "skb.drop",
		.keys = "by_fn by_file by_line proto reason saddr daddr sport dport op id "
			"flags seq end_seq ack payload_len check ip way",
		.kind = EV_SKB_DROP,
		.ink = INK_LOSS,
		.in_ladder = ladder_always,
		.say = say_drop,
		.identity = "by_fn",
		.detail = "reason flags",
		.exact = "saddr daddr sport dport seq",
		.table = &no_table,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(drop, types);
