/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole run: its events, what they speak of (nodes, connections, packets), and its captures. */
#ifndef KTREPORT_TRACE_H
#define KTREPORT_TRACE_H

#include "run/event.h"
#include "run/wire.h"

struct node {
	const char *name;
	char *nic;
	char *mac;
	char *address, *address6; /* without their prefix lengths; of IPv6: NULL if it has none */
	int64_t hub;
};

/* An address of IPv6 that a node uses, as an event says. */
struct owned {
	const char *node;
	struct address address;
};

/* A TCP connection as both ends see it; the client is who sent the first SYN. */
struct conn {
	int64_t id;
	char *client_addr, *server_addr;
	int64_t client_port, server_port;
	const char *server_node;
	bool child; /* its server's socket was made for it by a listener */
	size_t events;
};
/* "10.0.0.1:40000", its client's or its server's end, which the caller frees; NULL where no segment told it. */
char *conn_end(const struct conn *conn, bool server);

/* What a point gave: from the meta line and the end line. */
struct point {
	char *name;
	char *as;
	char *fn;
	char *note;
	char *why;
	int64_t places, hits, events, duplicates;
};

/*
 * What gdb-scripts say of a point, why it was not hit or how it was found, in the reader's language; it may begin with
 * the function's name. NULL: nothing. The caller frees it.
 */
char *point_note(const struct point *point);

/* A fault of the input, kept with its place: "events.jsonl:17: missing field 'fn'". */
enum {
	PROBLEMS_KEPT = 20
};

/* How many frames there were of a protocol. */
struct frame_count {
	const char *name;
	size_t n;
};

struct trace {
	char *folder;
	char *release, *lab, *engine, *mode, *note, *build_id, *config, *source;
	VEC(struct node) nodes;
	VEC(struct event) events;
	VEC(struct owned) owned; /* addresses that nodes got while the run went on */
	VEC(struct conn) conns;
	VEC(struct point) points;
	VEC(struct wire) wires;
	int64_t zero_ns; /* that all views' times count from: the first segment sent, else the first event */
	VEC(char *) problems;
	size_t problem_count;
	bool has_meta, has_end, complete;
	int64_t power_on_ns; /* the guest's date then, in ns since 1970; 0: the run does not say */
	int64_t end_hits, end_events;
	struct {
		int64_t count, moved_ns, most_ns;
	} stops; /* how far they moved virtual time, at most; all 0 if they do not */
	char *digest; /* as the end line says */
	struct names *names;
	/* ledger.c */
	VEC(struct frame_count)
	frames; /* TCP and ARP always, and each protocol of datagrams that there was */
	size_t unmatched;
	VEC(char *)
	excused; /* what has no counterpart because a point is not watched in this run */
	int64_t clock_offset_ns; /* time of events - time of captures; 0 when nothing matched */
	VEC(char *) unmatched_list;
	/* the mapped file */
	char *map;
	size_t map_len;
};

struct trace *trace_new(void);
void trace_free(struct trace *trace);

/* Adds what events.jsonl holds, which must live as long; what is damaged is said as problems (read.c). */
void trace_read(struct trace *trace, const char *text, size_t len);
/* A trace over a text in memory, for tests and fuzzing. */
struct trace *trace_of_text(const char *text, size_t len);
/* Once all events are there: finds the connections, and the zero of time. */
void trace_find(struct trace *trace);

/* A disagreement of events, frames and counters: the run's evidence contradicts itself. Takes the text. */
void trace_unmatched(struct trace *trace, char *text);

/* The same of a field that other fields and events tell otherwise: what they say is the sentence's end. */
__attribute__((format(printf, 4, 5))) void trace_contradicts(struct trace *trace,
							     const struct event *ev,
							     const char *path, const char *format,
							     ...);

/* The folder of the kernel's source that the run names, if it is one: a run may come from anybody. NULL: none. */
const char *trace_source(const struct trace *trace);

/* Whether the run watches the point; without a list of points nothing is known to be watched. */
bool trace_watches(const struct trace *trace, const char *point);

/* The first of the points, with a space between two, that is watched or that is not, and its length; NULL if none is. */
const char *trace_find_point(const struct trace *trace, const char *points, bool watched,
			     size_t *len);

void trace_problem(struct trace *trace, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "24 TCP, 2 ARP"; the caller frees it. */
char *trace_frames(const struct trace *trace);

/* NULL if there is no such one. */
const struct event *trace_event(const struct trace *trace, int64_t n);
const struct node *trace_node(const struct trace *trace, const char *name);
const struct node *trace_node_by_mac(const struct trace *trace, const char *mac);
/* Whether a node has the address. */
bool trace_is_address_of(const struct trace *trace, const char *node, struct address address);
/* Whether any node has an address of IPv6. */
bool trace_has_six(const struct trace *trace);
/* Whether a point of IPv4 is watched, and where a node has an address of IPv6, the one that does the same there, too. */
bool trace_watches_both(const struct trace *trace, const char *point);
/* The point of IPv6 that does what this one of IPv4 does; NULL: it is not known, or serves both. */
const char *trace_point_of_six(const char *point);
const struct node *trace_node_by_address(const struct trace *trace, const char *address);
struct conn *trace_conn(const struct trace *trace, int64_t id);

#endif
