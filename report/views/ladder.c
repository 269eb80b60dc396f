// SPDX-License-Identifier: GPL-2.0-or-later
// The ladder: what happened on each node and between them, row by row.
#include "views/ladder.h"
#include "types/tell.h"

#include <stdlib.h>
#include <string.h>

static int column_of(const struct ladder *ladder, const char *name)
{
	for (size_t i = 0; i < ladder->nodes.n; i++)
		if (ladder->nodes.v[i] == name)
			return (int)i;
	return -1;
}

/*
 * The columns stand in the order of the hubs: client (hub 0), router (0 and 1), server (1).
 * A node's place is the sum of its hubs over their number.
 */
static double node_place(const struct trace *trace, const char *name)
{
	double sum = 0, count = 0;

	for (size_t i = 0; i < trace->nodes.n; i++)
		if (trace->nodes.v[i].name == name) {
			sum += (double)trace->nodes.v[i].hub;
			count++;
		}
	return count ? sum / count : 0;
}

static void add_node(struct ladder *ladder, const char *name)
{
	double place = node_place(ladder->trace, name);
	size_t at;

	if (column_of(ladder, name) >= 0)
		return;
	(void)vec_add(&ladder->nodes);
	for (at = ladder->nodes.n - 1; at; at--) {
		if (node_place(ladder->trace, ladder->nodes.v[at - 1]) <= place)
			break;
		ladder->nodes.v[at] = ladder->nodes.v[at - 1];
	}
	ladder->nodes.v[at] = name;
}

static void find_nodes(struct ladder *ladder)
{
	for (size_t i = 0; i < ladder->trace->nodes.n; i++)
		add_node(ladder, ladder->trace->nodes.v[i].name);
	for (size_t i = 0; i < ladder->trace->events.n && !ladder->trace->nodes.n; i++)
		if (ladder->trace->events.v[i].netns)
			add_node(ladder, ladder->trace->events.v[i].netns);
}

static struct ladder_row *add_row(struct ladder *ladder, enum row_kind kind, const struct event *ev)
{
	struct ladder_row *row = vec_add(&ladder->rows);

	*row = (struct ladder_row){
		.kind = kind,
		.t_ns = ev->t_ns - ladder->zero_ns,
		.node = column_of(ladder, ev->netns),
		.to = -1,
		.event = ev,
	};
	return row;
}

static struct ladder_row *last_row(struct ladder *ladder)
{
	return ladder->rows.n ? &ladder->rows.v[ladder->rows.n - 1] : NULL;
}

static const struct event *peer_of(const struct ladder *ladder, const struct event *ev)
{
	return ev->peer ? &ladder->trace->events.v[ev->peer - 1] : NULL;
}

static void add_sent(struct ladder *ladder, const struct event *ev)
{
	const struct event *peer = peer_of(ladder, ev);
	struct ladder_row *row = add_row(ladder, peer ? ROW_DEPART : ROW_LOST, ev);

	row->to = peer ? column_of(ladder, peer->netns) : -1;
	row->received = peer;
	if (!peer && ev->seen_on) {
		row->kind = ROW_DEPART;
		row->to = column_of(ladder, ev->seen_on);
		*vec_add(&ladder->to_routers) = ev;
	}
	row->text = event_sentence(ladder->trace, ev);
	row->detail = event_options(ev);
	row->by = event_dup(ev, "by");
}

/* Nothing happened since it was sent: one arrow from side to side. */
static bool joins_last(struct ladder *ladder, const struct event *ev)
{
	struct ladder_row *last = last_row(ladder);

	return last && last->kind == ROW_DEPART && last->received == ev;
}

static void add_received(struct ladder *ladder, const struct event *ev)
{
	const struct event *peer = peer_of(ladder, ev);
	struct ladder_row *row;

	if (joins_last(ladder, ev)) {
		row = last_row(ladder);
		row->kind = ROW_ARROW;
	} else {
		row = add_row(ladder, ROW_ARRIVE, ev);
		row->to = row->node;
		row->node = peer ? column_of(ladder, peer->netns) : -1;
		row->received = ev;
		row->text = event_sentence(ladder->trace, ev);
	}
	row->at = xstrdup(ev->fn ? ev->fn : "?");
}

/* A router has no event of its own for it: the wire says when it came, after ARP for example. */
static void add_at_router(struct ladder *ladder, const struct event *ev)
{
	struct ladder_row *row = last_row(ladder);

	if (row && row->kind == ROW_DEPART && row->event == ev) {
		row->kind = ROW_ARROW;
		return;
	}
	row = add_row(ladder, ROW_ARRIVE, ev);
	row->t_ns = ev->seen_ns - ladder->zero_ns;
	row->to = column_of(ladder, ev->seen_on);
	row->text = event_sentence(ladder->trace, ev);
}

/* Those that came to a router before that time; a wire keeps the order. */
static void add_at_routers(struct ladder *ladder, int64_t t_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < ladder->to_routers.n; i++) {
		const struct event *ev = ladder->to_routers.v[i];

		if (ev->seen_ns <= t_ns)
			add_at_router(ladder, ev);
		else
			ladder->to_routers.v[kept++] = ev;
	}
	ladder->to_routers.n = kept;
}

static bool ends_last_call(struct ladder *ladder, const struct event *ev)
{
	const struct ladder_row *last = last_row(ladder);

	return last && last->event->kind == EV_SYSCALL_ENTER && last->event->pid == ev->pid;
}

static void add_note(struct ladder *ladder, const struct event *ev)
{
	struct ladder_row *row;

	if (ev->kind == EV_SYSCALL_EXIT && ends_last_call(ladder, ev)) {
		row = last_row(ladder);
		free(row->text);
		row->text = call_sentence(row->event, ev);
		row->received = ev;
		return;
	}
	row = add_row(ladder, ev->kind == EV_STEP ? ROW_STEP : ROW_NOTE, ev);
	row->text = event_sentence(ladder->trace, ev);
}

/* "tcp_connect() -> tcp_v4_rcv() 53666 > 8080 S seq 0": what a node sends to itself crosses no wire. */
static void turn_loops(struct ladder *ladder)
{
	for (size_t i = 0; i < ladder->rows.n; i++) {
		struct ladder_row *row = &ladder->rows.v[i];
		char *text = row->text;

		if (row->node < 0 || row->node != row->to || row->kind == ROW_LOST)
			continue;
		row->kind = ROW_NOTE;
		row->text = xasprintf("%s%s-> %s%s%lld > %lld %s", row->by ? row->by : "",
				      row->by ? "() " : "", row->at ? row->at : "",
				      row->at ? "() " : "",
				      (long long)event_int(row->event, "sport", 0),
				      (long long)event_int(row->event, "dport", 0), text);
		free(text);
	}
}

/* Where there are several connections, each row says whose it is: "#2 CLOSE -> SYN_SENT". */
static void tell_apart(struct ladder *ladder)
{
	for (size_t i = 0; ladder->trace->conns.n > 1 && i < ladder->rows.n; i++) {
		struct ladder_row *row = &ladder->rows.v[i];
		char *text = row->text;

		if (!row->event->conn)
			continue;
		row->text = xasprintf("#%lld %s", (long long)row->event->conn, text ? text : "");
		free(text);
	}
}

struct ladder *ladder_new(const struct request *rq)
{
	const struct trace *trace = rq->trace;
	struct ladder *ladder = xcalloc(1, sizeof(*ladder));
	const struct event *ev;

	ladder->trace = trace;
	ladder->zero_ns = trace->zero_ns;
	find_nodes(ladder);
	for (size_t i = 0; i < request_events(rq); i++) {
		ev = &trace->events.v[i];
		if (!ev->row->in_ladder(ev) || !request_wants(rq, ev))
			continue;
		add_at_routers(ladder, ev->t_ns);
		if (ev->row->way == WAY_OUT)
			add_sent(ladder, ev);
		else if (ev->row->way == WAY_IN)
			add_received(ladder, ev);
		else
			add_note(ladder, ev);
	}
	add_at_routers(ladder, INT64_MAX);
	turn_loops(ladder);
	tell_apart(ladder);
	return ladder;
}

void ladder_free(struct ladder *ladder)
{
	for (size_t i = 0; i < ladder->rows.n; i++) {
		free(ladder->rows.v[i].text);
		free(ladder->rows.v[i].detail);
		free(ladder->rows.v[i].by);
		free(ladder->rows.v[i].at);
	}
	vec_free(&ladder->rows);
	vec_free(&ladder->nodes);
	vec_free(&ladder->to_routers);
	free(ladder);
}
