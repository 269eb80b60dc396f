// SPDX-License-Identifier: GPL-2.0-or-later
// What a socket says of its sequence numbers, windows and errors, held against the segments that it sent and got.
#include "base/i18n.h"
#include "run/follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One segment, as the end that sent or got it counts. */
struct segment {
	uint32_t end_seq, ack;
	int64_t win;
	bool acks; /* it has an ACK flag */
	bool most; /* of what was sent: its field has no room for a greater window (tcp_select_window()) */
};

/* The end of a connection at a node. */
struct place {
	int64_t conn, port;
	const char *netns;
	VEC(struct segment) sent;
	VEC(struct segment) got;
	uint32_t isn,
		next; /* of what was sent: the first number, and the one behind the greatest */
	uint32_t sure; /* the same of what its own device did not refuse */
	int64_t mss; /* the other end's option; 0: none was seen */
	bool stamps[2]; /* both SYNs have time stamps: sent, got */
	bool begun; /* its SYN was seen */
	bool made_anew; /* by a SYN cookie, or it is not known how; nothing was sent since */
	int64_t timeouts; /* since the other end acknowledged something */
	const struct event
		*sender; /* its last segment that was sent, which names its socket; NULL: none */
	const struct event *told; /* the last tcp.state of its socket, NULL: none */
};

struct numbers {
	struct trace *trace;
	VEC(struct place) places;
	bool whole; /* all segments are events */
	bool lookups; /* all lookups are */
};

enum {
	STAMPS_BYTES = 12, /* in each segment: include/net/tcp.h TCPOLEN_TSTAMP_ALIGNED */
	MSS_DEFAULT = 536, /* include/net/tcp.h TCP_MSS_DEFAULT: before a route is known */
	MSS_COOKIE = 536, /* net/ipv4/syncookies.c msstab[]: a cookie has no room for less */
	/* net/ipv4/ip_sockglue.c IP_OPTIONS: tcp_sync_mss() without a route, TCP_MIN_SND_MSS and the header not yet there */
	MSS_LEAST = 48 + 20,
	RTO_FIRST_MS = 1000, /* TCP_TIMEOUT_INIT */
	NS_PER_MS = 1000000,
	ERESTARTSYS = 512, /* include/linux/errno.h, and what follows it: no program sees them */
};

struct numbers *numbers_new(struct trace *trace)
{
	struct numbers *numbers = xcalloc(1, sizeof(*numbers));

	numbers->trace = trace;
	numbers->whole =
		trace_watches_both(trace, "tcp_v4_rcv") && trace_watches_both(trace, "ip_output");
	numbers->lookups = trace_watches(trace, "ip_route_output_key_hash_rcu");
	return numbers;
}

void numbers_free(struct numbers *numbers)
{
	for (size_t i = 0; i < numbers->places.n; i++) {
		vec_free(&numbers->places.v[i].sent);
		vec_free(&numbers->places.v[i].got);
	}
	vec_free(&numbers->places);
	free(numbers);
}

/* Both ends may be at one node. A socket that is closed has lost its port. */
static bool is_at(const struct place *place, const struct event *ev, int64_t port)
{
	return place->conn == ev->conn && place->netns == ev->netns &&
	       (place->port == port ||
		(!port && place->sender && event_agrees(place->sender, "sk", ev, "sk")));
}

static struct place *event_place(struct numbers *numbers, const struct event *ev)
{
	int64_t port = event_int(ev, ev->kind == EV_TCP_RX ? "dport" : "sport", 0);

	for (size_t i = numbers->places.n; i-- > 0;)
		if (is_at(&numbers->places.v[i], ev, port))
			return &numbers->places.v[i];
	*vec_add(&numbers->places) =
		(struct place){ .conn = ev->conn, .port = port, .netns = ev->netns };
	return &numbers->places.v[numbers->places.n - 1];
}

/* ---- segments ---- */

static void note_sent(struct numbers *numbers, struct place *place, const struct event *ev,
		      const struct segment *segment, const char *flags)
{
	/* a raw socket may send what is not the TCP's own */
	if (event_has_callers(ev) &&
	    !event_stack_has(ev, (const char *const[]){ "__tcp_transmit_skb", "tcp_v4_send_synack",
							"tcp_v4_send_ack", "tcp_v6_send_synack",
							"tcp_v6_send_ack", NULL }))
		return;
	*vec_add(&place->sent) = *segment;
	place->sender = ev;
	place->made_anew = false;
	if (strchr(flags, 'S') && !strchr(flags, 'R')) {
		place->begun = true;
		place->isn = (uint32_t)event_int(ev, "seq", 0);
		place->next = place->sure = segment->end_seq;
		place->stamps[0] = event_has(ev, "opts.ts.val");
	} else if (!strchr(flags, 'R') && (int32_t)(segment->end_seq - place->next) > 0) {
		place->next = segment->end_seq;
	}
	if ((int32_t)(segment->end_seq - place->sure) > 0 && !strchr(flags, 'R') &&
	    !event_may_be_refused(numbers->trace, ev))
		place->sure = segment->end_seq;
	place->timeouts +=
		event_stack_has(ev, (const char *const[]){ "tcp_retransmit_timer", NULL });
}

static void note_got(struct place *place, const struct event *ev, const struct segment *segment,
		     const char *flags)
{
	bool more = segment->acks;

	for (size_t i = 0; i < place->got.n; i++)
		more = more &&
		       (!place->got.v[i].acks || (int32_t)(segment->ack - place->got.v[i].ack) > 0);
	if (more)
		place->timeouts = 0;
	*vec_add(&place->got) = *segment;
	if (strchr(flags, 'S') && !place->mss) {
		place->mss = event_int(ev, "opts.mss.mss", MSS_DEFAULT);
		place->stamps[1] = event_has(ev, "opts.ts.val");
	}
}

static void note_segment(struct numbers *numbers, const struct event *ev)
{
	char *flags = event_dup(ev, "flags");
	struct segment segment = { (uint32_t)event_int(ev, "end_seq", 0),
				   (uint32_t)event_int(ev, "ack", 0),
				   event_int(ev, "win_scaled", -1), strchr(flags, '.'),
				   ev->kind == EV_TCP_TX && event_int(ev, "win", 0) == UINT16_MAX };

	if (ev->conn && ev->kind == EV_TCP_TX)
		note_sent(numbers, event_place(numbers, ev), ev, &segment, flags);
	else if (ev->conn)
		note_got(event_place(numbers, ev), ev, &segment, flags);
	free(flags);
}

/* ---- sockets ---- */

/* What is 0 in a new socket, and what no other object has. */
static const char *const counted[] = { "snd_una", "snd_nxt", "rcv_nxt",	    "snd_wnd",
				       "rcv_wnd", "srtt_us", "retransmits", "sk_err" };
static const char *const begun[] = { "mss", "rto_ms" };

static void check_none(struct trace *trace, const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
		if (event_has(ev, counted[i]))
			trace_contradicts(trace, ev, counted[i], "null");
	for (size_t i = 0; i < ARRAY_SIZE(begun); i++)
		if (event_has(ev, begun[i]))
			trace_contradicts(trace, ev, begun[i], "null");
}

static void check_new(struct trace *trace, const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
		event_must_be(trace, ev, counted[i], 0);
	if (event_int(ev, "mss", 0) != MSS_LEAST)
		event_must_be(trace, ev, "mss", MSS_DEFAULT);
	event_must_be(trace, ev, "rto_ms", RTO_FIRST_MS);
}

enum what {
	END_SEQ,
	ACK,
	WIN
};

static bool is_among(const struct segment *v, size_t n, enum what what, int64_t number)
{
	for (size_t i = n; i-- > 0;)
		if (what == WIN	  ? v[i].win == number || (v[i].most && v[i].win < number)
		    : what == ACK ? v[i].acks && v[i].ack == (uint32_t)number
				  : v[i].end_seq == (uint32_t)number)
			return true;
	return false;
}

static void check_among(struct trace *trace, const struct event *ev, const char *path,
			const struct segment *v, size_t n, enum what what)
{
	int64_t number;

	if (json_int(event_get(ev, path), &number) && !is_among(v, n, what, number))
		trace_contradicts(trace, ev, path, _("a number of its segments"));
}

/*
 * The timer counts also where the segment still lies in a queue of its device, and nothing is sent: net/ipv4/tcp_output.c
 * __tcp_retransmit_skb(), -EBUSY. Each time doubles the timeout.
 */
static void check_timeouts(struct trace *trace, const struct event *ev, const struct place *place)
{
	int64_t silent = event_int(ev, "retransmits", 0) - place->timeouts;
	int64_t rto = event_int(ev, "rto_ms", 0) * NS_PER_MS;
	int64_t waited = place->sender ? ev->t_ns - place->sender->t_ns : 0;

	if (event_int(ev, "snd_una", 0) == event_int(ev, "snd_nxt", 0))
		waited = 0;
	for (; silent > 0 && rto && waited >= rto / 2; silent--) {
		rto /= 2;
		waited -= rto;
	}
	if (silent)
		event_must_be(trace, ev, "retransmits", place->timeouts);
}

static void check_segments(struct numbers *numbers, const struct event *ev,
			   const struct place *place)
{
	int64_t una = event_int(ev, "snd_una", 0), mss;

	if (event_int(ev, "snd_nxt", -1) != place->sure)
		event_must_be(numbers->trace, ev, "snd_nxt", place->next);
	if ((uint32_t)una != place->isn && (uint32_t)una != place->isn + 1)
		check_among(numbers->trace, ev, "snd_una", place->got.v, place->got.n, ACK);
	check_among(numbers->trace, ev, "rcv_nxt", place->got.v, place->got.n, END_SEQ);
	check_among(numbers->trace, ev, "snd_wnd", place->got.v, place->got.n, WIN);
	/* net/ipv4/syncookies.c cookie_v4_check() chooses a window anew, and the next segment tells of it */
	if (!place->made_anew)
		check_among(numbers->trace, ev, "rcv_wnd", place->sent.v, place->sent.n, WIN);
	mss = place->mss - (place->stamps[0] && place->stamps[1] ? STAMPS_BYTES : 0);
	if (event_int(ev, "mss", 0) > mss)
		trace_contradicts(numbers->trace, ev, "mss", _("at most %lld"), (long long)mss);
	check_timeouts(numbers->trace, ev, place);
}

/* Nothing has come for a SYN, or nothing but a reset or another SYN: net/ipv4/tcp_output.c tcp_connect_init(). */
static void check_unanswered(struct trace *trace, const struct event *ev, const struct place *place)
{
	event_must_be(trace, ev, "snd_una", place->isn);
	event_must_be(trace, ev, "snd_nxt", place->next);
	event_must_be(trace, ev, "snd_wnd", 0);
	event_must_be(trace, ev, "rcv_nxt", 0);
}

/* What was there at the socket's last change stays, until a segment brings another number. */
static void check_kept(struct numbers *numbers, const struct event *ev, const struct place *place,
		       bool routed)
{
	const struct {
		const char *path;
		const struct segment *v;
		size_t n;
		enum what what;
	} rows[] = { { "snd_una", place->got.v, place->got.n, ACK },
		     { "rcv_nxt", place->got.v, place->got.n, END_SEQ },
		     { "snd_wnd", place->got.v, place->got.n, WIN },
		     { "snd_nxt", place->sent.v, place->sent.n, END_SEQ } };

	/* the last one is of what was sent, or could not be */
	for (size_t i = 0; i < ARRAY_SIZE(rows) - !routed; i++)
		if (!event_agrees(ev, rows[i].path, place->told, rows[i].path))
			check_among(numbers->trace, ev, rows[i].path, rows[i].v, rows[i].n,
				    rows[i].what);
}

/* Where an error comes from: net/ipv4/tcp_input.c tcp_reset(), tcp_timer.c tcp_write_err(), tcp_ipv4.c tcp_v4_err(). */
static void check_error(struct trace *trace, const struct event *ev)
{
	const struct event *former = event_former_life(trace, ev);

	/* what it was told, or net/ipv4/tcp.c tcp_disconnect() has left, is there until tcp_connect_init() */
	if (former && (event_agrees(former, "sk_err", ev, "sk_err") ||
		       (event_int(ev, "sk_err", 0) == ECONNRESET &&
			event_stack_has(former, (const char *const[]){ "tcp_disconnect", NULL }))))
		return;
	if (event_stack_has(ev, (const char *const[]){ "tcp_reset", NULL }))
		event_must_be(trace, ev, "sk_err",
			      event_is(ev, "old", "SYN_SENT")	  ? ECONNREFUSED
			      : event_is(ev, "old", "CLOSE_WAIT") ? EPIPE
								  : ECONNRESET);
	else if (!event_stack_has(ev, (const char *const[]){ "tcp_write_err", "tcp_v4_err",
							     "tcp_v6_err", "tcp_abort",
							     "tcp_disconnect", NULL }))
		event_must_be(trace, ev, "sk_err", 0);
}

/* A node that had no route may have counted on for what it could not send. */
static bool had_no_route(const struct numbers *numbers, const struct event *ev)
{
	for (const struct event *e = ev; e-- > numbers->trace->events.v;)
		if (e->kind == EV_ROUTE_RESULT && e->netns == ev->netns && event_has(e, "error"))
			return true;
	return !numbers->lookups && event_is(ev, "new", "CLOSE");
}

static void check_socket(struct numbers *numbers, const struct event *ev)
{
	struct place *place = event_place(numbers, ev);
	bool routed;

	if (event_is(ev, "old", "LISTEN") && place->mss < MSS_COOKIE &&
	    event_stack_has(ev, (const char *const[]){ "cookie_v4_check", NULL }))
		place->mss = MSS_COOKIE;
	if (event_is(ev, "old", "LISTEN"))
		place->made_anew =
			event_stack_has(ev, (const char *const[]){ "cookie_v4_check", NULL });
	else if (event_is(ev, "old", "SYN_RECV") &&
		 !trace_watches(numbers->trace, "inet_sk_set_state"))
		place->made_anew = true;
	if (event_is(ev, "new", "LISTEN") || event_is(ev, "old", "LISTEN") ||
	    (event_is(ev, "new", "SYN_SENT") && !event_has(ev, "in_old_ns"))) {
		check_new(numbers->trace, ev);
		return;
	}
	check_error(numbers->trace, ev);
	if (!numbers->whole || !ev->conn)
		return;
	routed = !had_no_route(numbers, ev);
	if (place->begun && event_is(ev, "old", "SYN_SENT") && !event_is(ev, "new", "ESTABLISHED"))
		check_unanswered(numbers->trace, ev, place);
	else if (routed && place->begun && place->got.n && event_int(ev, "rcv_nxt", 0))
		check_segments(numbers, ev, place);
	if (place->told && event_agrees(place->told, "sk", ev, "sk") &&
	    event_agrees(place->told, "new", ev, "old"))
		check_kept(numbers, ev, place, routed);
	/* of what a socket was before, connect() keeps no number: tcp_connect_init() */
	place->told = event_former_life(numbers->trace, ev) ? NULL : ev;
}

/* connect() gives what ended the socket while it waited: net/ipv4/af_inet.c __inet_stream_connect(). */
static void check_connect(struct numbers *numbers, const struct event *ev)
{
	int64_t ret = event_int(ev, "ret", 0);
	const struct event *e = ev;

	/* it does not wait, or a signal has ended that */
	if (ret >= 0 || ret == -EINPROGRESS || ret == -EALREADY || ret == -EINTR ||
	    ret <= -ERESTARTSYS)
		return;
	while (e-- > numbers->trace->events.v && e->n > ev->parent)
		if (e->kind == EV_TCP_STATE && event_agrees(e, "sk", ev, "sk")) {
			if (event_is(e, "new", "CLOSE") && event_int(e, "sk_err", 0))
				event_must_be(numbers->trace, e, "sk_err", -ret);
			return;
		}
}

/* ---- buffers ---- */

/* net/ipv4/tcp_output.c __tcp_transmit_skb(): what may be sent again is kept, and a clone goes out. */
static void check_buffer(struct trace *trace, const struct event *ev)
{
	char *flags = event_dup(ev, "flags");
	int64_t payload = event_int(ev, "payload_len", 0);

	if (event_get(ev, "damage").kind == JSON_STRING) {
		free(flags);
		return;
	}
	if (event_int(ev, "data_len", 0) > payload)
		trace_contradicts(trace, ev, "data_len", _("at most %lld"), (long long)payload);
	if (ev->kind == EV_TCP_TX && !strchr(flags, 'R') &&
	    event_stack_has(ev, (const char *const[]){ "__tcp_transmit_skb", NULL }) &&
	    !event_stack_has(ev, (const char *const[]){ "tcp_xmit_probe_skb", NULL }) &&
	    json_true(event_get(ev, "cloned")) != (payload || strpbrk(flags, "SF")))
		trace_contradicts(trace, ev, "cloned", "%s",
				  payload || strpbrk(flags, "SF") ? "true" : "false");
	free(flags);
}

void numbers_check(struct numbers *numbers, const struct event *ev)
{
	if (ev->kind == EV_TCP_TX || ev->kind == EV_TCP_RX) {
		check_buffer(numbers->trace, ev);
		note_segment(numbers, ev);
	} else if (ev->kind == EV_TCP_STATE && event_is(ev, "obj", "sock")) {
		check_socket(numbers, ev);
	} else if (ev->kind == EV_TCP_STATE) {
		check_none(numbers->trace, ev);
	} else if (ev->kind == EV_SYSCALL_EXIT && event_is(ev, "name", "connect")) {
		check_connect(numbers, ev);
	}
}
