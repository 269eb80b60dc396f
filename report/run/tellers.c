// SPDX-License-Identifier: GPL-2.0-or-later
// Which point makes the events that tell of a frame.
#include "run/tellers.h"
#include "base/i18n.h"

/* The point whose events tell of the frames of a kind, and what is said of them where it is not watched. */
struct teller {
	const char *point, *unwatched;
};

static const struct teller tellers[][2] = {
	[FRAME_ARP] = { { "arp_xmit", N_("arp_xmit is not watched in this run") },
			{ "arp_rcv", N_("arp_rcv is not watched in this run") } },
	[FRAME_TCP] = { { "ip_output", N_("ip_output is not watched in this run") },
			{ "tcp_v4_rcv", N_("tcp_v4_rcv is not watched in this run") } },
	[FRAME_FRAGMENT] = { { "ip_output", N_("ip_output is not watched in this run") },
			     { "tcp_v4_rcv", N_("tcp_v4_rcv is not watched in this run") } },
};

/* The same of TCP over IPv6. */
static const struct teller tellers_of_six[] = {
	{ "ip6_output", N_("ip6_output is not watched in this run") },
	{ "tcp_v6_rcv", N_("tcp_v6_rcv is not watched in this run") },
};

static const struct teller *teller_of(const struct frame *f, bool rx)
{
	return f->six ? &tellers_of_six[rx] : &tellers[f->kind][rx];
}

const char *teller(const struct frame *f, bool rx)
{
	return f->datagrams ? f->datagrams->point[f->six][rx] : teller_of(f, rx)->point;
}

const char *unwatched(const struct frame *f, bool rx)
{
	return f->datagrams ? f->datagrams->unwatched[f->six][rx] : teller_of(f, rx)->unwatched;
}
