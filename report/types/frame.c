// SPDX-License-Identifier: GPL-2.0-or-later
// A frame that a program made and sent by AF_PACKET.
#include "types/tell.h"
#include "base/i18n.h"

static void say_frame(const struct telling *of, struct str *out)
{
	say_with(of->ev, out, _("a program sends a frame by AF_PACKET, to %s"), "eth_dst");
	say_field(of->ev, out, " ", "ethertype");
}

static const struct event_type types[] = {
	{
		.name = "frame.tx",
		.keys = "eth_src eth_dst ethertype frame_len",
		.kind = EV_FRAME_TX,
		.way = WAY_NONE,
		.ink = INK_PLAIN,
		.in_ladder = ladder_always,
		.say = say_frame,
		.identity = "eth_dst ethertype",
		.detail = "frame_len",
		.exact = "eth_src",
		.table = &no_table,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(frame, types);
