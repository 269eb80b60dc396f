/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row for each of the kernel's counters that events or frames tell of. */
#ifndef KTREPORT_COUNTED_H
#define KTREPORT_COUNTED_H

#include "base/util.h"

/* What an event counts for. */
enum weight {
	ONE,
	SEGMENTS, /* into how many the card or the device cuts it (tcp_skb_pcount() in include/net/tcp.h) */
	BYTES, /* skb_len */
	RECEIVED, /* 0 if its frame was for everybody: TCP takes none of these */
	BAD_SUM, /* 1 if the TCP checksum of its frame is wrong */
};

/*
 * A counter, and the events that tell of it. Each event for which `sure` holds is counted once by the kernel; the kernel has
 * counted no more than there are events for which `most` holds (NULL: no more than the sure ones), and `also` other
 * counters stand for. Both speak of events of `points`, without which nothing is known; what `most` needs besides is in
 * `more`. Places are those of Linux 5.4; where a later release counts elsewhere, it is said.
 */
struct rule {
	const char *counter, *place;
	const char *points, *sure;
	const char *more, *most;
	const char *also; /* counters that may have a part in this one */
	const char *less; /* a counter of what looks like a sure event and is none */
	const char *unless; /* with such an event no other one is sure */
	enum weight weight;
	bool refused; /* what the device's own queue refuses is not counted */
	bool open; /* more than is seen may have been counted */
	bool stunted; /* a packet too short for a TCP header is counted, and makes no event */
	bool whole; /* of the whole kernel */
};
extern const struct rule rules[]; /* ended by a NULL counter */

#endif
