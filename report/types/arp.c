// SPDX-License-Identifier: GPL-2.0-or-later
// ARP frames, sent and received.
#include "types/tell.h"
#include "base/i18n.h"

static void say_arp(const struct telling *of, struct str *out)
{
	if (json_true(event_get(of->ev, "gratuitous")))
		say_with(of->ev, out, _("ARP announces %s"), "spa");
	else if (event_is(of->ev, "op", "request"))
		say_with(of->ev, out, _("ARP who has %s?"), "tpa");
	else
		say_with(of->ev, out, _("ARP %s is here"), "spa");
}

/* clang-format off */
static const struct column columns[] = {
	WHEN_AND_WHERE,
	MADE("direction", "", fill_way),
	MADE("what", N_("what"), fill_sentence),
	FIELD("eth_src", N_("from MAC")),
	FIELD("eth_dst", N_("to MAC")),
	FIELD("by", N_("function")),
};
/* clang-format on */

static const struct event_table frames = {
	.key = "arp",
	.title = N_("ARP frames"),
	.view = "neighbours",
	.place = 2,
	COLUMNS(columns),
};

static const struct meaning sent_meanings[] = {
	{ "gratuitous=true",
	  N_("An announcement, not a question. Only such frames are made by arp_send() itself."),
	  "net/ipv4/devinet.c: inetdev_send_gratuitous_arp()" },
	{ "op=request eth_dst!=ff:ff:ff:ff:ff:ff",
	  N_("A probe: only who had the address is asked whether it is still there."),
	  "net/ipv4/arp.c: arp_solicit()" },
	{ "op=request", N_("Everybody on the wire is asked for the address."),
	  "net/ipv4/arp.c: arp_solicit()" },
	{ "op=reply", N_("The answer goes to who asked alone."), "net/ipv4/arp.c: arp_process()" },
	{ 0 },
};

#define KEYS "op sha spa tha tpa eth_src eth_dst gratuitous by"

static const struct event_type types[] = {
	{
		.name = "arp.tx",
		.keys = KEYS,
		.kind = EV_ARP_TX,
		.way = WAY_OUT,
		.ink = INK_NEIGHBOUR,
		.in_ladder = ladder_always,
		.say = say_arp,
		.identity = "op gratuitous",
		.detail = "by",
		.exact = "sha spa tha tpa",
		.table = &frames,
		.meanings = sent_meanings,
	},
	{
		.name = "arp.rx",
		.keys = KEYS,
		.kind = EV_ARP_RX,
		.way = WAY_IN,
		.ink = INK_NEIGHBOUR,
		.in_ladder = ladder_always,
		.say = say_arp,
		.identity = "op gratuitous",
		.detail = "",
		.exact = "sha spa tha tpa",
		.table = &frames,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(arp, types);
