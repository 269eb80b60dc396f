// SPDX-License-Identifier: GPL-2.0-or-later
// Frames that a program made and sent by AF_PACKET: the event of each, which tells of the frame as the driver got it.
#include "base/i18n.h"
#include "run/lanes.h"

#include <string.h>

enum {
	ETHERTYPE = 12,
	ETH_LEAST =
		60, /* a card makes a frame that long (include/uapi/linux/if_ether.h ETH_ZLEN) */
};

static const char made_by_program[] =
	N_("a program sent it by AF_PACKET, past IP and ARP: its event is that of the driver");

void programs_fill(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->trace->events.n; i++)
		if (ledger->trace->events.v[i].kind == EV_FRAME_TX)
			*vec_add(&ledger->programs) = i;
}

static bool is_its_frame(const struct event *ev, const char *node, const struct frame *f)
{
	int64_t len = event_int(ev, "frame_len", 0);
	char mac[18], type[sizeof("0x0800")];
	bool ok = true;

	snprintf(type, sizeof(type), "0x%04x", (unsigned int)frame_get(f, ETHERTYPE, 2, &ok));
	return ev->netns == node && event_is(ev, "eth_src", mac_text(f->eth_src, mac)) &&
	       event_is(ev, "eth_dst", mac_text(f->eth_dst, mac)) &&
	       event_is(ev, "ethertype", type) &&
	       (f->len == len || (len < ETH_LEAST && f->len == ETH_LEAST));
}

const char *program_sent(struct ledger *ledger, const char *node, const struct frame *f)
{
	for (size_t i = 0; i < ledger->programs.n; i++) {
		size_t *at = &ledger->programs.v[i];

		if (!is_its_frame(&ledger->trace->events.v[*at], node, f))
			continue;
		memmove(at, at + 1, (--ledger->programs.n - i) * sizeof(*at));
		return made_by_program;
	}
	return NULL;
}
