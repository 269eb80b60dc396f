// SPDX-License-Identifier: GPL-2.0-or-later
// What a datagram says of itself, and the queue in which it waits: from one event of a socket to the next.
#include "base/i18n.h"
#include "run/follow.h"

#include <stdlib.h>
#include <string.h>

/*
 * Theory of operation. A socket is followed from the socket() that made it: its queue is empty then, and each change of it
 * is an event (net/ipv4/udp.c __udp_enqueue_schedule_skb(), __skb_recv_udp()). A datagram is known by its buffer from the
 * socket that was found for it until a program takes it; what it added to the socket's memory goes away with it.
 */

/* A buffer that waits. */
struct waiting {
	const char *skb;
	const struct event *added;
	int64_t truesize; /* what it added to rmem_bytes; -1: not known */
};

/* A socket since the socket() that made it. */
struct sock_queue {
	const char *sk;
	const struct event *told; /* the last udp.queue, or NULL: it is as it was made */
	bool sent; /* an error may have come: it waits in a queue of its own, and counts in rmem_bytes, too */
	int64_t lost; /* of those that wait, found damaged since then by somebody who only looked */
	int64_t owed; /* memory of what was taken that is not given back yet */
	int64_t dropped; /* datagrams of its node that were dropped since then, and not for want of room */
	VEC(struct waiting) waiting;
};

struct datagrams_life {
	struct trace *trace;
	VEC(struct sock_queue) queues;
	bool whole, sends[2], /* over IPv4 alone, and over both */
		drops; /* all that changes a queue, that sends, and that drops, are events */
};

enum {
	UDP_HEADER = 8, /* RFC 768 */
	CACHE_LINE =
		64 /* arch/x86: SMP_CACHE_BYTES, in which buffers are made (net/core/skbuff.c) */
};

struct datagrams_life *datagrams_new(struct trace *trace)
{
	struct datagrams_life *life = xcalloc(1, sizeof(*life));

	life->trace = trace;
	life->whole = trace_watches(trace, "__udp_enqueue_schedule_skb") &&
		      trace_watches(trace, "__skb_recv_udp");
	life->sends[0] =
		trace_watches(trace, "ip_send_skb") && trace_watches(trace, "__ip_local_out");
	life->sends[1] = life->sends[0] && trace_watches(trace, "ip6_send_skb") &&
			 trace_watches(trace, "__ip6_local_out");
	life->drops = trace_watches(trace, "kfree_skb");
	return life;
}

void datagrams_free(struct datagrams_life *life)
{
	for (size_t i = 0; i < life->queues.n; i++)
		vec_free(&life->queues.v[i].waiting);
	vec_free(&life->queues);
	free(life);
}

static const char *key_of(const struct datagrams_life *life, const struct event *ev,
			  const char *path)
{
	char *text = event_dup(ev, path);
	const char *key = *text ? names_get(life->trace->names, text, strlen(text)) : NULL;

	free(text);
	return key;
}

/* ---- sockets ---- */

static struct sock_queue *queue_of(struct datagrams_life *life, const struct event *ev)
{
	const char *sk = key_of(life, ev, "sk");

	for (size_t i = 0; sk && i < life->queues.n; i++)
		if (life->queues.v[i].sk == sk)
			return &life->queues.v[i];
	return NULL;
}

/* What lives at the address is another socket now. */
static void begin(struct datagrams_life *life, const struct event *ev)
{
	struct sock_queue *queue = queue_of(life, ev);

	if (!event_is(ev, "name", "socket") || !event_has(ev, "sk"))
		return;
	if (!queue)
		queue = vec_add(&life->queues);
	else
		vec_free(&queue->waiting);
	/* of one that may send unseen, nothing is known of its errors */
	*queue = (struct sock_queue){ .sk = key_of(life, ev, "sk"),
				      .sent = !life->sends[event_is(ev, "args.family", "INET6")] };
}

/* ---- datagrams ---- */

/* The last event of that type that speaks of the event's buffer, since it was another's, which was dropped. */
static const struct event *same_buffer(const struct datagrams_life *life, const struct event *ev,
				       const char *type)
{
	for (const struct event *e = ev; e-- > life->trace->events.v;) {
		if (!event_agrees(e, "skb", ev, "skb"))
			continue;
		if (text_is(e->type, type))
			return e;
		if (text_is(e->type, "skb.drop"))
			return NULL;
	}
	return NULL;
}

/* A buffer holds its headers from IP's on when it is sent, from UDP's on when it has come; a program's own may say anything. */
static void check_lengths(const struct datagrams_life *life, const struct event *ev, bool rx)
{
	int64_t payload = event_int(ev, "payload_len", 0);
	int64_t header = rx ? 0 : event_int(ev, "ip.header_len", 0);

	if (!rx && !text_is(ev->fn, "ip_send_skb") && !text_is(ev->fn, "ip6_send_skb"))
		return;
	event_must_be(life->trace, ev, "skb_len", header + UDP_HEADER + payload);
	if (event_int(ev, "data_len", 0) > payload)
		trace_contradicts(life->trace, ev, "data_len", _("at most %lld"),
				  (long long)payload);
}

/* What is dropped behind the socket's search is what came to it. */
static void check_dropped(const struct datagrams_life *life, const struct event *ev)
{
	static const char *const fields[] = { "saddr", "daddr",	      "sport",
					      "dport", "payload_len", "check" };
	bool had = event_is(ev, "proto", "UDP") && event_is(ev, "way", "socket");
	const struct event *rx = had ? same_buffer(life, ev, "udp.rx") : NULL;

	for (size_t i = 0; rx && i < ARRAY_SIZE(fields); i++)
		event_must_be_as(life->trace, ev, fields[i], rx, fields[i]);
}

/* ---- queues ---- */

/* By how much an operation changes the queue's length. */
static const struct {
	const char *op;
	int by;
} changes[] = { { "add", 1 }, { "take", -1 }, { "peek", 0 }, { "full", 0 } };

static void check_change(struct trace *trace, const struct event *ev)
{
	int64_t old;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (event_is(ev, "op", changes[i].op) && json_int(event_get(ev, "qlen.old"), &old))
			event_must_be(trace, ev, "qlen.new", old + changes[i].by);
}

static struct waiting *find_waiting(struct sock_queue *queue, const char *skb)
{
	for (size_t i = 0; skb && i < queue->waiting.n; i++)
		if (queue->waiting.v[i].skb == skb)
			return &queue->waiting.v[i];
	return NULL;
}

static int64_t rmem_of(const struct sock_queue *queue)
{
	return queue->told ? event_int(queue->told, "rmem_bytes", 0) : 0;
}

/* __udp_enqueue_schedule_skb() lets one in while no more than the limit is taken; its buffer is more than its bytes. */
static void check_added(const struct datagrams_life *life, const struct sock_queue *queue,
			const struct event *ev)
{
	const struct event *rx = same_buffer(life, ev, "udp.rx");
	int64_t before = rmem_of(queue), now = event_int(ev, "rmem_bytes", 0);
	bool by_card = rx && event_has(rx, "dev") && !event_is(rx, "dev", LOOPBACK);

	if (rx)
		event_must_be_as(life->trace, ev, "payload_len", rx, "payload_len");
	if (queue->sent)
		return;
	if (now - before <= event_int(ev, "payload_len", 0))
		trace_contradicts(life->trace, ev, "rmem_bytes", _("more than %lld"),
				  (long long)before + event_int(ev, "payload_len", 0));
	if (by_card && (now - before) % CACHE_LINE)
		trace_contradicts(life->trace, ev, "rmem_bytes", _("%lld and a multiple of %d"),
				  (long long)before, CACHE_LINE);
	if (before > event_int(ev, "limit_bytes", before))
		trace_contradicts(life->trace, ev, "limit_bytes", _("at least %lld"),
				  (long long)before);
}

/*
 * Nothing is let in, or only looked at: nothing changes. What is taken takes its memory along, and that of those before it
 * if theirs was kept: udp_rmem_release() (net/ipv4/udp.c) waits until it is much, or the queue is empty.
 */
static void check_kept(const struct datagrams_life *life, struct sock_queue *queue,
		       const struct event *ev)
{
	const struct waiting *waiting = find_waiting(queue, key_of(life, ev, "skb"));
	bool full = event_is(ev, "op", "full");
	const struct event *of = full	   ? same_buffer(life, ev, "udp.rx")
				 : waiting ? waiting->added
					   : NULL;
	bool take = event_is(ev, "op", "take"), others = event_int(ev, "qlen.new", 0) > 0;
	int64_t before = rmem_of(queue), gone = take && waiting ? waiting->truesize : 0;
	bool stays = take && others && event_int(ev, "rmem_bytes", 0) == before;

	if (of)
		event_must_be_as(life->trace, ev, "payload_len", of, "payload_len");
	if (!queue->sent && !stays)
		event_must_be(life->trace, ev, "rmem_bytes",
			      take ? before - queue->owed - gone : before);
}

/* A datagram is counted where there is no room for it, or where it is damaged. */
static void check_drops(const struct datagrams_life *life, const struct sock_queue *queue,
			const struct event *ev)
{
	int64_t least =
		(queue->told ? event_int(queue->told, "drops", 0) : 0) + event_is(ev, "op", "full");
	int64_t drops = event_int(ev, "drops", least);

	if (life->drops && (drops < least || drops > least + queue->dropped))
		trace_contradicts(life->trace, ev, "drops", _("%lld to %lld"), (long long)least,
				  (long long)(least + queue->dropped));
}

static void note_queue(const struct datagrams_life *life, struct sock_queue *queue,
		       const struct event *ev)
{
	const char *skb = key_of(life, ev, "skb");
	struct waiting *waiting = find_waiting(queue, skb);

	if (event_is(ev, "op", "add")) {
		if (!waiting)
			waiting = vec_add(&queue->waiting);
		*waiting = (struct waiting){ skb, ev,
					     event_int(ev, "rmem_bytes", 0) - rmem_of(queue) };
	} else if (event_is(ev, "op", "take") && waiting) {
		queue->owed += waiting->truesize;
		if (event_int(ev, "rmem_bytes", 0) != rmem_of(queue))
			queue->owed = 0;
		*waiting = queue->waiting.v[--queue->waiting.n];
	}
	queue->told = ev;
	queue->lost = queue->dropped = 0;
}

static void check_queue(struct datagrams_life *life, const struct event *ev)
{
	struct sock_queue *queue = queue_of(life, ev);

	check_change(life->trace, ev);
	if (!queue || !life->whole)
		return;
	event_must_be(life->trace, ev, "qlen.old",
		      (queue->told ? event_int(queue->told, "qlen.new", 0) : 0) - queue->lost);
	if (event_is(ev, "op", "add"))
		check_added(life, queue, ev);
	else
		check_kept(life, queue, ev);
	check_drops(life, queue, ev);
	note_queue(life, queue, ev);
}

/* How many sockets of the node have asked for the port. */
static size_t bound(const struct datagrams_life *life, const struct event *ev, int64_t port)
{
	size_t times = 0;

	for (const struct event *e = ev; e-- > life->trace->events.v;)
		times += e->kind == EV_SYSCALL_EXIT && event_is(e, "name", "bind") &&
			 e->netns == ev->netns && event_int(e, "args.port", 0) == port;
	return times;
}

/* `ss` shows of a socket what its last event says, where only one has ever had the port. */
static void check_shown(const struct datagrams_life *life, const struct event *ev)
{
	static const char *const fields[][2] = { { "values.rmem", "rmem_bytes" },
						 { "values.limit", "limit_bytes" },
						 { "values.drops", "drops" } };
	char *local = event_dup(ev, "values.local");
	const struct event *of = NULL;

	for (const struct event *e = ev; !of && life->whole && e-- > life->trace->events.v;)
		if (text_is(e->type, "udp.queue") && e->netns == ev->netns &&
		    event_is_end(e, "saddr", "sport", local))
			of = e;
	for (size_t i = 0;
	     of && bound(life, ev, event_int(of, "sport", 0)) == 1 && i < ARRAY_SIZE(fields); i++)
		event_must_be_as(life->trace, ev, fields[i][0], of, fields[i][1]);
	free(local);
}

/* first_packet_length() (net/ipv4/udp.c), for poll() and FIONREAD, takes damaged ones out; when their memory follows is not told. */
static void lose(struct sock_queue *queue, const char *skb)
{
	struct waiting *waiting = find_waiting(queue, skb);

	if (!waiting)
		return;
	*waiting = queue->waiting.v[--queue->waiting.n];
	queue->lost++;
	queue->sent = true;
}

static void note_drop(struct datagrams_life *life, const struct event *ev)
{
	bool came = event_is(ev, "proto", "UDP") && !event_is(ev, "way", "out");

	for (size_t i = 0; came && i < life->queues.n; i++) {
		struct sock_queue *queue = &life->queues.v[i];

		if (!queue->told || !event_agrees(queue->told, "skb", ev, "skb") ||
		    !event_is(queue->told, "op", "full"))
			queue->dropped++;
		lose(queue, key_of(life, ev, "skb"));
	}
}

/* Two functions search for sockets. */
static void check_lookup(const struct datagrams_life *life, const struct event *ev)
{
	bool early = ev->point && (text_is(ev->point, "udp_v4_early_demux") ||
				   text_is(ev->point, "udp_v6_early_demux"));

	if (json_true(event_get(ev, "early")) != early)
		trace_contradicts(life->trace, ev, "early", "%s", early ? "true" : "false");
}

void datagrams_check(struct datagrams_life *life, const struct event *ev)
{
	bool rx = text_is(ev->type, "udp.rx"), tx = text_is(ev->type, "udp.tx");
	struct sock_queue *queue = tx ? queue_of(life, ev) : NULL;

	if (queue)
		queue->sent = true;
	if (rx || tx)
		check_lengths(life, ev, rx);
	if (rx)
		event_must_be_as(life->trace, ev, "by", ev, "fn");
	else if (text_is(ev->type, "udp.lookup"))
		check_lookup(life, ev);
	else if (text_is(ev->type, "udp.queue"))
		check_queue(life, ev);
	else if (ev->kind == EV_WITNESS && event_is(ev, "what", "datagrams"))
		check_shown(life, ev);
	else if (ev->kind == EV_SYSCALL_EXIT)
		begin(life, ev);
	else if (ev->kind == EV_SKB_DROP) {
		check_dropped(life, ev);
		note_drop(life, ev);
	}
}
