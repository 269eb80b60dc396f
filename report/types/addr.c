// SPDX-License-Identifier: GPL-2.0-or-later
// The life of an address of IPv6 (RFC 4862): tentative until nobody else is known to have it.
#include "base/i18n.h"
#include "types/tell.h"

/* "address fd00:1::7 PREDAD -> DAD tentative,permanent" */
static void say_address(const struct telling *of, struct str *out)
{
	const struct event *ev = of->ev;

	say_with(ev, out, _("address %s"), "addr");
	say_field(ev, out, " ", "state.old");
	say_field(ev, out, " -> ", "state.new");
	say_field(ev, out, " ", "flags.new");
}

/* clang-format off */
static const struct column columns[] = {
	WHEN_AND_WHERE,
	FIELD("addr", N_("address")),
	FIELD("prefix_len", N_("prefix")),
	FIELD("dev", N_("dev")),
	FIELD("state.old", N_("old state")),
	FIELD("state.new", N_("state")),
	FIELD("flags.new", N_("flags")),
	FIELD("valid_s", N_("valid, s")),
	MADE("chain", N_("by"), fill_chain),
};
/* clang-format on */

static const struct event_table table = {
	.key = "addresses",
	.title = N_("Addresses of IPv6"),
	.view = "neighbours",
	.place = 4,
	.only_with_rows = true,
	COLUMNS(columns),
};

static const struct meaning meanings[] = {
	{ "state.new=ERRDAD", N_("Another node has the address: this one may not use it."),
	  "net/ipv6/addrconf.c: addrconf_dad_failure()" },
	{ "state.old=DAD state.new=POSTDAD stack~addrconf_dad_completed",
	  N_("Nobody has answered: the address is this node's own, and may be used."),
	  "net/ipv6/addrconf.c: addrconf_dad_completed()" },
	{ 0 },
};

static const struct event_type types[] = {
	{
		.name = "addr.state",
		.keys = "addr prefix_len state flags valid_s preferred_s dad_probes",
		.ink = INK_STATE,
		.in_ladder = ladder_always,
		.say = say_address,
		.identity = "addr state.new flags.new",
		.detail = "state.old flags.old",
		.exact = "prefix_len valid_s preferred_s",
		.table = &table,
		.meanings = meanings,
	},
};
EVENT_FAMILY(addr, types);
