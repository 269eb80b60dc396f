// SPDX-License-Identifier: GPL-2.0-or-later
// What a run has only one account of: no check can find that changed.
#include "mutate.h"

#include <string.h>

/* Fields of which nothing else in a run tells: name, or a name and what begins with it and a dot. */
static const struct {
	const char *name, *reason;
} unknowable[] = {
	{ "n", "a number alone; a gap is found when the file is read" },
	{ "type", "a type that a reader does not know is skipped" },
	{ "conn", "of an event without ports" },
	{ "pkt", "of an event without a frame" },
	{ "in", "what no other lookup asked" },
	{ "out", "what was found, seen once" },
	{ "table", "what was looked up, seen once" },
	{ "table_name", "what was looked up, seen once" },
	{ "purpose", "told from the stack" },
	{ "err", "what was found, seen once" },
	{ "dir", "what was found, seen once" },
	{ "dst", "what was looked up, seen once" },
	{ "src", "what was looked up, seen once" },
	{ "saddr", "of an event without a frame" },
	{ "daddr", "of an event without a frame" },
	{ "sport", "of an event without a frame" },
	{ "dport", "of an event without a frame" },
	{ "via", "what was found, seen once" },
	{ "out_dev", "what was found, seen once" },
	{ "route_type", "what was found, seen once" },
	{ "error", "what was found, seen once" },
	{ "lladdr",
	  "the kernel's table of neighbours at that moment: ip neigh is compared by expectations" },
	{ "nud", "the kernel's table of neighbours at that moment" },
	{ "why", "told from the stack" },
	{ "probes", "the kernel's table of neighbours at that moment" },
	{ "queue_len", "the kernel's table of neighbours at that moment" },
	{ "queue_bytes", "the kernel's table of neighbours at that moment" },
	{ "ip", "the kernel's table of neighbours at that moment" },
	{ "found", "the kernel's table of neighbours at that moment" },
	{ "obj", "told from the point" },
	{ "in_old_ns", "only the order of times is known" },
	{ "mss", "any that is less than what the other end allows" },
	{ "rcv_nxt", "the end of another segment, too" },
	{ "rcv_wnd", "of a socket that has no segment yet" },
	{ "retransmits", "of a socket that has no segment yet" },
	{ "before", "a counter of which the run has no other account" },
	{ "counted", "a counter of which the run has no other account" },
	{ "segment: data_len", "less than the payload: how it lies in a buffer" },
	{ "srtt_us", "round trips are measured by the kernel alone" },
	{ "rto_ms", "made from round trips, which the kernel alone measures" },
	{ "old_raw", "of a new object: there was none" },
	{ "old", "of a new object: there was none" },
	{ "listener", "an address, seen for what it is worth" },
	{ "req", "an address, seen for what it is worth" },
	{ "child", "an address, seen for what it is worth" },
	{ "accept_max", "a field of the socket at that moment" },
	{ "syn_qlen", "of an operation that leaves it as it is" },
	{ "accept_qlen", "of an operation that leaves it as it is" },
	{ "synack_retrans", "a field of the request at that moment" },
	{ "fd", "an argument, seen once" },
	{ "op", "an operation that the fields allow, too" },
	{ "by_fn", "told from the stack" },
	{ "by_file", "told from the stack" },
	{ "by_line", "told from the stack" },
	{ "reason", "the kernel's word, seen once" },
	{ "proto", "of a drop" },
	{ "step", "of the first step" },
	{ "name", "the step's own word" },
	{ "what", "what a program of the guest said: an expectation compares it" },
	{ "frame: Ethernet header", "the last bytes of a frame that is for nobody" },
	{ "t_ns", "between times in which the guest idled" },
	{ "icount", "behind a time in which the guest idled" },
	{ "ctx", "the processor's own state at that moment" },
	{ "pid", "of a task of which no other event tells" },
	{ "comm", "the processor's own state at that moment" },
	{ "owner", "who opened a socket is seen once" },
	{ "netns", "of what crosses no wire" },
	{ "at", "of a function of which one of both is watched" },
	{ "file", "debug information, not the run" },
	{ "line", "debug information, not the run" },
	{ "ret", "a value that a function gave, seen once" },
	{ "sk", "an address, seen for what it is worth" },
	{ "skb", "an address, seen for what it is worth" },
	{ "dev", "of what crosses no wire" },
	{ "parent", "another call on the same stack" },
	{ "args", "an argument, seen once" },
	{ "result", "a value that a function gave, seen once" },
	{ "values", "what a program of the guest said: an expectation compares it" },
	{ "segment: cloned", "of a received segment: whoever taps it makes it so" },
	{ "segment: by", "another function of the same stack" },
	{ "segment: joined", "of a segment that the kernel did not join" },
	{ "segment: retrans", "of a received segment: not known" },
};

const char *reason_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(unknowable); i++) {
		size_t len = strlen(unknowable[i].name);

		if (strncmp(name, unknowable[i].name, len) == 0 && (!name[len] || name[len] == '.'))
			return unknowable[i].reason;
	}
	return NULL;
}
