// SPDX-License-Identifier: GPL-2.0-or-later
// From the words of a question to the fields of a run's layout, or to what is near to them.
#include "judge/asked.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

static int64_t event_icount(const struct trace *trace, int64_t n, int64_t otherwise)
{
	for (size_t i = 0; i < trace->events.n; i++)
		if (trace->events.v[i].n >= n)
			return event_int(&trace->events.v[i], "icount", otherwise);
	return otherwise;
}

/* "@80" or "@80..92" */
static bool range_read(struct question *question, const struct trace *trace, const char *text)
{
	char *end;
	long long first = strtoll(text, &end, 10), last = first + 1;

	if (end == text || first < 1)
		return false;
	if (starts_with(end, ".."))
		last = strtoll(end + 2, &end, 10);
	question->from = event_icount(trace, first, INT64_MAX);
	question->to = event_icount(trace, last, INT64_MAX);
	return !*end && last > first;
}

static bool words_read(struct question *question, const struct trace *trace, const char *asked)
{
	const char *range = strchr(asked, '@'), *end = range ? range : asked + strlen(asked),
		   *dot = strchr(asked, '.');

	question->from = INT64_MIN;
	question->to = INT64_MAX;
	if (!dot || dot > end)
		dot = end;
	question->kind = xstrndup(asked, (size_t)(dot - asked));
	question->path = dot < end ? xstrndup(dot + 1, (size_t)(end - dot - 1)) : xstrdup("*");
	question->path_len = strcspn(question->path, "*");
	question->whole = !question->path[question->path_len];
	return *question->kind && *question->path &&
	       (question->whole || !question->path[question->path_len + 1]) &&
	       (!range || range_read(question, trace, range + 1));
}

bool question_has(const struct question *question, const struct field *field)
{
	return question->whole ? text_is(field->path, question->path)
			       : !strncmp(field->path, question->path, question->path_len);
}

bool question_of(const struct question *question, const struct layout *layout,
		 const struct fields *fields)
{
	return text_is(question->kind, "*") || text_is(question->kind, fields->name) ||
	       (text_is(question->kind, "data") && layout_header(layout, fields->name));
}

/* The `i`th struct with fields of a layout: kinds, then control blocks, then headers; NULL behind the last. */
static const struct fields *fields_at(const struct layout *layout, size_t i)
{
	if (i < layout->kinds.n)
		return &layout->kinds.v[i].fields;
	i -= layout->kinds.n;
	if (i < layout->controls.n)
		return &layout->controls.v[i];
	i -= layout->controls.n;
	return i < layout->headers.n ? &layout->headers.v[i] : NULL;
}

/*
 * The kernel's macros for members of what a struct begins with. A socket's __sk_common.skc_X is called sk_X here as by
 * the kernel, a request's skc_X as in the struct, a timewait socket's tw_X: each is known by the others' names, too.
 */
static const struct {
	const char *kind, *macro, *member;
} macros[] = {
	/* include/net/sock.h, include/net/inet_sock.h */
	{ "sock", "sk_rmem_alloc", "sk_backlog.rmem_alloc" },
	{ "sock", "inet_daddr", "sk_daddr" },
	{ "sock", "inet_rcv_saddr", "sk_rcv_saddr" },
	{ "sock", "inet_dport", "sk_dport" },
	{ "sock", "inet_num", "sk_num" },
	{ "request", "ir_loc_addr", "skc_rcv_saddr" },
	{ "request", "ir_rmt_addr", "skc_daddr" },
	{ "request", "ir_num", "skc_num" },
	{ "request", "ir_rmt_port", "skc_dport" },
	{ "request", "ir_v6_rmt_addr", "skc_v6_daddr" },
	{ "request", "ir_v6_loc_addr", "skc_v6_rcv_saddr" },
	{ "request", "ir_iif", "skc_bound_dev_if" },
	{ "request", "ir_cookie", "skc_cookie" },
	{ "request", "ireq_net", "skc_net" },
	{ "request", "ireq_state", "skc_state" },
	{ "request", "ireq_family", "skc_family" },
	/* include/net/request_sock.h */
	{ "request", "rsk_refcnt", "skc_refcnt" },
	{ "request", "rsk_hash", "skc_hash" },
	{ "request", "rsk_listener", "skc_listener" },
	{ "request", "rsk_window_clamp", "skc_window_clamp" },
	{ "request", "rsk_rcv_wnd", "skc_rcv_wnd" },
	/* include/net/inet_timewait_sock.h, include/linux/tcp.h */
	{ "timewait", "tw_node", "tw_nulls_node" },
	{ "timewait", "tw_dr", "tw_tw_dr" },
	{ "timewait", "tw_rcv_nxt", "tw_tw_rcv_nxt" },
	{ "timewait", "tw_snd_nxt", "tw_tw_snd_nxt" },
	/* what any of them begins with */
	{ "sock", "skc_", "sk_" },
	{ "request", "sk_", "skc_" },
	{ "timewait", "skc_", "tw_" },
	{ "timewait", "sk_", "tw_" },
};

/* Whether a path is that of a field, or of something around fields: "sk_refcnt" is around "sk_refcnt.refs.counter". */
static bool is_path(const struct fields *fields, const char *path, const struct field **only)
{
	size_t len = strlen(path), around = 0;

	for (size_t i = 0; i < fields->list.n; i++) {
		const struct field *field = &fields->list.v[i];

		if (strncmp(field->path, path, len) != 0)
			continue;
		if (!field->path[len]) {
			*only = field;
			return true;
		}
		if (field->path[len] == '.' && !around++)
			*only = field;
	}
	return around == 1;
}

/* Puts the field's own path for a macro's name, and for that of something around this one field. */
static void path_resolve(struct question *question, const struct fields *fields)
{
	const struct field *only = NULL;
	bool known = is_path(fields, question->path, &only);

	for (size_t i = 0; i < ARRAY_SIZE(macros) && !known; i++) {
		const char *macro = macros[i].macro;
		size_t len = strlen(macro);
		char *path;

		if (!text_is(question->kind, macros[i].kind) ||
		    !starts_with(question->path, macro) ||
		    (macro[len - 1] != '_' && question->path[len] && question->path[len] != '.'))
			continue;
		path = xasprintf("%s%s", macros[i].member, question->path + len);
		known = is_path(fields, path, &only);
		free(path);
	}
	if (!known)
		return;
	free(question->path);
	question->path = xstrdup(only->path);
	question->path_len = strlen(question->path);
}

/* Whether one of a path's parts, which dots part, is this one. */
static bool has_part(const char *path, const char *part)
{
	size_t len = strlen(part);

	for (; path; path = strchr(path, '.') ? strchr(path, '.') + 1 : NULL)
		if (!strncmp(path, part, len) && (!path[len] || path[len] == '.'))
			return true;
	return false;
}

/* The fields that have a part of this name, of one kind or, with NULL, of any: " sock.snd_cwnd"; NULL: none. */
static char *fields_named(const struct layout *layout, const char *kind, const char *part)
{
	enum {
		NAMED_MOST = 6
	};
	struct str out = { 0 };
	const struct fields *fields;
	size_t named = 0;

	for (size_t at = 0; (fields = fields_at(layout, at)); at++)
		for (size_t i = 0; i < fields->list.n && named < NAMED_MOST; i++)
			if ((!kind || text_is(kind, fields->name)) &&
			    has_part(fields->list.v[i].path, part) && ++named)
				str_addf(&out, " %s.%s", fields->name, fields->list.v[i].path);
	return str_take_or_null(&out);
}

static char *kind_missing(const struct question *question, const struct layout *layout)
{
	char *near = fields_named(layout, NULL, question->kind), *said;
	const struct fields *fields;
	struct str known = { 0 };

	for (size_t i = 0; (fields = fields_at(layout, i)); i++)
		if (fields->list.n || text_is(fields->name, "data"))
			str_addf(&known, " %s", fields->name);
	said = near ? xasprintf(_("no kind of object is called '%s'; fields of that name:%s"),
				question->kind, near)
		    : xasprintf(_("no kind of object is called '%s'; there are:%s"), question->kind,
				str_text(&known));
	free(near);
	str_free(&known);
	return said;
}

static char *field_missing(const struct question *question, const struct layout *layout)
{
	const char *dot = strrchr(question->path, '.');
	char *near = fields_named(layout, question->kind, dot ? dot + 1 : question->path), *said;
	VEC(const char *) names = { 0 };
	const struct fields *fields;
	const char *nearest;

	for (size_t at = 0; (fields = fields_at(layout, at)); at++)
		for (size_t i = 0; question_of(question, layout, fields) && i < fields->list.n; i++)
			*vec_add(&names) = fields->list.v[i].path;
	*vec_add(&names) = NULL;
	nearest = nearest_name(question->path, names.v);
	if (!near && nearest)
		near = xasprintf(" %s", nearest);
	said = near ? xasprintf(_("%s has no field '%s' in this kernel; near:%s"), question->kind,
				question->path, near)
		    : xasprintf(_("%s has no field '%s' in this kernel"), question->kind,
				question->path);
	vec_free(&names);
	free(near);
	return said;
}

/* Whether there is such a field, so that no answer is one. */
static char *missing(struct question *question, const struct layout *layout)
{
	const struct fields *fields;
	bool has_kind = false;

	for (size_t at = 0; (fields = fields_at(layout, at)); at++) {
		if (!question_of(question, layout, fields))
			continue;
		has_kind = true;
		if (question->whole)
			path_resolve(question, fields);
		for (size_t i = 0; i < fields->list.n; i++)
			if (question_has(question, &fields->list.v[i]))
				return NULL;
	}
	return has_kind ? field_missing(question, layout) : kind_missing(question, layout);
}

char *question_read(struct question *question, const struct trace *trace,
		    const struct layout *layout, const char *asked)
{
	if (!words_read(question, trace, asked))
		return xasprintf(_("'%s' is no field: KIND.FIELD, KIND.* or KIND, with @EVENT or "
				   "@FIRST..LAST behind it"),
				 asked);
	if (question->from == INT64_MAX)
		return xasprintf(_("no event '%s' in this run, which has %zu"),
				 strchr(asked, '@') + 1, trace->events.n);
	return text_is(question->kind, "*") ? NULL : missing(question, layout);
}

void question_free(struct question *question)
{
	free(question->kind);
	free(question->path);
}
