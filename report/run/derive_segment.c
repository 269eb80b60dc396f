// SPDX-License-Identifier: GPL-2.0-or-later
// What a segment says that follows from the segments before it, and from its own fields.
#include "run/derive.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

static struct end *end_of(struct derive *d, const struct event *ev, const char *addr,
			  const char *port)
{
	char *text = event_dup(ev, addr);
	struct end like = { .conn = ev->conn, .port = (uint16_t)event_int(ev, port, 0) };

	address_parse(text, &like.addr);
	free(text);
	for (size_t i = d->ends.n; i-- > 0;)
		if (d->ends.v[i].conn == like.conn && address_same(d->ends.v[i].addr, like.addr) &&
		    d->ends.v[i].port == like.port)
			return &d->ends.v[i];
	*vec_add(&d->ends) = like;
	return &d->ends.v[d->ends.n - 1];
}

static uint16_t flags_of(const struct event *ev)
{
	char *text = event_dup(ev, "flags");
	uint16_t flags = tcp_flags_of(text);

	free(text);
	return flags;
}

static bool is_base(const struct end *end, uint32_t base)
{
	for (size_t i = 0; i < end->bases.n; i++)
		if (end->bases.v[i] == base)
			return true;
	return false;
}

/* A relative number counts from the first number of its end. `first`: this event may be what tells of it. */
static void check_relative(struct derive *d, const struct event *ev, const char *path,
			   struct end *end, uint32_t number, bool first)
{
	int64_t relative;
	uint32_t base;

	if (!json_int(event_get(ev, path), &relative))
		return;
	base = number - (uint32_t)relative;
	if (is_base(end, base))
		return;
	if (first ? !relative : !end->bases.n)
		*vec_add(&end->bases) = base;
	else
		trace_contradicts(
			d->trace, ev, path, "%lld",
			end->bases.n
				? (long long)(uint32_t)(number - end->bases.v[end->bases.n - 1])
				: 0);
}

static void learn_scale(struct end *end, const struct event *ev)
{
	int64_t shift = event_int(ev, "opts.wscale.shift", -1);

	if (shift >= 0 && shift < SCALES)
		end->scales[shift] = true;
	else
		end->plain = true;
}

static void check_window(struct derive *d, const struct event *ev, const struct end *end, bool syn)
{
	int64_t win = event_int(ev, "win", 0), scaled;
	bool known = end->plain;

	if (!json_int(event_get(ev, "win_scaled"), &scaled) || (scaled == win))
		return;
	for (int shift = 0; shift < SCALES; shift++) {
		known = known || end->scales[shift];
		if (!syn && end->scales[shift] && scaled == win << shift)
			return;
	}
	for (int shift = 0; !known && !syn && shift < SCALES; shift++)
		if (scaled == win << shift)
			return;
	trace_contradicts(d->trace, ev, "win_scaled", "%lld", (long long)win);
}

static int64_t tcp_header(const struct event *ev)
{
	return event_int(ev, "ip.tot_len", 0) - event_int(ev, "ip.header_len", 20) -
	       event_int(ev, "payload_len", 0);
}

static void check_lengths(struct derive *d, const struct event *ev, uint16_t flags)
{
	int64_t total = event_int(ev, "ip.tot_len", 0), payload = event_int(ev, "payload_len", 0);
	uint32_t seq = (uint32_t)event_int(ev, "seq", 0);

	event_must_be(
		d->trace, ev, "end_seq",
		(uint32_t)(seq + (uint32_t)payload + !!(flags & TCP_SYN) + !!(flags & TCP_FIN)));
	if (!total || event_get(ev, "damage").kind == JSON_STRING)
		return;
	event_must_be(d->trace, ev, "header_len", tcp_header(ev));
	event_must_be(d->trace, ev, "skb_len",
		      ev->kind == EV_TCP_TX ? total : total - event_int(ev, "ip.header_len", 20));
	if (event_int(ev, "data_len", 0) > event_int(ev, "skb_len", 0))
		trace_contradicts(d->trace, ev, "data_len", _("at most skb_len"));
}

/* What sends is never called so directly: a shorter stack was cut off. */
static bool has_callers(const struct event *ev)
{
	return json_path(event_get(ev, "stack"), "4").kind == JSON_OBJECT;
}

/* Who decided to send is on the stack. */
static void check_by(struct derive *d, const struct event *ev)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));
	char *by = event_dup(ev, "by");
	bool found = !*by || text_is(ev->fn, by) || !has_callers(ev);

	while (!found && json_next(&it))
		found = json_is(json_path(it.value, "fn"), by);
	if (!found)
		trace_contradicts(d->trace, ev, "by", _("one of its stack"));
	free(by);
}

/* net/ipv4/tcp_output.c, inet_connection_sock.c: where the kernel sends what it has sent before. */
static void check_retrans(struct derive *d, const struct event *ev)
{
	static const char *const functions[] = { "__tcp_retransmit_skb", "tcp_rtx_synack",
						 "inet_rtx_syn_ack", NULL };
	bool found = event_stack_has(ev, functions);

	if (event_get(ev, "retrans").kind == JSON_BOOL && has_callers(ev) &&
	    json_true(event_get(ev, "retrans")) != found)
		trace_contradicts(d->trace, ev, "retrans", "%s", found ? "true" : "false");
}

void check_segment(struct derive *d, const struct event *ev)
{
	uint16_t flags = flags_of(ev);
	bool syn = flags & TCP_SYN;
	struct end *end;

	check_lengths(d, ev, flags);
	check_by(d, ev);
	if (ev->kind == EV_TCP_TX)
		check_retrans(d, ev);
	else
		event_must_say(d->trace, ev, "by", ev->fn ? ev->fn : "");
	if (!ev->conn)
		return;
	end = end_of(d, ev, "saddr", "sport");
	if (syn)
		learn_scale(end, ev);
	check_window(d, ev, end, syn);
	check_relative(d, ev, "rel_seq", end, (uint32_t)event_int(ev, "seq", 0), syn);
	end = end_of(d, ev, "daddr", "dport");
	check_relative(d, ev, "rel_ack", end, (uint32_t)event_int(ev, "ack", 0), false);
	if (!(flags & TCP_ACK) && event_get(ev, "rel_ack").kind == JSON_NUMBER)
		trace_contradicts(d->trace, ev, "rel_ack", "null");
}
