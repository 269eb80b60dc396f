/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of types/ share: sentences and columns that several types have, and how a row's words are told. */
#ifndef KTREPORT_TELL_H
#define KTREPORT_TELL_H

#include "run/trace.h"

/* What one event says in a few words: "CLOSE -> SYN_SENT". The caller frees it; NULL: nothing. */
char *event_sentence(const struct trace *trace, const struct event *ev);
/* The TCP options of a segment, or NULL. */
char *event_options(const struct event *ev);
/* A system call and its end in one: "bind(0.0.0.0:8080) = 0". */
char *call_sentence(const struct event *enter, const struct event *end);
/* Whether the kernel releases a socket that no program has closed: sock_close() as a call, not as close(). */
bool is_release(const struct event *ev);

/* What a neighbour in this state looks like on the page: --NAME in report/forms/page/page.css. */
const char *neighbour_ink(const char *state);

/* What the event means, or NULL. */
const struct meaning *meaning_of(const struct event *ev);

/* For the rows: a field's text behind some other, nothing when it is not known; one in a template of the catalogue,
 * "ARP who has %s?"; all members of an object, " a=1 b=2". */
void say_field(const struct event *ev, struct str *out, const char *before, const char *path);
void say_with(const struct event *ev, struct str *out, const char *template, const char *path);
void say_members(struct json object, struct str *out);
/* "10.0.0.1:40000 > 10.0.0.2:8080"; the caller frees it. */
char *event_ends(const struct event *ev);

void fill_time(const struct telling *of, struct table *t);
void fill_way(const struct telling *of, struct table *t);
void fill_ends(const struct telling *of, struct table *t);
void fill_sentence(const struct telling *of, struct table *t);
void fill_function(const struct telling *of,
		   struct table *t); /* who decided, else what was watched */
void fill_chain(const struct telling *of,
		struct table *t); /* "a < b < c": who was called by whom */
/* The same without the first, which stands in a column of its own; where it returns to was said at its entry. */
void fill_callers(const struct telling *of, struct table *t);

/* A column is a field, or made. */
/* clang-format off */
#define FIELD(path_, title_) { .key = path_, .title = title_, .path = path_ }
#define MADE(key_, title_, fill_) { .key = key_, .title = title_, .fill = fill_ }
/* clang-format on */
#define COLUMNS(list) .columns = list, .width = ARRAY_SIZE(list)
/* The first three of most tables. */
#define WHEN_AND_WHERE \
	FIELD("n", N_("n")), MADE("seconds", N_("seconds"), fill_time), FIELD("netns", N_("node"))

#endif
