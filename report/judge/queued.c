// SPDX-License-Identifier: GPL-2.0-or-later
// What the run's segments and calls say of a socket's queues at a moment, as `ss` shows them.
#include "judge/queued.h"
#include "judge/counters.h"
#include "run/follow.h"

#include <stdlib.h>
#include <string.h>

/*
 * Theory of operation. What `ss` shows is what tcp_diag_get_info() (net/ipv4/tcp_diag.c) gives: rcv_nxt - copied_seq and
 * write_seq - snd_una, of a listener the accept queue and how long it may be. Segments bound the first of each pair: what
 * was acknowledged came for certain, what came without a gap is all that can have come; what was sent was written for
 * certain, and what was acknowledged is gone. Calls tell the rest: bytes that a program read or wrote.
 */

/* A stretch of sequence numbers, counted from the sender's first. */
struct stretch {
	uint32_t start, end;
};

/* What one end has sent: all numbers are counted from its SYN's. */
struct stream {
	bool known;
	uint32_t first;
	uint32_t sent; /* behind the last byte, or the FIN */
	uint32_t acked; /* the other end has acknowledged so much */
	bool fin; /* sent, or with what cannot be sent yet: tcp_send_fin() (net/ipv4/tcp_output.c) */
	VEC(struct stretch) came; /* of what came here */
};

struct socket {
	const char *node;
	int64_t conn;
	struct stream out, in;
	char *sk;
	int64_t read, written; /* by programs */
	bool reading, writing; /* a call is under way, or one whose bytes are not told */
};

static const char *const readers[] = { "recvfrom", "recvmsg", "recvmmsg", "read", "readv", NULL };
static const char *const writers[] = { "sendto", "sendmsg", "sendmmsg", "write", "writev", NULL };
static const char of_reads[] =
	"__x64_sys_recvfrom __x64_sys_recvmsg __x64_sys_recvmmsg sock_read_iter";
static const char of_writes[] =
	"__x64_sys_sendto __x64_sys_sendmsg __x64_sys_sendmmsg sock_write_iter";
static const char of_segments[] = "ip_output tcp_v4_rcv";
static const char of_queues[] =
	"inet_csk_reqsk_queue_hash_add inet_csk_complete_hashdance inet_csk_accept "
	"inet_sk_set_state";

enum {
	PEEKS = 2 /* include/linux/socket.h MSG_PEEK */
};

static bool is_one_of(const struct event *ev, const char *const *names)
{
	for (; *names; names++)
		if (event_is(ev, "name", *names))
			return true;
	return false;
}

/* ---- ends ---- */

/* "[::ffff:10.0.0.2]:8080" is a socket of IPv6 that IPv4 has reached. */
static char *plain_end(const char *text)
{
	static const char mapped[] = "[::ffff:";
	const char *close = strchr(text, ']');

	if (!starts_with(text, mapped) || !close)
		return xstrdup(text);
	text += strlen(mapped);
	return xasprintf("%.*s%s", (int)(close - text), text, close + 1);
}

/* ---- segments ---- */

static uint32_t seq_of(const struct event *ev, const char *path)
{
	return (uint32_t)event_int(ev, path, 0);
}

/* A SYN begins a stream, unless the other end has taken the one before: then it is somebody else's. */
static bool stream_takes(struct stream *stream, const struct event *ev)
{
	char *flags = event_dup(ev, "flags");
	bool syn = strchr(flags, 'S'), reset = strchr(flags, 'R'), fin = strchr(flags, 'F');
	uint32_t seq = seq_of(ev, "seq");

	free(flags);
	if (syn && !stream->acked && !(stream->known && stream->first == seq)) {
		vec_free(&stream->came);
		*stream = (struct stream){ .known = true, .first = seq };
	}
	if (!stream->known || reset || (syn && seq != stream->first))
		return false;
	stream->fin |= fin;
	return true;
}

static void note_ack(struct stream *stream, const struct event *ev)
{
	uint32_t ack = seq_of(ev, "ack") - stream->first;
	char *flags = event_dup(ev, "flags");

	/* one of what was never sent is refused */
	if (stream->known && strchr(flags, '.') && !strchr(flags, 'R') && ack <= stream->sent &&
	    ack > stream->acked)
		stream->acked = ack;
	free(flags);
}

static void note_sent(struct stream *stream, const struct event *ev, bool here)
{
	uint32_t start, end;

	if (!stream_takes(stream, ev))
		return;
	start = seq_of(ev, "seq") - stream->first;
	end = seq_of(ev, "end_seq") - stream->first;
	if ((int32_t)(end - stream->sent) > 0)
		stream->sent = end;
	if (here)
		*vec_add(&stream->came) = (struct stretch){ start, end };
}

/* Behind the last of what came without a gap. */
static uint32_t came_whole(const struct stream *stream)
{
	uint32_t end = 0, before;

	do {
		before = end;
		for (size_t i = 0; i < stream->came.n; i++)
			if ((int32_t)(stream->came.v[i].start - end) <= 0 &&
			    (int32_t)(stream->came.v[i].end - end) > 0)
				end = stream->came.v[i].end;
	} while (end != before);
	return end;
}

static void renew(struct socket *s, int64_t conn)
{
	vec_free(&s->in.came);
	free(s->sk);
	*s = (struct socket){ .node = s->node, .conn = conn };
}

static bool is_syn_ack(const struct event *ev)
{
	char *flags = event_dup(ev, "flags");
	bool is = strchr(flags, 'S') && strchr(flags, '.');

	free(flags);
	return is;
}

static void note_segment(struct socket *s, const struct event *ev, bool sent)
{
	if (ev->conn && ev->conn != s->conn)
		renew(s, ev->conn);
	note_sent(sent ? &s->out : &s->in, ev, !sent);
	note_ack(sent ? &s->in : &s->out, ev);
	/* a SYN-ACK is the request's, and the child comes later */
	if (sent && event_get(ev, "sk").kind > JSON_NULL && !is_syn_ack(ev)) {
		free(s->sk);
		s->sk = event_dup(ev, "sk");
	}
}

/* ---- calls ---- */

static void note_call(struct socket *s, const struct event *ev)
{
	bool reads = is_one_of(ev, readers), writes = is_one_of(ev, writers);
	bool several = event_is(ev, "name", "recvmmsg") || event_is(ev, "name", "sendmmsg");
	int64_t bytes = event_int(ev, "ret", 0);

	if (ev->conn != s->conn || !(reads || writes) || !s->sk || !event_is(ev, "sk", s->sk))
		return;
	if (ev->kind == EV_SYSCALL_ENTER || several) {
		*(reads ? &s->reading : &s->writing) = true;
		return;
	}
	*(reads ? &s->reading : &s->writing) = false;
	if (bytes > 0 && !(reads && event_int(ev, "args.flags", 0) & PEEKS))
		*(reads ? &s->read : &s->written) += bytes;
}

static bool goes(const struct event *ev, const char *from, const char *to)
{
	return event_is_end(ev, "saddr", "sport", from) && event_is_end(ev, "daddr", "dport", to);
}

static void note_event(struct socket *s, const struct event *ev, const char *local,
		       const char *peer)
{
	if (ev->kind == EV_SYSCALL_ENTER || ev->kind == EV_SYSCALL_EXIT)
		note_call(s, ev);
	else if (ev->kind == EV_TCP_TX && goes(ev, local, peer))
		note_segment(s, ev, true);
	else if (ev->kind == EV_TCP_RX && goes(ev, peer, local))
		note_segment(s, ev, false);
	else if (ev->kind == EV_TCP_STATE && goes(ev, local, peer))
		s->out.fin |= event_is(ev, "new", "FIN_WAIT1") || event_is(ev, "new", "LAST_ACK");
}

/* The first of the points that is not watched, or NULL. */
static const char *unwatched(const struct trace *trace, const char *points)
{
	size_t len;
	const char *point = trace_find_point(trace, points, false, &len);

	return point ? names_get(trace->names, point, len) : NULL;
}

static int64_t not_below_zero(int64_t number)
{
	return number > 0 ? number : 0;
}

static void find_connected(const struct trace *trace, const struct socket *s, struct queued *queues)
{
	bool reads = !unwatched(trace, of_reads), writes = !unwatched(trace, of_writes);

	queues[SEND_Q].unwatched = queues[RECV_Q].unwatched = unwatched(trace, of_segments);
	if (queues[SEND_Q].unwatched || !s->out.known)
		return;
	/* the SYN is no byte that a program has written; the FIN stands for one that shutdown() or close() has */
	queues[SEND_Q] = (struct queued){
		.known = true,
		.least = (int64_t)s->out.sent - s->out.acked,
		.most = !writes || s->writing ? COUNTED_MORE
					      : not_below_zero(1 + s->written + s->out.fin -
							       (int64_t)s->out.acked),
	};
	if (queues[SEND_Q].most < queues[SEND_Q].least)
		queues[SEND_Q].most = queues[SEND_Q].least;
	/* nor is it one to read; a FIN counts until it was read */
	queues[RECV_Q] = (struct queued){
		.known = true,
		.least = !reads || s->reading || !s->in.acked
				 ? 0
				 : not_below_zero((int64_t)s->in.acked - 1 - s->read - s->in.fin),
		.most = not_below_zero((int64_t)came_whole(&s->in) - 1 - s->read),
	};
}

/* ---- listeners ---- */

static bool has_port(const struct event *ev, const char *local)
{
	const char *colon = strrchr(local, ':');

	return colon && event_int(ev, "sport", 0) == strtoll(colon + 1, NULL, 10);
}

static void find_listening(const struct trace *trace, const char *node, const char *local,
			   size_t before, struct queued *queues)
{
	const struct event *told = NULL;
	bool several = false;

	queues[RECV_Q].unwatched = unwatched(trace, of_queues);
	if (queues[RECV_Q].unwatched)
		return;
	for (size_t i = 0; i < before; i++) {
		const struct event *ev = &trace->events.v[i];

		if (ev->netns != node || !has_port(ev, local))
			continue;
		if (ev->kind == EV_TCP_STATE && event_is(ev, "new", "LISTEN")) {
			several = told && event_is(told, "new", "LISTEN");
			told = ev;
		} else if (ev->kind == EV_CONN_QUEUE && told) {
			several |= told->kind == EV_CONN_QUEUE && !event_same(told, ev, "listener");
			told = ev;
		}
	}
	if (!told || several)
		return;
	queues[RECV_Q].known = true;
	queues[RECV_Q].least = queues[RECV_Q].most = event_int(told, "accept_qlen.new", 0);
}

void queued_find(const struct trace *trace, const char *node, const char *local, const char *peer,
		 bool listens, size_t before, struct queued queues[QUEUES])
{
	struct socket s = { .node = node };
	char *here = plain_end(local), *there = plain_end(peer);

	memset(queues, 0, QUEUES * sizeof(*queues));
	if (listens) {
		find_listening(trace, node, here, before, queues);
	} else if (strcmp(here, there) != 0) {
		for (size_t i = 0; i < before; i++)
			if (trace->events.v[i].netns == node)
				note_event(&s, &trace->events.v[i], here, there);
		find_connected(trace, &s, queues);
	}
	vec_free(&s.in.came);
	vec_free(&s.out.came);
	free(s.sk);
	free(here);
	free(there);
}
