// SPDX-License-Identifier: GPL-2.0-or-later
// The neighbour's address: its entry is looked for, and changes its state.
#include "types/tell.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

/* include/uapi/linux/neighbour.h; in those that are not named here nothing happens. */
const char *neighbour_ink(const char *state)
{
	static const struct {
		const char *state, *ink;
	} inks[] = {
		{ "INCOMPLETE", "queue" }, { "REACHABLE", "good" }, { "STALE", "soft" },
		{ "DELAY", "call" },	   { "PROBE", "neigh" },    { "FAILED", "bad" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(inks); i++)
		if (text_is(inks[i].state, state))
			return inks[i].ink;
	return "line";
}

static void say_neigh_lookup(const struct telling *of, struct str *out)
{
	bool found = json_true(event_get(of->ev, "found"));

	say_with(of->ev, out, found ? _("neighbour %s known") : _("neighbour %s created"), "ip");
	say_field(of->ev, out, ", ", "nud");
}

static void say_neighbour(const struct telling *of, struct str *out)
{
	const struct event *ev = of->ev;
	char *old = event_dup(ev, "lladdr.old"), *now = event_dup(ev, "lladdr.new");

	say_with(ev, out, _("neighbour %s"), "ip");
	say_field(ev, out, " ", "nud.old");
	say_field(ev, out, " -> ", "nud.new");
	if (*now && strcmp(old, now) != 0)
		str_addf(out, " %s", now);
	if (event_int(ev, "queue_len", 0) > 0)
		say_with(ev, out, _(", waiting packets: %s"), "queue_len");
	free(old);
	free(now);
}

static void fill_lladdr(const struct telling *of, struct table *t)
{
	struct json v = event_get(of->ev, "lladdr");

	table_take(t, json_dup(v.kind == JSON_OBJECT ? json_path(v, "new") : v));
}

static void fill_nud(const struct telling *of, struct table *t)
{
	struct str out = { 0 };

	if (event_get(of->ev, "nud").kind != JSON_OBJECT) {
		event_text(of->ev, "nud", &out);
	} else {
		event_text(of->ev, "nud.old", &out);
		str_add(&out, " -> ");
		event_text(of->ev, "nud.new", &out);
	}
	table_take(t, str_take(&out));
}

/* clang-format off */
static const struct column columns[] = {
	WHEN_AND_WHERE,
	FIELD("ip", N_("address")),
	FIELD("dev", N_("dev")),
	MADE("nud", N_("state"), fill_nud),
	MADE("lladdr", N_("MAC"), fill_lladdr),
	FIELD("why", N_("why")),
	FIELD("probes", N_("probes")),
	FIELD("queue_len", N_("waiting")),
	MADE("chain", N_("by"), fill_chain),
};
/* clang-format on */

static const struct event_table entries = {
	.key = "neighbours",
	.title = N_("Neighbour entries"),
	.view = "neighbours",
	.place = 1,
	COLUMNS(columns),
};

static const struct meaning state_meanings[] = {
	{ "nud.new=INCOMPLETE queue_len!=0 ip~:",
	  N_("The MAC address is not known: the packet waits in the entry's queue while neighbour "
	     "discovery asks."),
	  "net/core/neighbour.c: __neigh_event_send()" },
	{ "nud.new=INCOMPLETE queue_len!=0",
	  N_("The MAC address is not known: the packet waits in the entry's queue while ARP asks."),
	  "net/core/neighbour.c: __neigh_event_send()" },
	{ "nud.old=INCOMPLETE nud.new=REACHABLE why=arp_rx",
	  N_("The answer came: what waited goes out with the MAC address filled in."),
	  "net/core/neighbour.c: __neigh_update()" },
	{ "nud.new=REACHABLE why=arp_rx", N_("The answer came: the entry is good again."),
	  "net/core/neighbour.c: __neigh_update()" },
	{ "nud.old=INCOMPLETE nud.new=REACHABLE why=nd_rx",
	  N_("The answer came: what waited goes out with the MAC address filled in."),
	  "net/core/neighbour.c: __neigh_update()" },
	{ "nud.new=REACHABLE why=nd_rx", N_("The answer came: the entry is good again."),
	  "net/core/neighbour.c: __neigh_update()" },
	{ "nud.new=REACHABLE why=timer",
	  N_("TCP has heard from the other end meanwhile: nobody needs to be asked."),
	  "net/core/neighbour.c: neigh_timer_handler()" },
	{ "nud.old=NONE nud.new=STALE stack~arp_process",
	  N_("The address was learned from the other's request, but nothing proves yet that it "
	     "answers."),
	  "net/ipv4/arp.c: arp_process()" },
	{ "nud.new=STALE why=timer",
	  N_("It was not confirmed for a while: its next use will begin to prove it anew."),
	  "net/core/neighbour.c: neigh_timer_handler()" },
	{ "nud.old=STALE nud.new=DELAY",
	  N_("A stale entry is used: the kernel waits for a sign of life before it asks again "
	     "(delay_first_probe_time, 5 s where nobody changed it)."),
	  "net/core/neighbour.c: __neigh_event_send()" },
	{ "nud.old=DELAY nud.new=PROBE",
	  N_("No sign of life came: the neighbour itself is asked, at the MAC address that was "
	     "known."),
	  "net/core/neighbour.c: neigh_timer_handler()" },
	{ "nud.old=INCOMPLETE nud.new=FAILED why=timer",
	  N_("Nobody answered: the packets that waited are given back as errors."),
	  "net/core/neighbour.c: neigh_invalidate()" },
	{ "nud.old=PROBE nud.new=FAILED why=timer", N_("The neighbour does not answer any more."),
	  "net/core/neighbour.c: neigh_timer_handler()" },
	{ 0 },
};

static const struct event_type types[] = {
	{
		.name = "neigh.lookup",
		.keys = "ip lladdr nud found",
		.kind = EV_NEIGH_LOOKUP,
		.ink = INK_NEIGHBOUR,
		.in_ladder = ladder_nothing,
		.say = say_neigh_lookup,
		.identity = "found",
		.detail = "nud",
		.exact = "ip lladdr",
		.table = &entries,
		.meanings = no_meanings,
	},
	{
		.name = "neigh.state",
		.keys = "ip lladdr nud why probes queue_len queue_bytes",
		.kind = EV_NEIGH_STATE,
		.ink = INK_NEIGHBOUR,
		.in_ladder = ladder_always,
		.say = say_neighbour,
		.identity = "nud.new",
		.detail = "nud.old why queue_len",
		.exact = "ip lladdr probes",
		.table = &entries,
		.meanings = state_meanings,
	},
};
EVENT_FAMILY(neigh, types);
