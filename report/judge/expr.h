/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small language over event fields that filters and expectations share. */
#ifndef KTREPORT_EXPR_H
#define KTREPORT_EXPR_H

#include "run/event.h"

/*
 *	tcp.tx netns=client flags~S (dport=8080 or dport=80) not retrans=true
 *
 * A bare word is a type. A comparison is FIELD = != < <= > >= ~ VALUE, without a space before
 * the operator; FIELD is a key, or a path with dots. Side by side means "and". VALUE is
 *	a word or "text", a number, a range 6..7, null, true, false,
 *	a time for fields in ns: 32 s, and with a tolerance: 32 s +12.5 %,
 *	$name.field of an event that was found before, with + or - a number: $syn.seq+1
 *	$name.count of events that were counted before
 * ~ means: has these letters (flags), has an element of that name (lists), contains (texts); for
 * a stack, outer->inner: both, the second called by the first, also by way of others.
 */
struct expr;

/* Names for events that were found. */
struct binding {
	const char *name;
	size_t name_len;
	const struct event *event; /* NULL: known, not found */
	bool counts; /* stands for a number of events; its one field is "count" */
	int64_t count;
};
struct bindings {
	struct binding *v;
	size_t n;
};

/*
 * Parses the whole text. NULL on a mistake, with the sentence in *error, which the caller frees.
 * $names must be among the bindings (which may be NULL: then there are none).
 */
struct expr *expr_parse(const char *text, const struct bindings *names, char **error);
void expr_free(struct expr *expr);

/* The type that an event must have by the expression's top; unknown_type when it asks for none. */
const struct event_type *expr_type(const struct expr *expr);

/* The text that the field of an event must have by the expression's top; NULL when it asks for none, or not by a text. */
const char *expr_text(const struct expr *expr, const char *field);

bool expr_holds(const struct expr *expr, const struct event *ev, const struct bindings *names);

/*
 * How near an event comes: the number of comparisons that hold, and in *differs the first that
 * does not. The type counts so much that an event of another type is never nearer.
 */
int expr_nearness(const struct expr *expr, const struct event *ev, const struct bindings *names,
		  const struct expr **differs);

/* For a comparison, "seq=$syn.seq+1 (that is 17)"; and what the event has in its place. */
void expr_describe(const struct expr *cmp, const struct bindings *names, struct str *out);
const char *expr_field(const struct expr *cmp);

#endif
