// SPDX-License-Identifier: GPL-2.0-or-later
// events.jsonl, read into a trace: the first line, the events, the last line, and the sum of the events.
#include "run/trace.h"
#include "base/i18n.h"
#include "base/sha256.h"

#include <stdlib.h>
#include <string.h>

static int64_t number_of(struct json object, const char *key)
{
	int64_t number;

	return json_int(json_path(object, key), &number) ? number : 0;
}

static char *dup_of(struct json object, const char *key)
{
	return json_dup(json_path(object, key));
}

static void read_nodes(struct trace *trace, struct json nodes)
{
	struct json_iter it = json_iter(nodes);
	struct node *node;
	char *name;

	while (json_next(&it)) {
		name = dup_of(it.value, "node");
		if (!name)
			continue;
		node = vec_add(&trace->nodes);
		node->name = names_get(trace->names, name, strlen(name));
		node->nic = dup_of(it.value, "nic");
		node->mac = dup_of(it.value, "mac");
		node->address = dup_of(it.value, "address");
		node->hub = number_of(it.value, "hub");
		node->address6 = dup_of(it.value, "address6");
		if (node->address)
			node->address[strcspn(node->address, "/")] = '\0';
		if (node->address6)
			node->address6[strcspn(node->address6, "/")] = '\0';
		free(name);
	}
}

static struct point *find_point(struct trace *trace, struct json from)
{
	char *name = dup_of(from, "name");
	struct point *point;

	if (!name)
		name = xstrdup("?");
	for (size_t i = 0; i < trace->points.n; i++)
		if (strcmp(trace->points.v[i].name, name) == 0) {
			free(name);
			return &trace->points.v[i];
		}
	point = vec_add(&trace->points);
	*point = (struct point){ .name = name };
	return point;
}

static void read_meta(struct trace *trace, struct json meta)
{
	struct json_iter it;
	struct point *point;

	trace->has_meta = true;
	trace->release = dup_of(meta, "kernel.release");
	trace->build_id = dup_of(meta, "kernel.build_id");
	trace->config = dup_of(meta, "kernel.config_sha256");
	trace->note = dup_of(meta, "kernel.note");
	trace->lab = dup_of(meta, "lab");
	trace->engine = dup_of(meta, "engine");
	trace->mode = dup_of(meta, "mode");
	trace->source = dup_of(meta, "host.source");
	trace->power_on_ns = number_of(json_path(meta, "facts"), "power_on_ns");
	read_nodes(trace, json_path(meta, "nodes"));
	for (it = json_iter(json_path(meta, "points")); json_next(&it);) {
		point = find_point(trace, it.value);
		free(point->as);
		free(point->fn);
		free(point->note);
		point->as = dup_of(it.value, "as");
		point->fn = dup_of(it.value, "fn");
		point->note = dup_of(it.value, "note");
		point->places = number_of(it.value, "places");
	}
}

static void read_end(struct trace *trace, struct json end)
{
	struct json_iter it;
	struct point *point;

	trace->has_end = true;
	trace->complete = json_true(json_path(end, "complete"));
	trace->end_hits = number_of(end, "hits");
	trace->end_events = number_of(end, "events");
	trace->stops.count = number_of(json_path(end, "stops"), "count");
	trace->stops.moved_ns = number_of(json_path(end, "stops"), "moved_ns");
	trace->stops.most_ns = number_of(json_path(end, "stops"), "most_ns");
	trace->digest = dup_of(end, "sha256");
	for (it = json_iter(json_path(end, "points")); json_next(&it);) {
		point = find_point(trace, it.value);
		free(point->why);
		point->why = dup_of(it.value, "why");
		point->hits = number_of(it.value, "hits");
		point->events = number_of(it.value, "events");
		point->duplicates = number_of(it.value, "duplicates");
	}
}

static void read_frame_line(struct trace *trace, struct json line, size_t number, bool meta)
{
	if (meta && !trace->has_meta && trace->events.n == 0)
		read_meta(trace, line);
	else if (!meta && !trace->has_end)
		read_end(trace, line);
	else
		trace_problem(trace, _("events.jsonl:%zu: a second '%s' line"), number,
			      meta ? "meta" : "end");
}

/* The first and the last line are told from events by how they begin: {"type":"meta" */
static bool line_begins(const char *text, size_t len, const char *type)
{
	size_t type_len = strlen(type);
	const char *p = text, *end = text + (len < 40 ? len : 40);
	char letters[40];
	size_t n = 0;

	for (; p < end && n < sizeof(letters); p++)
		if (*p != ' ' && *p != '\t')
			letters[n++] = *p;
	return n > type_len + 9 && memcmp(letters, "{\"type\":\"", 9) == 0 &&
	       memcmp(letters + 9, type, type_len) == 0 && letters[9 + type_len] == '"';
}

static void check_number(struct trace *trace, const struct event *ev)
{
	const struct event *before;

	if (trace->events.n < 2)
		return;
	before = &trace->events.v[trace->events.n - 2];
	if (ev->n != before->n + 1)
		trace_problem(trace, _("events.jsonl:%zu: event %lld after event %lld: a gap"),
			      ev->line, (long long)ev->n, (long long)before->n);
}

static void read_event(struct trace *trace, const char *text, size_t len, size_t number)
{
	struct event ev;
	const char *what, *reason = event_read(&ev, text, len, trace->names, &what);

	if (reason && what)
		trace_problem(trace, "events.jsonl:%zu: %s '%s'", number, _(reason), what);
	else if (reason)
		trace_problem(trace, "events.jsonl:%zu: %s", number, _(reason));
	if (reason)
		return;
	ev.line = number;
	*vec_add(&trace->events) = ev;
	check_number(trace, &ev);
}

/* `len` is without the newline, which belongs to the sum of the events. */
static void read_line(struct trace *trace, struct sha256 *sum, const char *text, size_t len,
		      size_t number)
{
	bool meta = line_begins(text, len, "meta");
	struct json line;
	const char *reason;

	if (!meta && !line_begins(text, len, "end")) {
		sha256_add(sum, text, len);
		sha256_add(sum, "\n", 1);
		read_event(trace, text, len, number);
		return;
	}
	reason = json_parse(text, len, &line);
	if (reason)
		trace_problem(trace, "events.jsonl:%zu: %s", number, _(reason));
	else
		read_frame_line(trace, line, number, meta);
}

/* Events that were changed after the run are none. */
static void check_sum(struct trace *trace, struct sha256 *sum, size_t number)
{
	char found[SHA256_TEXT];

	sha256_end(sum, found);
	if (trace->has_end && !text_is(trace->digest, found))
		trace_problem(trace, _("events.jsonl:%zu: sha256 is %s, but the events have %s"),
			      number, trace->digest ? trace->digest : "null", found);
}

void trace_read(struct trace *trace, const char *text, size_t len)
{
	const char *end = text + len, *newline;
	struct sha256 sum;
	size_t number = 1;

	sha256_start(&sum);
	for (; text < end; text = newline + 1, number++) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline) {
			trace_problem(trace, _("events.jsonl:%zu: the last line is cut off"),
				      number);
			newline = end;
		}
		if (newline > text)
			read_line(trace, &sum, text, (size_t)(newline - text), number);
	}
	if (!trace->has_meta)
		trace_problem(trace, _("events.jsonl:1: no 'meta' line"));
	if (!trace->has_end)
		trace_problem(trace, _("events.jsonl:%zu: no 'end' line"), number);
	else if (!trace->complete)
		trace_problem(trace, _("events.jsonl:%zu: the end of the lab was not seen"),
			      number - 1);
	check_sum(trace, &sum, number - 1);
	trace_find(trace);
}

struct trace *trace_of_text(const char *text, size_t len)
{
	struct trace *trace = trace_new();

	trace_read(trace, text, len);
	return trace;
}
