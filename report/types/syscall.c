// SPDX-License-Identifier: GPL-2.0-or-later
// A program calls the kernel for a socket, and comes back.
#include "types/tell.h"
#include "base/i18n.h"

/* An address; that of IPv6 stands in brackets before its port (RFC 3986 3.2.2). */
static void say_address(const struct event *ev, struct str *out)
{
	bool six = event_is(ev, "args.family", "INET6") &&
		   event_get(ev, "args.addr").kind == JSON_STRING;

	say_field(ev, out, six ? "[" : "", "args.addr");
	str_add(out, six ? "]" : "");
}

static void say_args(const struct event *ev, struct str *out)
{
	static const struct {
		const char *before, *path;
	} args[] = {
		{ ":", "args.port" },
		{ "backlog ", "args.backlog" },
		{ "", "args.len" },
	};

	say_address(ev, out);
	for (size_t i = 0; i < ARRAY_SIZE(args); i++)
		say_field(ev, out, args[i].before, args[i].path);
}

static void say_enter(const struct telling *of, struct str *out)
{
	event_text(of->ev, "name", out);
	str_add(out, "(");
	say_args(of->ev, out);
	str_add(out, ") ...");
}

static void say_result(const struct event *ev, struct str *out)
{
	if (event_get(ev, "ret_name").kind == JSON_STRING)
		say_field(ev, out, " = -1 ", "ret_name");
	else
		say_field(ev, out, " = ", "ret");
}

static void say_exit(const struct telling *of, struct str *out)
{
	int64_t dur_ns = event_int(of->ev, "dur_ns", -1);
	bool stopped = of->trace->stops.count;

	event_text(of->ev, "name", out);
	str_add(out, "()");
	say_result(of->ev, out);
	if (dur_ns >= 0)
		str_addf(out, stopped ? _(" after %.3f ms with GDB's stops") : _(" after %.3f ms"),
			 (double)dur_ns / 1e6);
}

char *call_sentence(const struct event *enter, const struct event *end)
{
	struct str out = { 0 };

	event_text(enter, "name", &out);
	str_add(&out, "(");
	say_args(enter, &out);
	str_add(&out, ")");
	say_result(end, &out);
	return str_take(&out);
}

/* clang-format off */
static const struct column columns[] = {
	WHEN_AND_WHERE,
	FIELD("comm", N_("program")),
	FIELD("pid", N_("pid")),
	MADE("call", N_("call"), fill_sentence),
	FIELD("ret", N_("result")),
	FIELD("dur_ns", N_("ns inside")),
};
/* clang-format on */

static const struct event_table calls = {
	.key = "syscalls",
	.title = N_("System calls"),
	.view = "syscalls",
	.place = 1,
	COLUMNS(columns),
};

static const struct meaning enter_meanings[] = {
	{ "name=bind",
	  N_("bind() only notes the address and takes the port: nothing goes to the wire."),
	  "net/ipv4/af_inet.c: __inet_bind()" },
	{ "name=listen",
	  N_("listen() sets the backlog. The first one makes the two queues, and from then on SYNs "
	     "are answered."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_listen_start()" },
	{ 0 },
};

static const struct meaning exit_meanings[] = {
	{ "name=connect conn!=null ret=0",
	  N_("connect() waits for the SYN-ACK, not for accept(): it may return before or after "
	     "it."),
	  "net/ipv4/af_inet.c: __inet_stream_connect()" },
	{ "name=connect conn!=null ret_name=EINPROGRESS",
	  N_("The program does not wait: the handshake goes on without it."),
	  "net/ipv4/af_inet.c: __inet_stream_connect()" },
	{ "name=connect conn!=null ret_name=ETIMEDOUT",
	  N_("No SYN-ACK came to any of the SYNs: TCP gives up (tcp_syn_retries)."),
	  "net/ipv4/tcp_timer.c: tcp_write_timeout()" },
	{ "name=connect conn!=null ret_name=ECONNREFUSED",
	  N_("The other end refuses: a reset came in answer, or ICMP said so."),
	  "net/ipv4/tcp_input.c: tcp_reset()" },
	{ "name=accept ret_name=null",
	  N_("accept() gives a new socket, of a connection that stands already; the listener "
	     "goes on."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_accept()" },
	{ "name=accept4 ret_name=null",
	  N_("accept() gives a new socket, of a connection that stands already; the listener "
	     "goes on."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_accept()" },
	{ 0 },
};

static const struct event_type types[] = {
	{
		.name = "syscall.enter",
		.keys = "name fd args ret_name dur_ns",
		.kind = EV_SYSCALL_ENTER,
		.ink = INK_CALL,
		.in_ladder = ladder_always,
		.say = say_enter,
		.identity = "name",
		.detail = "fd args.backlog args.len args.flags",
		.exact = "args.addr args.port",
		.table = &calls,
		.meanings = enter_meanings,
	},
	{
		.name = "syscall.exit",
		.keys = "name fd args ret_name dur_ns",
		.kind = EV_SYSCALL_EXIT,
		.ink = INK_CALL,
		.in_ladder = ladder_always,
		.say = say_exit,
		.identity = "name",
		.detail = "ret ret_name",
		.exact = "dur_ns",
		.table = &calls,
		.meanings = exit_meanings,
	},
};
EVENT_FAMILY(syscall, types);
