// SPDX-License-Identifier: GPL-2.0-or-later
// TCP: a socket changes its state, a segment goes down to the device or comes up.
#include "types/sent.h"
#include "types/tell.h"
#include "base/i18n.h"

/* Only a connection has a number, so a socket without one that listens is the listener. */
static const char *object_name(const struct trace *trace, const struct event *ev)
{
	const struct conn *conn = trace_conn(trace, ev->conn);

	if (event_is(ev, "obj", "request_sock"))
		return _("request sock ");
	if (event_is(ev, "obj", "timewait_sock"))
		return _("timewait sock ");
	if (!conn && (event_is(ev, "old", "LISTEN") || event_is(ev, "new", "LISTEN")))
		return _("listener ");
	if (conn && conn->child && conn->server_node && conn->server_node == ev->netns)
		return _("child ");
	return "";
}

static void say_state(const struct telling *of, struct str *out)
{
	str_add(out, object_name(of->trace, of->ev));
	if (!event_text(of->ev, "old", out)) {
		say_with(of->ev, out, _("born in %s"), "new");
		return;
	}
	str_add(out, " -> ");
	event_text(of->ev, "new", out);
}

static void say_numbers(struct json option, struct str *out)
{
	static const char *const numbers[] = { "mss", "shift", "val", "ecr" };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct json v = json_path(option, numbers[i]);

		if (v.kind != JSON_NUMBER)
			continue;
		str_add(out, " ");
		json_text(v, out);
	}
}

char *event_options(const struct event *ev)
{
	struct json_iter it = json_iter(event_get(ev, "opts"));
	struct str out = { 0 };

	while (json_next(&it)) {
		if (json_is(json_path(it.value, "name"), "nop"))
			continue;
		str_add(&out, out.len ? " " : "");
		json_text(json_path(it.value, "name"), &out);
		say_numbers(it.value, &out);
	}
	return str_take_or_null(&out);
}

static void say_segment(const struct telling *of, struct str *out)
{
	const struct event *ev = of->ev;
	/* in bytes, as tshark shows it, once both SYNs have said how it is scaled */
	bool scaled = event_int(ev, "win_scaled", -1) >= 0;

	event_text(ev, "flags", out);
	say_field(ev, out, " seq ", "rel_seq");
	say_field(ev, out, " ack ", "rel_ack");
	say_field(ev, out, " win ", scaled ? "win_scaled" : "win");
	if (event_int(ev, "payload_len", 0) > 0)
		say_field(ev, out, " len ", "payload_len");
	if (json_true(event_get(ev, "retrans")))
		str_add(out, _(" again"));
}

static void fill_options(const struct telling *of, struct table *t)
{
	table_take(t, event_options(of->ev));
}

static void fill_cause(const struct telling *of, struct table *t)
{
	const char *cause = sent_cause(of->trace, of->ev);

	if (cause)
		table_text(t, _(cause));
	else
		table_null(t);
}

/* clang-format off */
static const struct column segment_columns[] = {
	WHEN_AND_WHERE,
	MADE("direction", "", fill_way),
	MADE("ends", N_("from > to"), fill_ends),
	FIELD("flags", N_("flags")),
	FIELD("rel_seq", N_("seq")),
	FIELD("rel_ack", N_("ack")),
	FIELD("win", N_("win")),
	FIELD("payload_len", N_("len")),
	MADE("options", N_("options"), fill_options),
	MADE("cause", N_("cause"), fill_cause),
	MADE("function", N_("function"), fill_function),
	FIELD("pkt", N_("packet")),
};

static const struct column state_columns[] = {
	WHEN_AND_WHERE,
	FIELD("conn", N_("conn")),
	FIELD("obj", N_("object")),
	MADE("ends", N_("local > remote"), fill_ends),
	FIELD("old", N_("old")),
	FIELD("new", N_("new")),
	MADE("chain", N_("set by"), fill_chain),
};
/* clang-format on */

static const struct event_table segments = {
	.key = "segments",
	.title = N_("TCP segments"),
	.view = "segments",
	.place = 1,
	COLUMNS(segment_columns),
};

static const struct event_table states = {
	.key = "states",
	.title = N_("TCP states"),
	.view = "states",
	.place = 1,
	COLUMNS(state_columns),
};

static const struct meaning state_meanings[] = {
	{ "new=LISTEN",
	  N_("A listener only makes requests and children: it never carries data itself."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_listen_start()" },
	{ "new=SYN_SENT sport=0",
	  N_("The state is set before the local port is chosen: the port is still 0 here."),
	  "net/ipv4/tcp_ipv4.c: tcp_v4_connect()" },
	{ "new=SYN_SENT",
	  N_("The program has bound its own address before: the port is known already."),
	  "net/ipv4/tcp_ipv4.c: tcp_v4_connect()" },
	{ "new=NEW_SYN_RECV",
	  N_("A request sock: a small stand-in for a socket while the handshake is under way, so "
	     "that a flood of SYNs costs little."),
	  "net/ipv4/tcp_input.c: inet_reqsk_alloc()" },
	{ "old=LISTEN new=SYN_RECV",
	  N_("The child is a copy of the listener, so its first state change begins at LISTEN."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_clone_lock()" },
	{ "old=SYN_SENT new=SYN_RECV",
	  N_("A SYN came in place of a SYN-ACK: both ends asked at once."),
	  "net/ipv4/tcp_input.c: tcp_rcv_synsent_state_process()" },
	{ "old=SYN_SENT new=ESTABLISHED",
	  N_("The SYN-ACK came: for the client the connection stands, half a round trip before the "
	     "server knows."),
	  "net/ipv4/tcp_input.c: tcp_finish_connect()" },
	{ "old=SYN_RECV new=ESTABLISHED stack~tcp_child_process",
	  N_("The third segment came: now the connection stands on the server too."),
	  "net/ipv4/tcp_input.c: tcp_rcv_state_process()" },
	{ "old=SYN_RECV new=ESTABLISHED",
	  N_("This end's SYN is acknowledged: the connection stands here."),
	  "net/ipv4/tcp_input.c: tcp_rcv_state_process()" },
	{ "new=FIN_WAIT1", N_("This end closes before a FIN of the other end has come."),
	  "net/ipv4/tcp.c: tcp_close_state()" },
	{ "new=CLOSING",
	  N_("The other end's FIN came before ours was acknowledged: both closed at once."),
	  "net/ipv4/tcp_input.c: tcp_fin()" },
	{ "new=FIN_WAIT2", N_("Our FIN is acknowledged; the other end may still send."),
	  "net/ipv4/tcp_input.c: tcp_rcv_state_process()" },
	{ "new=CLOSE_WAIT",
	  N_("The other end closed; the program here has not called close() yet."),
	  "net/ipv4/tcp_input.c: tcp_fin()" },
	{ "new=LAST_ACK", N_("Both ends closed; only the acknowledgement of our FIN is missing."),
	  "net/ipv4/tcp.c: tcp_close_state()" },
	{ "new=TIME_WAIT",
	  N_("A small timewait sock keeps the port pair for 60 s, so that late segments meet "
	     "nobody else."),
	  "net/ipv4/tcp_minisocks.c: tcp_time_wait()" },
	{ 0 },
};

#define TUPLE "saddr daddr sport dport"
#define SEGMENT                                                                             \
	TUPLE " seq end_seq ack rel_seq rel_ack flags win win_scaled urg opts payload_len " \
	      "header_len reserved damage ip "                                              \
	      "skb_len data_len cloned retrans by joined"
#define OPTIONS "opts.mss.mss opts.sack_ok.name opts.ts.name opts.wscale.shift"

static const struct event_type types[] = {
	{
		.name = "tcp.state",
		.keys = "obj " TUPLE " old new old_raw new_raw in_old_ns snd_una snd_nxt rcv_nxt "
			"snd_wnd rcv_wnd mss srtt_us rto_ms retransmits sk_err",
		.kind = EV_TCP_STATE,
		.ink = INK_STATE,
		.in_ladder = ladder_always,
		.say = say_state,
		.identity = "obj new",
		.detail = "old mss sk_err retransmits",
		.exact = TUPLE,
		.table = &states,
		.meanings = state_meanings,
	},
	{
		.name = "tcp.tx",
		.keys = SEGMENT,
		.kind = EV_TCP_TX,
		.way = WAY_OUT,
		.ink = INK_PACKET,
		.in_ladder = ladder_always,
		.say = say_segment,
		.identity = "flags",
		.detail = "rel_seq rel_ack payload_len by retrans " OPTIONS,
		.exact = TUPLE " seq ack win",
		.table = &segments,
		.meanings = sent_meanings,
	},
	{
		.name = "tcp.rx",
		.keys = SEGMENT,
		.kind = EV_TCP_RX,
		.way = WAY_IN,
		.ink = INK_PACKET,
		.in_ladder = ladder_always,
		.say = say_segment,
		.identity = "flags",
		.detail = "rel_seq rel_ack payload_len " OPTIONS,
		.exact = TUPLE " seq ack win",
		.table = &segments,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(tcp, types);
