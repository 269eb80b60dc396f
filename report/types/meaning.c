// SPDX-License-Identifier: GPL-2.0-or-later
// What an event means, in one sentence for a student, with its place in the source.
#include "types/meaning.h"
#include "base/i18n.h"

/* The first row whose condition holds speaks. Source places are functions, so they outlive lines. */
static const struct {
	enum event_type type;
	const char *field, *value; /* NULL: any */
	const char *field2, *value2;
	const char *text;
	const char *source;
} meanings[] = {
	{ EV_FIB_LOOKUP, "purpose", "choose_saddr", NULL, NULL,
	  N_("First of up to three lookups of one connect(): the socket has no source address yet, "
	     "and "
	     "the route tells which one to take."),
	  "include/net/route.h: ip_route_connect()" },
	{ EV_FIB_LOOKUP, "purpose", "newports", NULL, NULL,
	  N_("The last lookup of connect(): the source port is known only now, and a policy rule "
	     "could "
	     "depend on it."),
	  "include/net/route.h: ip_route_newports()" },
	{ EV_FIB_LOOKUP, "purpose", "route", NULL, NULL,
	  N_("The lookup for the flow itself, with both addresses known."),
	  "net/ipv4/route.c: ip_route_output_flow()" },
	{ EV_FIB_LOOKUP, "purpose", "input", NULL, NULL,
	  N_("A packet came in: the lookup tells whether it is for this node or must go on."),
	  "net/ipv4/route.c: ip_route_input_slow()" },
	{ EV_FIB_LOOKUP, "purpose", "src_validate", NULL, NULL,
	  N_("The sender's address is looked up too, to see whether the packet could come from "
	     "there."),
	  "net/ipv4/fib_frontend.c: fib_validate_source()" },
	{ EV_FIB_LOOKUP, "purpose", "addr_type", NULL, NULL,
	  N_("The kernel asks what kind of address this is: local, broadcast or unicast."),
	  "net/ipv4/fib_frontend.c: __inet_dev_addr_type()" },
	{ EV_ROUTE_RESULT, "purpose", "choose_saddr", NULL, NULL,
	  N_("The route's device gives the connection its source address."),
	  "include/net/route.h: ip_route_connect()" },
	{ EV_ROUTE_RESULT, "dir", "input", NULL, NULL,
	  N_("What becomes of a packet that came in: device lo means that it is for this node "
	     "itself."),
	  "net/ipv4/route.c: ip_route_input_slow()" },
	{ EV_ROUTE_RESULT, NULL, NULL, NULL, NULL,
	  N_("The answer of the whole lookup: device, next hop and source address."),
	  "net/ipv4/route.c: ip_route_output_key_hash_rcu()" },
	{ EV_TCP_STATE, "new", "LISTEN", NULL, NULL,
	  N_("A listener only makes requests and children: it never carries data itself."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_listen_start()" },
	{ EV_TCP_STATE, "new", "SYN_SENT", NULL, NULL,
	  N_("The state is set before the local port is chosen, so that the port is still 0 here."),
	  "net/ipv4/tcp_ipv4.c: tcp_v4_connect()" },
	{ EV_TCP_STATE, "new", "NEW_SYN_RECV", NULL, NULL,
	  N_("A request sock: a small stand-in for a socket while the handshake is under way, so "
	     "that a "
	     "flood of SYNs costs little."),
	  "net/ipv4/tcp_input.c: inet_reqsk_alloc()" },
	{ EV_TCP_STATE, "old", "LISTEN", "new", "SYN_RECV",
	  N_("The child is a copy of the listener, so its first state change begins at LISTEN."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_clone_lock()" },
	{ EV_TCP_STATE, "old", "SYN_SENT", "new", "ESTABLISHED",
	  N_("The SYN-ACK came: for the client the connection stands, half a round trip before the "
	     "server knows."),
	  "net/ipv4/tcp_input.c: tcp_finish_connect()" },
	{ EV_TCP_STATE, "old", "SYN_RECV", "new", "ESTABLISHED",
	  N_("The third segment came: now the connection stands on the server too."),
	  "net/ipv4/tcp_input.c: tcp_rcv_state_process()" },
	{ EV_TCP_STATE, "new", "FIN_WAIT1", NULL, NULL,
	  N_("This end closes first: its FIN is on the way."),
	  "net/ipv4/tcp.c: tcp_close_state()" },
	{ EV_TCP_STATE, "new", "FIN_WAIT2", NULL, NULL,
	  N_("Our FIN is acknowledged; the other end may still send."),
	  "net/ipv4/tcp_input.c: tcp_rcv_state_process()" },
	{ EV_TCP_STATE, "new", "CLOSE_WAIT", NULL, NULL,
	  N_("The other end closed; the program here has not called close() yet."),
	  "net/ipv4/tcp_input.c: tcp_fin()" },
	{ EV_TCP_STATE, "new", "LAST_ACK", NULL, NULL,
	  N_("Both ends closed; only the acknowledgement of our FIN is missing."),
	  "net/ipv4/tcp.c: tcp_close_state()" },
	{ EV_TCP_STATE, "new", "TIME_WAIT", NULL, NULL,
	  N_("A small timewait sock keeps the port pair for 60 s, so that late segments meet "
	     "nobody "
	     "else."),
	  "net/ipv4/tcp_minisocks.c: tcp_time_wait()" },
	{ EV_CONN_QUEUE, "op", "syn_add", NULL, NULL,
	  N_("The request waits in the SYN queue for the third segment of the handshake."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_reqsk_queue_hash_add()" },
	{ EV_CONN_QUEUE, "op", "accept_add", NULL, NULL,
	  N_("The handshake is complete: the child waits in the accept queue until a program takes "
	     "it."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_complete_hashdance()" },
	{ EV_CONN_QUEUE, "op", "accept_remove", NULL, NULL,
	  N_("accept() takes the child out. The connection stood before: accept() sends nothing."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_accept()" },
	{ EV_CONN_QUEUE, "op", "overflow", NULL, NULL,
	  N_("The accept queue is full. The test is \"more than\", so backlog N admits N+1."),
	  "include/net/sock.h: sk_acceptq_is_full()" },
	{ EV_TCP_TX, "flags", "S", NULL, NULL,
	  N_("The first segment: it carries the client's first sequence number and what it can "
	     "do."),
	  "net/ipv4/tcp_output.c: tcp_connect()" },
	{ EV_TCP_TX, "flags", "S.", NULL, NULL,
	  N_("The listener answers by itself, without the server's program: its own number, and "
	     "the "
	     "client's plus one."),
	  "net/ipv4/tcp_ipv4.c: tcp_v4_send_synack()" },
	{ EV_TCP_TX, "flags", "R.", NULL, NULL,
	  N_("Nobody wants this segment: the answer is a reset."),
	  "net/ipv4/tcp_ipv4.c: tcp_v4_send_reset()" },
	{ EV_TCP_TX, "retrans", "true", NULL, NULL,
	  N_("No acknowledgement came in time: the segment is sent again."),
	  "net/ipv4/tcp_output.c: __tcp_retransmit_skb()" },
	{ EV_NEIGH_STATE, "nud.new", "INCOMPLETE", NULL, NULL,
	  N_("The MAC address is not known: the packet waits in the entry's queue while ARP asks."),
	  "net/core/neighbour.c: __neigh_event_send()" },
	{ EV_NEIGH_STATE, "nud.new", "REACHABLE", NULL, NULL,
	  N_("The answer came: the waiting packets go out with the MAC address filled in."),
	  "net/core/neighbour.c: __neigh_update()" },
	{ EV_NEIGH_STATE, "nud.new", "STALE", NULL, NULL,
	  N_("The address was learned from the other's request, but nothing proves yet that it "
	     "answers."),
	  "net/ipv4/arp.c: arp_process()" },
	{ EV_NEIGH_STATE, "nud.new", "DELAY", NULL, NULL,
	  N_("A stale entry is used: the kernel waits 5 s for a sign of life before it asks "
	     "again."),
	  "net/core/neighbour.c: __neigh_event_send()" },
	{ EV_NEIGH_STATE, "nud.new", "FAILED", NULL, NULL,
	  N_("Nobody answered: waiting packets are given back as errors."),
	  "net/core/neighbour.c: neigh_invalidate()" },
	{ EV_ARP_TX, "gratuitous", "true", NULL, NULL,
	  N_("An announcement, not a question. Only such frames are made by arp_send() itself."),
	  "net/ipv4/devinet.c: inetdev_send_gratuitous_arp()" },
	{ EV_ARP_TX, "op", "request", NULL, NULL,
	  N_("Everybody on the wire is asked for the address."), "net/ipv4/arp.c: arp_solicit()" },
	{ EV_ARP_TX, "op", "reply", NULL, NULL,
	  N_("Only the owner answers, and only to who asked."), "net/ipv4/arp.c: arp_process()" },
	{ EV_SYSCALL_EXIT, "name", "connect", NULL, NULL,
	  N_("connect() waits for the SYN-ACK, not for accept(): it may return before or after "
	     "it."),
	  "net/ipv4/af_inet.c: __inet_stream_connect()" },
	{ EV_SYSCALL_EXIT, "name", "accept", NULL, NULL,
	  N_("accept() slept until the third segment came. It gives a new socket; the listener "
	     "goes on."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_accept()" },
	{ EV_SYSCALL_ENTER, "name", "bind", NULL, NULL,
	  N_("bind() only notes the address and takes the port: nothing goes to the wire."),
	  "net/ipv4/af_inet.c: __inet_bind()" },
	{ EV_SYSCALL_ENTER, "name", "listen", NULL, NULL,
	  N_("listen() makes the two queues and sets the backlog; from now on SYNs are answered."),
	  "net/ipv4/inet_connection_sock.c: inet_csk_listen_start()" },
};

static bool field_is(const struct event *ev, const char *field, const char *value)
{
	struct str text = { 0 };
	bool same;

	if (!field)
		return true;
	event_text(ev, field, &text);
	same = text_is(str_text(&text), value);
	str_free(&text);
	return same;
}

int meaning_of(const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if (meanings[i].type == ev->kind &&
		    field_is(ev, meanings[i].field, meanings[i].value) &&
		    field_is(ev, meanings[i].field2, meanings[i].value2))
			return (int)i;
	return -1;
}

size_t meaning_count(void)
{
	return ARRAY_SIZE(meanings);
}

const char *meaning_text(size_t index)
{
	return _(meanings[index].text);
}

const char *meaning_source(size_t index)
{
	return meanings[index].source;
}
