// SPDX-License-Identifier: GPL-2.0-or-later
// What an echo says of itself, and a reply of its request: the same bytes come back, under the same id and number.
#include "run/follow.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum {
	ECHO_HEADER = 8, /* RFC 792 */
	SUMS = 0xffff, /* checksums are equal that differ by this: RFC 1071 2 */
};

/* By how much the checksum of a reply is more than that of its request, where only the type differs: 8 and 0, 128 and 129. */
static const int64_t more[] = { 0x0800, SUMS - 0x0100 };

bool event_is_echo(const struct event *ev)
{
	return text_is(ev->type, "echo.tx") || text_is(ev->type, "echo.rx");
}

static bool is_reply(const struct event *ev)
{
	return event_is(ev, "op", "reply");
}

/* The request that a reply is to: the last that went the other way at its node, from where it goes and to where it comes
 * from; NULL: it was not seen. */
static const struct event *request_of(const struct trace *trace, const struct event *ev)
{
	for (const struct event *e = ev; e-- > trace->events.v;)
		if (event_is_echo(e) && e->netns == ev->netns && e->row->way != ev->row->way &&
		    !is_reply(e) && event_agrees(e, "id", ev, "id") &&
		    event_agrees(e, "seq", ev, "seq") && event_agrees(e, "saddr", ev, "daddr") &&
		    event_agrees(e, "daddr", ev, "saddr"))
			return e;
	return NULL;
}

static void check_reply(struct trace *trace, const struct event *ev)
{
	const struct event *request = request_of(trace, ev);
	bool six = event_get(ev, "ip.id").kind != JSON_NUMBER;
	int64_t check;

	if (!request) {
		if (event_has(ev, "since_request_ns"))
			trace_contradicts(trace, ev, "since_request_ns", "null");
		return;
	}
	event_must_be(trace, ev, "since_request_ns", ev->t_ns - request->t_ns);
	event_must_be_as(trace, ev, "payload_len", request, "payload_len");
	check = event_int(ev, "check", 0) - event_int(request, "check", 0) - more[six];
	if (check % SUMS)
		trace_contradicts(trace, ev, "check", "%lld",
				  (long long)((event_int(request, "check", 0) + more[six]) % SUMS));
}

/* A buffer holds its headers from IP's on when it is sent, from that of ICMP on when it has come. */
void echoes_check(struct trace *trace, const struct event *ev)
{
	bool rx = ev->row->way == WAY_IN;
	int64_t payload = event_int(ev, "payload_len", 0);

	if (!event_is_echo(ev))
		return;
	event_must_be(trace, ev, "skb_len",
		      (rx ? 0 : event_int(ev, "ip.header_len", 0)) + ECHO_HEADER + payload);
	if (event_int(ev, "data_len", 0) > payload)
		trace_contradicts(trace, ev, "data_len", _("at most %lld"), (long long)payload);
	if (rx)
		event_must_be_as(trace, ev, "by", ev, "fn");
	if (is_reply(ev))
		check_reply(trace, ev);
	else if (event_has(ev, "since_request_ns"))
		trace_contradicts(trace, ev, "since_request_ns", "null");
}
