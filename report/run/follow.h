/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What events say of one thing, held against each other. derive_check() calls all of them, in the order of events. */
#ifndef KTREPORT_FOLLOW_H
#define KTREPORT_FOLLOW_H

#include "run/ledger.h"

/* What follows from an event's function and stack alone (stacks.c). */
void stacks_check(struct trace *trace, const struct event *ev);

/* What kind of value each field holds (shapes.c). */
void shapes_check(struct trace *trace, const struct event *ev);

/* Sockets, queues and neighbours from one event to the next (lives.c). */
struct lives;
struct lives *lives_new(struct trace *trace);
void lives_check(struct lives *lives, const struct event *ev);
void lives_free(struct lives *lives);

/* What a request counts of its SYN-ACKs, for lives.c. */
struct synacks;
struct synacks *synacks_new(struct trace *trace);
void synacks_check(struct synacks *synacks, const struct event *ev);
void synacks_free(struct synacks *synacks);

/* Routes: the tables that were searched, what came of it, and the packets that took it (lookups.c). */
struct lookups;
struct lookups *lookups_new(struct trace *trace);
void lookups_check(struct lookups *lookups, const struct event *ev);
void lookups_free(struct lookups *lookups);

/* Calls: what a function or a program asked and got, and what came of it (callers.c). */
struct callers;
struct callers *callers_new(struct trace *trace);
void callers_check(struct callers *callers, const struct event *ev);
void callers_free(struct callers *callers);

/* Sequence numbers, windows, errors: what a socket says and what its segments do (numbers.c). */
struct numbers;
struct numbers *numbers_new(struct trace *trace);
void numbers_check(struct numbers *numbers, const struct event *ev);
void numbers_free(struct numbers *numbers);

/* Datagrams: their lengths, and the queues in which they wait (datagrams.c). */
struct datagrams_life;
struct datagrams_life *datagrams_new(struct trace *trace);
void datagrams_check(struct datagrams_life *life, const struct event *ev);
void datagrams_free(struct datagrams_life *life);

/* Echoes: their lengths, and which request a reply is to (echoes.c). */
bool event_is_echo(const struct event *ev);
void echoes_check(struct trace *trace, const struct event *ev);

/* Neighbour discovery: who sent a message, and what an address was (discoveries.c). */
void discoveries_check(struct trace *trace, const struct event *ev);

/* What the kernel's parts make known of themselves, and what comes of it (registered.c). */
struct registered;
struct registered *registered_new(struct trace *trace);
void registered_check(struct registered *registered, const struct event *ev);
void registered_free(struct registered *registered);

/* Whose an event is, and when (whose.c). */
struct whose;
struct whose *whose_new(struct trace *trace);
void whose_check(const struct whose *whose, const struct event *ev);
void whose_free(struct whose *whose);

/* The field has this number or text, or it is null; of another event's field: or that one is null. */
void event_must_be(struct trace *trace, const struct event *ev, const char *path, int64_t wanted);
void event_must_say(struct trace *trace, const struct event *ev, const char *path,
		    const char *wanted);
void event_must_be_as(struct trace *trace, const struct event *ev, const char *path,
		      const struct event *other, const char *other_path);
/*
 * Whether the queue of the device has dropped the segment, of which TCP may have been told: what a netem loses counts as
 * sent, what finds no room does not (net/sched/sch_netem.c netem_enqueue()), and then TCP sends it as if it were new.
 */
bool event_may_be_refused(const struct trace *trace, const struct event *ev);
/* The address that is meant: of IPv4, where one of IPv6 stands for it. */
const char *address_asked(const char *text);
/* The same of what a call around this one hands on; tcp_v6_connect() takes the address of IPv4 out of a mapped one. */
void event_must_be_handed(struct trace *trace, const struct event *ev, const char *path,
			  const struct event *around, const char *around_path);

/* Whether events of this type have the field, one of their own. */
bool event_may_have(const struct event *ev, const char *path);
/* Whether the field has a value. */
bool event_has(const struct event *ev, const char *path);
/* Whether both fields have a value, and the same. */
bool event_agrees(const struct event *ev, const char *path, const struct event *other,
		  const char *other_path);
/*
 * Whether one of these functions, of which NULL is the end, is on the stack: on the event's own part of it. Where a softirq
 * is served, what stands below is of another matter, perhaps of another node.
 */
bool event_stack_has(const struct event *ev, const char *const *functions);
/* Whether the function is on the whole stack, below a softirq, too. */
bool event_whole_stack_has(const struct event *ev, const char *function);
/* The event's line with its own part of the stack alone, NULL if that is all of it. The caller frees it. */
char *event_own_text(const struct event *ev, size_t *len);
/* On whose stack it runs. */
enum event_runs {
	RUNS_TASK, /* the task's own */
	RUNS_THREAD, /* of the kernel's thread for softirqs */
	RUNS_INTERRUPTING, /* of whoever was interrupted */
};
enum event_runs event_runs(const struct event *ev);
/* How many frames of its stack are its own, with the entry to softirqs: what called that was only interrupted. */
size_t event_own_frames(const struct event *ev);
/* Whether a softirq is served on its stack. */
bool event_is_softirq(const struct event *ev);
/* Whether the event has a whole stack: what sends or receives is never called so directly. */
bool event_has_callers(const struct event *ev);
/*
 * A change of state to SYN_SENT in a socket that was something before: its change before that, which may have left its port
 * and its error there. NULL of every other event.
 */
const struct event *event_former_life(const struct trace *trace, const struct event *ev);
/* Whether its own port is that of the socket's former life. */
bool event_has_former_port(const struct trace *trace, const struct event *ev);
/* Whether these are the ports of both its ends, either way round. */
bool conn_has_ports(const struct conn *conn, int64_t sport, int64_t dport);
/* Whether it is the address that stands for none: of either family. */
bool event_is_unset(const struct event *ev, const char *path);
/* Whether these fields are this end as `ss` prints it: "10.0.0.2:8080", "[fd00::2]:8080". */
bool event_is_end(const struct event *ev, const char *address, const char *port, const char *end);

#endif
