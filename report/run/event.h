/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of events.jsonl as a struct, and the one way to any field of it. */
#ifndef KTREPORT_EVENT_H
#define KTREPORT_EVENT_H

#include "base/json.h"
#include "run/type.h"

/* What every event may have: docs/event-format.md. Ended by NULL. */
extern const char *const event_envelope_keys[];

enum {
	EVENT_KEYS = 64, /* no type has as many */
};

struct event {
	const char *text; /* the whole line, without its newline; not terminated */
	size_t len;
	size_t head; /* bytes before the stack, which is long and stands last: only who asks for it walks over it */
	size_t line; /* in the file, from 1 */
	uint16_t keys[EVENT_KEYS]; /* where in its head a key begins, in the line's order */
	size_t n_keys; /* 0: there are more, or they lie farther off: its head is walked over */
	const struct event_type *row; /* all that is known of its type; never NULL */
	enum event_kind kind;
	int64_t n;
	int64_t t_ns;
	int64_t conn; /* 0: none */
	int64_t pkt; /* 0: none */
	int64_t parent;
	int64_t pid;
	bool hidden; /* its frame is refused by the user's filter of packets */
	size_t peer; /* of a segment or ARP frame: index + 1 of the event at its other end */
	const char
		*seen_on; /* of a frame: the node that passed it on without an event of its own */
	int64_t seen_ns; /* when the wire says that it came there */
	const char *type; /* these are interned (names_get): equal names are equal pointers */
	const char *netns; /* NULL where the line says null */
	const char *ctx;
	const char *point;
	const char *fn;
	const char *at;
	const char *step;
};

/*
 * Reads a line. Returns NULL, or a constant reason why it is no event; *what is then the field
 * that the reason speaks of, or NULL. The text must live as long as the event.
 */
const char *event_read(struct event *ev, const char *text, size_t len, struct names *names,
		       const char **what);

/* The checked accessors: any field by its path ("out.prefix"); never outside of the line. */
struct json event_get(const struct event *ev, const char *path);
bool event_is(const struct event *ev, const char *path, const char *text);
int64_t event_int(const struct event *ev, const char *path, int64_t otherwise);
/* Appends the field's text; nothing when it is null or missing. Tells if it was there. */
bool event_text(const struct event *ev, const char *path, struct str *out);
/* The text in memory that the caller frees, "" when it is null or missing. */
char *event_dup(const struct event *ev, const char *path);
/* Whether the field has the same text in both events. */
bool event_same(const struct event *a, const struct event *b, const char *path);

#endif
