/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that the report knows of one type of event: a row. The files of types/ have them, one a family. */
#ifndef KTREPORT_TYPE_H
#define KTREPORT_TYPE_H

#include "base/table.h"
#include "base/text.h"

struct event;
struct trace;

/* Types that code beyond their family's file speaks of; what only its own file knows needs none. */
enum event_kind {
	EV_OTHER,
	EV_STEP,
	EV_SYSCALL_ENTER,
	EV_SYSCALL_EXIT,
	EV_CALL,
	EV_TCP_STATE,
	EV_TCP_TX,
	EV_TCP_RX,
	EV_CONN_QUEUE,
	EV_FIB_LOOKUP,
	EV_ROUTE_RESULT,
	EV_NEIGH_LOOKUP,
	EV_NEIGH_STATE,
	EV_ARP_TX,
	EV_ARP_RX,
	EV_SKB_DROP,
	EV_WITNESS,
	EV_COUNTERS,
	EV_FRAME_TX,
	EV_KINDS,
};

/* Of an event that is a packet's, or rather a frame's. */
enum event_way {
	WAY_NONE,
	WAY_OUT, /* it goes down to the device */
	WAY_IN, /* it comes up */
};

/* What a type looks like, on a terminal and on the page. */
enum event_ink {
	INK_FORGOTTEN,
	INK_PLAIN,
	INK_PACKET,
	INK_STATE,
	INK_CALL,
	INK_QUEUE,
	INK_ROUTE,
	INK_NEIGHBOUR,
	INK_LOSS,
};
enum color ink_color(enum event_ink ink);
const char *ink_name(enum event_ink ink); /* --NAME in report/forms/page/page.css */

/* An event, and the run that it is of. */
struct telling {
	const struct trace *trace;
	const struct event *ev;
};

/*
 * What an event means, in one sentence for a student, with its place in the source: a function, which outlives lines. The
 * first speaks whose conditions all hold: "FIELD=VALUE", "FIELD!=VALUE", where no value is null, and "stack~FUNCTION", on
 * the event's own part of the stack. "" always holds.
 */
struct meaning {
	const char *when; /* "old=LISTEN new=SYN_RECV" */
	const char *text;
	const char *source; /* "net/ipv4/tcp_ipv4.c: tcp_v4_connect()"; NULL ends the list */
};

/* A table that lists all events of one type, or of several. */
struct event_table {
	const char *key;
	const char *title;
	const char *view; /* that shows it */
	int place; /* there, from 1 */
	bool only_with_rows; /* where there are none it is not shown */
	const struct column *columns;
	size_t width;
};

/* Nothing is left out: what a type does not have is said by one of the names that end in _nothing or by no_…. */
struct event_type {
	const char *name; /* "tcp.tx" */
	const char
		*keys; /* its own, with a space between two, in the order of docs/event-format.md */
	enum event_kind kind; /* EV_OTHER: only its family's file knows it */
	enum event_way way;
	enum event_ink ink;
	bool (*in_ladder)(const struct event *ev); /* has it a row there? */
	void (*say)(const struct telling *of, struct str *out); /* "CLOSE -> SYN_SENT" */
	/*
	 * What two runs are compared by, paths with a space between two: what an event is, by which the runs are aligned;
	 * what may change about it; and what is looked at only on request. Points count, not functions: those differ
	 * between kernels. In an identity, an address of a node counts as that node.
	 */
	const char *identity, *detail, *exact;
	const struct event_table *table;
	const struct meaning *meanings;
};

bool ladder_always(const struct event *ev);
bool ladder_nothing(const struct event *ev);
void say_nothing(const struct telling *of, struct str *out);
extern const struct event_table no_table;
extern const struct meaning no_meanings[];

/* Of an event whose type no family has: it is kept and shown raw. */
extern const struct event_type unknown_type;

struct event_family {
	const char *name;
	const struct event_type *types;
	size_t n;
};

/* Adds the rows of a file to what there is: nobody keeps a list of families, as nobody keeps one of the kernel's initcalls. */
#define EVENT_FAMILY(family, rows)                                                              \
	static const struct event_family family##_family = { #family, rows, ARRAY_SIZE(rows) }; \
	static const struct event_family *const family##_entry                                  \
		__attribute__((used, section("event_families"))) = &family##_family

/* All types, family by family; NULL at the end. */
const struct event_type *type_at(size_t index);
/* The type with that name, or unknown_type. */
const struct event_type *type_named(const char *name);
/* Whether a type has that key: the first `len` bytes. */
bool type_has_key(const struct event_type *type, const char *key, size_t len);

#endif
