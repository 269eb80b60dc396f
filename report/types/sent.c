// SPDX-License-Identifier: GPL-2.0-or-later
// Why a segment was sent: in a sentence, and in a word or two for a column.
#include "types/sent.h"
#include "base/i18n.h"
#include "types/tell.h"

#include <string.h>

/*
 * Why a segment was sent. The innermost reason comes first: what is acknowledged while a program's own call lets go of the
 * socket (release_sock()) is not what the program wrote.
 */
const struct meaning sent_meanings[] = {
	{ "stack~ip_forward", N_("A router passes the segment on: its own TCP has no part in it."),
	  "net/ipv4/ip_forward.c: ip_forward()" },
	{ "stack~ip6_forward", N_("A router passes the segment on: its own TCP has no part in it."),
	  "net/ipv6/ip6_output.c: ip6_forward()" },
	{ "stack~raw_send_hdrinc",
	  N_("A program has made this segment itself, by a raw socket: the TCP of this node has no "
	     "part in it."),
	  "net/ipv4/raw.c: raw_send_hdrinc()" },
	{ "stack~rawv6_send_hdrinc",
	  N_("A program has made this segment itself, by a raw socket: the TCP of this node has no "
	     "part in it."),
	  "net/ipv6/raw.c: rawv6_send_hdrinc()" },
	/* the handshake */
	{ "stack~tcp_connect",
	  N_("The first segment: it carries the client's first sequence number and what it can "
	     "do."),
	  "net/ipv4/tcp_output.c: tcp_connect()" },
	{ "stack~reqsk_timer_handler",
	  N_("The request was not completed in time: its own timer sends the SYN-ACK again."),
	  "net/ipv4/inet_connection_sock.c: reqsk_timer_handler()" },
	{ "stack~inet_rtx_syn_ack", N_("The SYN came again, and so goes the SYN-ACK."),
	  "net/ipv4/tcp_minisocks.c: tcp_check_req()" },
	{ "stack~tcp_conn_request rel_ack!=null rel_ack!=1",
	  N_("The SYN brought data, which the listener takes at once: its answer acknowledges "
	     "them, too (TCP Fast Open, RFC 7413)."),
	  "net/ipv4/tcp_input.c: tcp_conn_request()" },
	{ "stack~tcp_conn_request",
	  N_("The listener answers by itself, without the server's program: its own number, and "
	     "the client's plus one."),
	  "net/ipv4/tcp_input.c: tcp_conn_request()" },
	{ "stack~tcp_send_synack", N_("Both ends asked at once: the SYNs crossed."),
	  "net/ipv4/tcp_output.c: tcp_send_synack()" },
	/* again */
	{ "stack~tcp_retransmit_timer",
	  N_("No acknowledgement came before the retransmission timer ran out: the segment is "
	     "sent again."),
	  "net/ipv4/tcp_timer.c: tcp_retransmit_timer()" },
	{ "stack~tcp_send_loss_probe retrans=true",
	  N_("A loss probe: nothing came for two round trips (and 200 ms more where one segment is "
	     "out), and the last one is sent again before the retransmission timer runs out."),
	  "net/ipv4/tcp_output.c: tcp_send_loss_probe()" },
	{ "stack~tcp_send_loss_probe",
	  N_("A loss probe of new data: nothing came for two round trips (and 200 ms more where "
	     "one "
	     "segment is out)."),
	  "net/ipv4/tcp_output.c: tcp_send_loss_probe()" },
	{ "stack~tcp_rack_reo_timeout",
	  N_("RACK's timer: one that was sent later has come, and this one has had its time."),
	  "net/ipv4/tcp_recovery.c: tcp_rack_reo_timeout()" },
	{ "stack~tcp_simple_retransmit",
	  N_("It was too long for a router on the way: it is sent again in smaller parts."),
	  "net/ipv4/tcp_input.c: tcp_simple_retransmit()" },
	{ "stack~tcp_xmit_retransmit_queue",
	  N_("It is marked as lost: it is sent again as soon as the window allows, without a "
	     "timer."),
	  "net/ipv4/tcp_output.c: tcp_xmit_retransmit_queue()" },
	{ "stack~tcp_xmit_recovery",
	  N_("New data, where lost ones could go: what they are answered with tells whether the "
	     "timer was wrong (F-RTO, RFC 5682)."),
	  "net/ipv4/tcp_input.c: tcp_xmit_recovery()" },
	{ "retrans=true", N_("The segment is sent again."),
	  "net/ipv4/tcp_output.c: __tcp_retransmit_skb()" },
	/* the end */
	{ "stack~tcp_v4_send_reset", N_("Nobody wants this segment: the answer is a reset."),
	  "net/ipv4/tcp_ipv4.c: tcp_v4_send_reset()" },
	{ "stack~tcp_v6_send_reset", N_("Nobody wants this segment: the answer is a reset."),
	  "net/ipv6/tcp_ipv6.c: tcp_v6_send_reset()" },
	{ "stack~tcp_send_active_reset",
	  N_("This end gives the connection up at once, without a FIN."),
	  "net/ipv4/tcp_output.c: tcp_send_active_reset()" },
	{ "stack~tcp_send_fin stack~do_exit",
	  N_("The program ended without close(): the kernel closes what it left open."),
	  "kernel/exit.c: do_exit()" },
	{ "stack~tcp_send_fin stack~tcp_shutdown",
	  N_("shutdown() ends one direction alone: this end may still receive."),
	  "net/ipv4/tcp.c: tcp_shutdown()" },
	{ "stack~tcp_send_fin", N_("The FIN goes out within close(), behind all that was written."),
	  "net/ipv4/tcp_output.c: tcp_send_fin()" },
	/* acknowledgements */
	{ "stack~tcp_send_challenge_ack",
	  N_("What came cannot be taken here: a challenge ACK says what is expected (RFC 5961)."),
	  "net/ipv4/tcp_input.c: tcp_send_challenge_ack()" },
	{ "stack~tcp_rcv_synsent_state_process flags=.",
	  N_("The third segment of the handshake: it acknowledges the other end's number."),
	  "net/ipv4/tcp_input.c: tcp_rcv_synsent_state_process()" },
	{ "stack~tcp_v4_timewait_ack",
	  N_("This end has closed, and a timewait sock stands for its socket: it acknowledges what "
	     "comes, as the other end's FIN."),
	  "net/ipv4/tcp_ipv4.c: tcp_v4_timewait_ack()" },
	{ "stack~tcp_v6_timewait_ack",
	  N_("This end has closed, and a timewait sock stands for its socket: it acknowledges what "
	     "comes, as the other end's FIN."),
	  "net/ipv6/tcp_ipv6.c: tcp_v6_timewait_ack()" },
	{ "stack~tcp_v6_reqsk_send_ack",
	  N_("A segment came that does not fit the request: it says what is expected."),
	  "net/ipv6/tcp_ipv6.c: tcp_v6_reqsk_send_ack()" },
	{ "stack~tcp_v4_reqsk_send_ack",
	  N_("A segment came that does not fit the request: it says what is expected."),
	  "net/ipv4/tcp_ipv4.c: tcp_v4_reqsk_send_ack()" },
	{ "stack~tcp_fin", N_("The FIN that came is acknowledged."),
	  "net/ipv4/tcp_input.c: tcp_fin()" },
	{ "stack~tcp_send_dupack",
	  N_("What came is not taken: it is old, by its number or its timestamp (PAWS), or beyond "
	     "the window. The answer says again what is expected."),
	  "net/ipv4/tcp_input.c: tcp_send_dupack()" },
	{ "stack~tcp_sack_new_ofo_skb",
	  N_("There are more holes than a few: before what came changes the list of SACK blocks, "
	     "the acknowledgement that was held back goes."),
	  "net/ipv4/tcp_input.c: tcp_sack_new_ofo_skb()" },
	{ "stack~tcp_delack_timer_handler",
	  N_("The acknowledgement waited for something to go with, until its timer ran out."),
	  "net/ipv4/tcp_timer.c: tcp_delack_timer_handler()" },
	{ "stack~tcp_cleanup_rbuf",
	  N_("The program has read: the acknowledgement that waited goes, with the room that there "
	     "is now."),
	  "net/ipv4/tcp.c: tcp_cleanup_rbuf()" },
	{ "stack~__tcp_cleanup_rbuf",
	  N_("The program has read: the acknowledgement that waited goes, with the room that there "
	     "is now."),
	  "net/ipv4/tcp.c: __tcp_cleanup_rbuf()" },
	{ "stack~__tcp_ack_snd_check stack~__release_sock",
	  N_("What came while the program's call held the socket is taken and acknowledged as the "
	     "call lets go."),
	  "net/core/sock.c: __release_sock()" },
	{ "stack~tcp_compressed_ack_kick",
	  N_("Acknowledgements with SACK were held back for a moment: one tells all of them."),
	  "net/ipv4/tcp_timer.c: tcp_compressed_ack_kick()" },
	{ "stack~__tcp_ack_snd_check opts.sack.name=sack",
	  N_("There is a hole in what came, or something came twice: SACK says what is here, "
	     "beside the number that is expected."),
	  "net/ipv4/tcp_input.c: __tcp_ack_snd_check()" },
	{ "stack~__tcp_ack_snd_check",
	  N_("What came is answered at once, with the number that is expected next."),
	  "net/ipv4/tcp_input.c: __tcp_ack_snd_check()" },
	/* since 6.7 (133c4c0d3717) */
	{ "stack~tcp_release_cb payload_len=0",
	  N_("What came while the program's call held the socket is acknowledged once, when it "
	     "lets go."),
	  "net/ipv4/tcp_output.c: tcp_release_cb()" },
	{ "stack~tcp_keepalive_timer",
	  N_("Nothing was said for long: a keepalive probe asks whether the other end is there."),
	  "net/ipv4/tcp_timer.c: tcp_keepalive_timer()" },
	{ "stack~tcp_write_wakeup payload_len!=0",
	  N_("The other end has room for less than a whole segment: so much goes now, as a window "
	     "probe."),
	  "net/ipv4/tcp_output.c: tcp_write_wakeup()" },
	{ "stack~tcp_write_wakeup",
	  N_("The other end had no room: a window probe asks whether it has now."),
	  "net/ipv4/tcp_output.c: tcp_write_wakeup()" },
	/* data */
	{ "stack~tcp_tsq_write",
	  N_("One of this socket's packets has left the card's queue: TCP small queues lets the "
	     "next go."),
	  "net/ipv4/tcp_output.c: tcp_tsq_write()" },
	{ "stack~tcp_data_snd_check", N_("What came made room: what waited is sent."),
	  "net/ipv4/tcp_input.c: tcp_data_snd_check()" },
	{ "stack~tcp_sendmsg_locked", N_("The program's bytes go out within its own call."),
	  "net/ipv4/tcp.c: tcp_sendmsg_locked()" },
	{ "stack~do_tcp_sendpages", N_("The file's bytes go out within the program's own call."),
	  "net/ipv4/tcp.c: do_tcp_sendpages()" },
	{ "stack~do_tcp_setsockopt",
	  N_("setsockopt() lets go what was held back (TCP_NODELAY, TCP_CORK)."),
	  "net/ipv4/tcp.c: do_tcp_setsockopt()" },
	{ 0 },
};

/* In a word or two, by the function that the sentence names. */
static const struct {
	const char *function, *cause;
} causes[] = {
	{ "ip_forward()", N_("forwarded") },
	{ "ip6_forward()", N_("forwarded") },
	{ "raw_send_hdrinc()", N_("raw socket") },
	{ "rawv6_send_hdrinc()", N_("raw socket") },
	{ "tcp_connect()", "connect()" },
	{ "reqsk_timer_handler()", N_("request's timer") },
	{ "tcp_check_req()", N_("SYN came again") },
	{ "tcp_conn_request()", N_("SYN came") },
	{ "tcp_send_synack()", N_("SYNs crossed") },
	{ "tcp_rcv_synsent_state_process()", N_("SYN-ACK came") },
	{ "tcp_retransmit_timer()", N_("retransmission timer") },
	{ "tcp_send_loss_probe()", N_("loss probe") },
	{ "tcp_rack_reo_timeout()", N_("RACK's timer") },
	{ "tcp_simple_retransmit()", N_("path MTU") },
	{ "tcp_xmit_retransmit_queue()", N_("marked as lost") },
	{ "tcp_xmit_recovery()", N_("F-RTO's new data") },
	{ "__tcp_retransmit_skb()", N_("sent again") },
	{ "tcp_v4_send_reset()", N_("nobody wants it") },
	{ "tcp_v6_send_reset()", N_("nobody wants it") },
	{ "tcp_send_active_reset()", N_("given up") },
	{ "do_exit()", N_("program's end") },
	{ "tcp_shutdown()", "shutdown()" },
	{ "tcp_send_fin()", "close()" },
	{ "tcp_send_challenge_ack()", N_("challenge ACK") },
	{ "tcp_v4_timewait_ack()", "TIME_WAIT" },
	{ "tcp_v4_reqsk_send_ack()", N_("request's answer") },
	{ "tcp_v6_timewait_ack()", "TIME_WAIT" },
	{ "tcp_v6_reqsk_send_ack()", N_("request's answer") },
	{ "tcp_fin()", N_("FIN came") },
	{ "tcp_send_dupack()", N_("not taken") },
	{ "tcp_sack_new_ofo_skb()", N_("compressed ACK") },
	{ "tcp_delack_timer_handler()", N_("delayed ACK") },
	{ "tcp_cleanup_rbuf()", N_("program has read") },
	{ "__tcp_cleanup_rbuf()", N_("program has read") },
	{ "tcp_compressed_ack_kick()", N_("compressed ACK") },
	{ "__tcp_ack_snd_check()", N_("segment came") },
	{ "__release_sock()", N_("segment came") },
	{ "tcp_release_cb()", N_("segment came") },
	{ "tcp_keepalive_timer()", N_("keepalive") },
	{ "tcp_write_wakeup()", N_("window probe") },
	{ "tcp_tsq_write()", "TSQ" },
	{ "tcp_data_snd_check()", N_("room came") },
	{ "tcp_sendmsg_locked()", N_("program writes") },
	{ "do_tcp_sendpages()", N_("program writes") },
	{ "do_tcp_setsockopt()", "setsockopt()" },
};

/* The function that the sentence names; NULL: there is none, or it was not sent. */
static const char *sender_of(const struct event *ev)
{
	const struct meaning *meaning = ev->kind == EV_TCP_TX ? meaning_of(ev) : NULL;

	return meaning ? strstr(meaning->source, ": ") + 2 : NULL;
}

/* The last segment before `ev` that came to the end that sends `ev`, or that `ev` came to; NULL: none. */
static const struct event *came_before(const struct trace *trace, const struct event *ev)
{
	int64_t port = event_int(ev, ev->kind == EV_TCP_TX ? "sport" : "dport", 0);

	for (const struct event *e = ev; e-- > trace->events.v;)
		if (e->kind == EV_TCP_RX && e->conn == ev->conn && e->netns == ev->netns &&
		    event_int(e, "dport", 0) == port)
			return e;
	return NULL;
}

/* Whether what came last says nothing but that there is more room (net/ipv4/tcp_input.c: FLAG_WIN_UPDATE). */
static bool is_window_update(const struct trace *trace, const struct event *ev)
{
	const struct event *last = ev->conn ? came_before(trace, ev) : NULL;
	const struct event *before = last ? came_before(trace, last) : NULL;

	return before && !event_int(last, "payload_len", 0) && event_same(last, before, "ack") &&
	       event_int(last, "win_scaled", 0) > event_int(before, "win_scaled", 0);
}

const char *sent_cause(const struct trace *trace, const struct event *ev)
{
	const char *sender = sender_of(ev);

	if (text_is(sender, "tcp_data_snd_check()") && is_window_update(trace, ev))
		return N_("window update");
	for (size_t i = 0; sender && i < ARRAY_SIZE(causes); i++)
		if (strcmp(sender, causes[i].function) == 0)
			return causes[i].cause;
	return NULL;
}

bool is_sent_as_lost(const struct event *ev)
{
	return text_is(sender_of(ev), "tcp_xmit_retransmit_queue()");
}
