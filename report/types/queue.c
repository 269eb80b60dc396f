// SPDX-License-Identifier: GPL-2.0-or-later
// The two queues of a listener: requests that wait for the third segment, and children that wait for accept().
#include "types/tell.h"
#include "base/i18n.h"

#include <stdlib.h>

static void say_change(const struct event *ev, const char *what, const char *key, struct str *out)
{
	char *old_path = xasprintf("%s.old", key), *new_path = xasprintf("%s.new", key);
	int64_t old = event_int(ev, old_path, -1), now = event_int(ev, new_path, -1);

	if (old != now && now >= 0) {
		str_addf(out, "%s%s ", out->len ? ", " : "", what);
		if (old >= 0)
			str_addf(out, "%lld -> ", (long long)old);
		str_addf(out, "%lld", (long long)now);
	}
	free(old_path);
	free(new_path);
}

static void say_queue(const struct telling *of, struct str *out)
{
	say_change(of->ev, _("SYN queue"), "syn_qlen", out);
	say_change(of->ev, _("accept queue"), "accept_qlen", out);
	say_change(of->ev, _("accept queue's limit"), "accept_max", out);
	if (!out->len)
		event_text(of->ev, "op", out);
	if (event_is(of->ev, "op", "overflow"))
		say_with(of->ev, out, _(", refused: limit %s"), "accept_max");
}

/* clang-format off */
static const struct column columns[] = {
	WHEN_AND_WHERE,
	FIELD("conn", N_("conn")),
	FIELD("op", N_("what")),
	MADE("change", N_("change"), fill_sentence),
	FIELD("accept_max", N_("limit")),
	MADE("chain", N_("by"), fill_chain),
};
/* clang-format on */

static const struct event_table queues = {
	.key = "queues",
	.title = N_("SYN queue and accept queue"),
	.view = "queues",
	.place = 1,
	COLUMNS(columns),
};

static const struct meaning meanings[] = {
	{ "op=syn_add",
	  N_("The request waits in the SYN queue for the third segment of the handshake."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_reqsk_queue_hash_add()" },
	{ "op=syn_drop", N_("The request was not completed in time, and is given up."),
	  "net/ipv4/inet_connection_sock.c: reqsk_timer_handler()" },
	{ "op=accept_add stack~tcp_conn_request",
	  N_("Fast Open: the child waits for a program before the third segment has come."),
	  "net/ipv4/tcp_input.c: tcp_conn_request()" },
	{ "op=accept_add",
	  N_("The handshake is complete: the child waits in the accept queue until a program takes "
	     "it."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_complete_hashdance()" },
	{ "op=accept_remove",
	  N_("accept() takes the child out. The connection stood before: accept() sends nothing."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_accept()" },
	{ "op=overflow",
	  N_("The accept queue is full. The test is \"more than\", so backlog N admits N+1."),
	  "include/net/sock.h: sk_acceptq_is_full()" },
	{ 0 },
};

static const struct event_type types[] = {
	{
		.name = "conn.queue",
		.keys = "op listener req child saddr daddr sport dport syn_qlen accept_qlen "
			"accept_max synack_retrans",
		.kind = EV_CONN_QUEUE,
		.ink = INK_QUEUE,
		.in_ladder = ladder_always,
		.say = say_queue,
		.identity = "op",
		.detail = "syn_qlen accept_qlen accept_max",
		.exact = "saddr daddr sport dport",
		.table = &queues,
		.meanings = meanings,
	},
};
EVENT_FAMILY(queue, types);
