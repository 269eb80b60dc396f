// SPDX-License-Identifier: GPL-2.0-or-later
// Sockets, the queues of listeners, and neighbours, from one event to the next: what a thing was is what it had become.
#include "base/i18n.h"
#include "run/follow.h"

#include <stdlib.h>
#include <string.h>

/* A sock, request_sock or timewait_sock at an address; what follows on its end has the same address and begins anew. */
struct sock_life {
	const char *sk;
	const struct event *state; /* the last change of its state, or NULL */
	const struct event *queue; /* of a listener: what told of its queues last, or NULL */
	const char *queue_fields[2]; /* where in that: syn_qlen and accept_qlen */
	const struct event *used; /* the last event of it that is of a connection or of none */
};

struct neigh_life {
	const char *netns, *dev, *ip;
	const struct event *told; /* the last, of type neigh.lookup or neigh.state; NULL: none */
	const struct event *asked; /* arp_solicit() since then, or NULL */
};

struct lives {
	struct trace *trace;
	VEC(struct sock_life) socks;
	VEC(struct neigh_life) neighs;
	struct synacks *synacks;
	bool states, queues; /* all points that tell of them are watched */
};

enum {
	SYN_QUEUE,
	ACCEPT_QUEUE
};

static const char *const of_states[] = { "inet_sk_set_state", "inet_sk_state_store", NULL };
static const char *const of_queues[] = { "inet_csk_reqsk_queue_hash_add", "reqsk_timer_handler",
					 "inet_csk_complete_hashdance", "inet_csk_accept", NULL };

static bool watches_all(const struct trace *trace, const char *const *points)
{
	for (; *points; points++)
		if (!trace_watches(trace, *points))
			return false;
	return true;
}

struct lives *lives_new(struct trace *trace)
{
	struct lives *lives = xcalloc(1, sizeof(*lives));

	lives->trace = trace;
	lives->synacks = synacks_new(trace);
	lives->states = watches_all(trace, of_states);
	lives->queues = watches_all(trace, of_queues);
	return lives;
}

void lives_free(struct lives *lives)
{
	vec_free(&lives->socks);
	vec_free(&lives->neighs);
	synacks_free(lives->synacks);
	free(lives);
}

static const char *key_of(struct lives *lives, const struct event *ev, const char *path)
{
	char *text = event_dup(ev, path);
	const char *key = *text ? names_get(lives->trace->names, text, strlen(text)) : NULL;

	free(text);
	return key;
}

static struct sock_life *find_sock(struct lives *lives, const char *sk)
{
	for (size_t i = lives->socks.n; sk && i-- > 0;)
		if (lives->socks.v[i].sk == sk)
			return &lives->socks.v[i];
	return NULL;
}

static struct sock_life *get_sock(struct lives *lives, const char *sk)
{
	struct sock_life *life = find_sock(lives, sk);

	if (!life && sk) {
		life = vec_add(&lives->socks);
		*life = (struct sock_life){ .sk = sk };
	}
	return life;
}

/* ---- states ---- */

static bool begins(const struct event *ev)
{
	return !event_has(ev, "old") ||
	       (event_is(ev, "old", "LISTEN") && event_is(ev, "new", "SYN_RECV"));
}

/* A socket that is new where another one was closed is in CLOSE, as that one was. */
static bool may_begin(const struct sock_life *life, const struct event *ev)
{
	return begins(ev) || !life->state ||
	       (event_is(ev, "old", "CLOSE") && event_is(life->state, "new", "CLOSE"));
}

static void check_in_old(struct lives *lives, const struct sock_life *life, const struct event *ev)
{
	bool said = event_has(ev, "in_old_ns");

	if (said && life->state)
		event_must_be(lives->trace, ev, "in_old_ns", ev->t_ns - life->state->t_ns);
	if (said ? !life->state : !may_begin(life, ev))
		trace_contradicts(lives->trace, ev, "in_old_ns",
				  said ? "null" : _("the time since its last change"));
}

static void check_state(struct lives *lives, struct sock_life *life, const struct event *ev)
{
	if (lives->states) {
		if (life->state && !begins(ev) && !event_agrees(ev, "old", life->state, "new"))
			event_must_be_as(lives->trace, ev, "old", life->state, "new");
		check_in_old(lives, life, ev);
	}
	if (!event_has(ev, "old") && event_has(ev, "old_raw"))
		trace_contradicts(lives->trace, ev, "old_raw", "null");
	life->state = ev;
	life->queue = NULL;
}

/* What a call shows of the state of the socket that it is about. */
static void check_shown_state(struct lives *lives, const struct event *ev)
{
	const struct sock_life *life = find_sock(lives, key_of(lives, ev, "sk"));
	const char *path = "args.state";

	if (text_is(ev->at, "return")) {
		event_must_be_as(lives->trace, ev, "result.state.old", ev, "args.state");
		path = event_has(ev, "result.state.new") ? "result.state.new" : "result.state";
	}
	if (text_is(ev->fn, "inet_csk_accept"))
		life = find_sock(lives, key_of(lives, ev, "result.child"));
	if (lives->states && life && life->state)
		event_must_be_as(lives->trace, ev, path, life->state, "new");
}

/* ---- connections ---- */

/* A socket is of one connection until it is closed. A listener's events are of those that come to it. */
static void check_conn(struct lives *lives, struct sock_life *life, const struct event *ev)
{
	const struct event *before = life->used;

	if (ev->kind == EV_CONN_QUEUE || !life->state || event_is(life->state, "new", "LISTEN"))
		return;
	if (before && before->conn != ev->conn && before >= life->state &&
	    !event_is(life->state, "new", "CLOSE"))
		trace_contradicts(lives->trace, ev, "conn", _("%lld, as event %lld says"),
				  (long long)before->conn, (long long)before->n);
	life->used = ev;
}

/* ---- queues ---- */

/* The queues of a listener also shrink where no point is: a RST or an ICMP error ends a request. */
static void forget_queues(struct lives *lives, const struct event *ev)
{
	(void)ev;
	for (size_t i = 0; i < lives->socks.n; i++)
		lives->socks.v[i].queue = NULL;
}

static void note_queues(struct sock_life *life, const struct event *ev, const char *syn,
			const char *accept)
{
	life->queue = ev;
	life->queue_fields[SYN_QUEUE] = syn;
	life->queue_fields[ACCEPT_QUEUE] = accept;
}

static void check_lengths(struct lives *lives, const struct sock_life *life, const struct event *ev,
			  const char *syn, const char *accept)
{
	if (!lives->queues || !life->queue)
		return;
	event_must_be_as(lives->trace, ev, syn, life->queue, life->queue_fields[SYN_QUEUE]);
	event_must_be_as(lives->trace, ev, accept, life->queue, life->queue_fields[ACCEPT_QUEUE]);
}

static void check_most(struct lives *lives, const struct sock_life *life, const struct event *ev,
		       const char *path)
{
	const char *const paths[] = { "accept_max", "args.accept_max" };

	for (size_t i = 0; life->queue && i < ARRAY_SIZE(paths); i++)
		event_must_be_as(lives->trace, ev, path, life->queue, paths[i]);
}

/* What an entry of a queue is, was seen before. */
static void check_entry(struct lives *lives, const struct event *ev, const char *path,
			const char *point)
{
	const struct sock_life *life = find_sock(lives, key_of(lives, ev, path));

	if (event_has(ev, path) && trace_watches(lives->trace, point) && (!life || !life->state))
		trace_contradicts(lives->trace, ev, path, _("one that an event has told of"));
}

static void check_queue(struct lives *lives, const struct event *ev)
{
	struct sock_life *life = get_sock(lives, key_of(lives, ev, "listener"));
	bool shrinks = event_is(ev, "op", "overflow");

	event_must_be_as(lives->trace, ev, "listener", ev, "sk");
	check_entry(lives, ev, "req", "inet_reqsk_alloc");
	check_entry(lives, ev, "child", "inet_sk_set_state");
	if (!life)
		return;
	if (!shrinks) {
		check_lengths(lives, life, ev, "syn_qlen.old", "accept_qlen.old");
		check_most(lives, life, ev, "accept_max");
	}
	note_queues(life, ev, "syn_qlen.new", "accept_qlen.new");
}

/* What a call shows of the queues of the listener that it is about. */
static void check_shown_queues(struct lives *lives, const struct event *ev)
{
	struct sock_life *life = find_sock(lives, key_of(lives, ev, "sk"));
	bool back = text_is(ev->at, "return");

	if (!life || !event_has(ev, back ? "result.accept_qlen" : "args.accept_qlen"))
		return;
	check_lengths(lives, life, ev, back ? "result.syn_qlen" : "args.syn_qlen",
		      back ? "result.accept_qlen" : "args.accept_qlen");
	if (!back)
		check_most(lives, life, ev, "args.accept_max");
}

/* ---- neighbours ---- */

static struct neigh_life *get_neigh(struct lives *lives, const struct event *ev, const char *path)
{
	const char *dev = key_of(lives, ev, "dev"), *ip = key_of(lives, ev, path);
	struct neigh_life *life;

	for (size_t i = 0; i < lives->neighs.n; i++) {
		life = &lives->neighs.v[i];
		if (life->netns == ev->netns && life->dev == dev && life->ip == ip)
			return life;
	}
	life = vec_add(&lives->neighs);
	*life = (struct neigh_life){ .netns = ev->netns, .dev = dev, .ip = ip };
	return life;
}

/* include/net/neighbour.h: NUD_VALID; only in these states a neighbour's MAC is one. */
static void check_valid(struct lives *lives, const struct event *ev, const char *nud,
			const char *lladdr)
{
	bool valid = event_has(ev, nud) && !event_is(ev, nud, "NONE") &&
		     !event_is(ev, nud, "INCOMPLETE") && !event_is(ev, nud, "FAILED");

	if (event_has(ev, nud) && event_has(ev, lladdr) != valid)
		trace_contradicts(lives->trace, ev, lladdr, valid ? _("a MAC") : "null");
}

/* The MAC that ARP brought is that of an ARP frame that came from there. */
static void check_lladdr(struct lives *lives, const struct event *ev)
{
	const struct event *rx = NULL;

	if (!event_is(ev, "why", "arp_rx") || event_agrees(ev, "lladdr.new", ev, "lladdr.old"))
		return;
	for (const struct event *e = ev; !rx && e-- > lives->trace->events.v;)
		if (e->kind == EV_ARP_RX && e->netns == ev->netns &&
		    event_agrees(e, "spa", ev, "ip"))
			rx = e;
	if (rx)
		event_must_be_as(lives->trace, ev, "lladdr.new", rx, "sha");
	else if (trace_watches(lives->trace, "arp_rcv") && event_has(ev, "lladdr.new"))
		trace_contradicts(lives->trace, ev, "ip", _("one from which ARP came"));
}

/* net/core/neighbour.c neigh_probe(): one more when it has asked. */
static void check_probes(struct lives *lives, const struct neigh_life *life, const struct event *ev)
{
	int64_t probes;

	if (life->asked && json_int(event_get(life->asked, "args.probes"), &probes) &&
	    (event_is(ev, "nud.new", "INCOMPLETE") || event_is(ev, "nud.new", "PROBE")) &&
	    event_int(ev, "probes", probes) != probes)
		event_must_be(lives->trace, ev, "probes", probes + 1);
}

static void check_neighbour(struct lives *lives, const struct event *ev)
{
	struct neigh_life *life = get_neigh(lives, ev, "ip");
	const struct node *node = ev->netns ? trace_node(lives->trace, ev->netns) : NULL;
	bool lookup = ev->kind == EV_NEIGH_LOOKUP;

	if (node && node->address)
		for (size_t i = 0; i < lives->trace->nodes.n; i++)
			if (lives->trace->nodes.v[i].name == ev->netns &&
			    lives->trace->nodes.v[i].address &&
			    event_is(ev, "ip", lives->trace->nodes.v[i].address) &&
			    !event_is(ev, "dev", LOOPBACK))
				trace_contradicts(lives->trace, ev, "ip",
						  _("that of another node"));
	check_valid(lives, ev, lookup ? "nud" : "nud.new", lookup ? "lladdr" : "lladdr.new");
	if (!lookup) {
		check_valid(lives, ev, "nud.old", "lladdr.old");
		check_lladdr(lives, ev);
		check_probes(lives, life, ev);
		if (!event_int(ev, "queue_len", 0) != !event_int(ev, "queue_bytes", 0))
			trace_contradicts(lives->trace, ev, "queue_bytes",
					  _("0 if no packet waits, else more"));
	}
	if (!lookup && life->told) {
		bool created = life->told->kind == EV_NEIGH_LOOKUP;

		event_must_be_as(lives->trace, ev, "nud.old", life->told,
				 created ? "nud" : "nud.new");
		event_must_be_as(lives->trace, ev, "lladdr.old", life->told,
				 created ? "lladdr" : "lladdr.new");
	}
	life->told = ev;
	life->asked = NULL;
}

/* ---- all of it ---- */

static void note_segment(struct lives *lives, const struct event *ev)
{
	if (ev->kind == EV_TCP_RX && !event_is(ev, "flags", ".") && !event_is(ev, "flags", "P.") &&
	    !event_is(ev, "flags", "S"))
		forget_queues(lives, ev);
}

void lives_check(struct lives *lives, const struct event *ev)
{
	struct sock_life *life = NULL;

	synacks_check(lives->synacks, ev);
	if (event_get(ev, "sk").kind == JSON_STRING)
		life = get_sock(lives, key_of(lives, ev, "sk"));
	switch (ev->kind) {
	case EV_TCP_STATE:
		if (life)
			check_state(lives, life, ev);
		break;
	case EV_CALL:
		check_shown_state(lives, ev);
		check_shown_queues(lives, ev);
		if (text_is(ev->fn, "arp_solicit"))
			get_neigh(lives, ev, "args.ip")->asked = ev;
		break;
	case EV_CONN_QUEUE:
		check_queue(lives, ev);
		break;
	case EV_NEIGH_LOOKUP:
	case EV_NEIGH_STATE:
		check_neighbour(lives, ev);
		break;
	default:
		note_segment(lives, ev);
	}
	/* growing lists move */
	life = life ? find_sock(lives, key_of(lives, ev, "sk")) : NULL;
	if (life)
		check_conn(lives, life, ev);
}
