// SPDX-License-Identifier: GPL-2.0-or-later
// The expectations for machines: JUnit's XML and TAP.
#include "forms/form.h"

#include <stdlib.h>
#include <string.h>

static void put_escaped(FILE *out, const char *text)
{
	struct str escaped = { 0 };

	escape_markup(&escaped, text ? text : "");
	fputs(str_text(&escaped), out);
	str_free(&escaped);
}

/* Where an expectation stands: "labs/handshake/expect:17". */
static char *place_of(const struct expect *expect, const struct expectation *e)
{
	size_t line = e->culprit ? e->culprit->line : e->line;

	return line ? xasprintf("%s:%zu", expect->path, line) : xstrdup("wire");
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	put_escaped(out, value);
	fputs("\"", out);
}

/* How long what is expected took, from its first event to its last, in virtual time. */
static double seconds_of(const struct expectation *e)
{
	int64_t first = INT64_MAX, last = INT64_MIN;

	for (size_t i = 0; i < e->items.n; i++) {
		const struct event *ev = e->items.v[i].found;

		if (!ev || e->items.v[i].counts)
			continue;
		first = ev->t_ns < first ? ev->t_ns : first;
		last = ev->t_ns > last ? ev->t_ns : last;
	}
	return last > first ? (double)(last - first) / 1e9 : 0;
}

/* As Jenkins (JUnit Attachments) and GitLab (artifacts:reports:junit) read them. */
static void put_attachments(FILE *out, const struct request *rq)
{
	static const char *const names[] = { "report.html", "wire.pcapng" };

	fputs("    <system-out>", out);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		fputs("[[ATTACHMENT|", out);
		put_escaped(out, rq->trace->folder ? rq->trace->folder : ".");
		fprintf(out, "/%s]]\n", names[i]);
	}
	fputs("</system-out>\n", out);
}

static void put_case(FILE *out, const struct request *rq, const struct expectation *e)
{
	char *place = place_of(rq->expect, e), *line = xasprintf("%zu", e->line);

	fputs("  <testcase", out);
	put_attribute(out, "classname", rq->trace->lab ? rq->trace->lab : "lab");
	put_attribute(out, "name", e->sentence);
	/* what is expected of every lab's wire stands in no line, but is asked for by this file */
	put_attribute(out, "file", rq->expect->path);
	if (e->line)
		put_attribute(out, "line", line);
	fprintf(out, " time=\"%.6f\"", seconds_of(e));
	if (e->verdict == HELD) {
		fputs("/>\n", out);
	} else {
		const char *element = e->verdict == FAILED ? "failure" : "skipped";

		fprintf(out, ">\n    <%s", element);
		put_attribute(out, "message", place);
		fputs(">", out);
		put_escaped(out, e->why);
		fprintf(out, "</%s>\n", element);
		if (e->verdict == FAILED)
			put_attachments(out, rq);
		fputs("  </testcase>\n", out);
	}
	free(line);
	free(place);
}

static void put_property(FILE *out, const char *name, const char *value)
{
	if (!value)
		return;
	fputs("    <property", out);
	put_attribute(out, "name", name);
	put_attribute(out, "value", value);
	fputs("/>\n", out);
}

static void put_properties(FILE *out, const struct trace *trace)
{
	fputs("  <properties>\n", out);
	put_property(out, "kernel", trace->release);
	put_property(out, "build_id", trace->build_id);
	put_property(out, "engine", trace->engine);
	put_property(out, "mode", trace->mode);
	put_property(out, "digest", trace->digest);
	fputs("  </properties>\n", out);
}

void form_junit(FILE *out, const struct request *rq)
{
	const struct expect *expect = rq->expect;
	const struct trace *trace = rq->trace;
	size_t n = expect ? expect->list.n : 0, events = trace->events.n;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"ktlab.", out);
	put_escaped(out, trace->lab ? trace->lab : "lab");
	fprintf(out,
		"\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"%zu\" time=\"%.6f\">\n",
		n, expect ? expect->failed : 0, trace->problem_count ? 1 : 0,
		expect ? expect->skipped : 0,
		events ? (double)(trace->events.v[events - 1].t_ns - trace->events.v[0].t_ns) / 1e9
		       : 0.0);
	put_properties(out, trace);
	for (size_t i = 0; i < n; i++)
		put_case(out, rq, &expect->list.v[i]);
	for (size_t i = 0; i < trace->problems.n; i++) {
		fputs("  <system-err>", out);
		put_escaped(out, trace->problems.v[i]);
		fputs("</system-err>\n", out);
	}
	fputs("</testsuite>\n", out);
}

/* TAP takes '#' for a directive, and a line for a line. */
static void put_tap_text(FILE *out, const char *prefix, const char *text)
{
	struct str safe = { 0 };
	const char *end;
	char *piece;

	for (; *text; text = *end ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		piece = xstrndup(text, (size_t)(end - text));
		str_clear(&safe);
		text_safe(&safe, piece, true);
		fprintf(out, "%s%s\n", prefix, str_text(&safe));
		free(piece);
	}
	str_free(&safe);
}

/* TAP 14: '#' begins a directive, unless it is escaped. */
static void put_tap_name(FILE *out, const char *name)
{
	for (; *name; name++)
		fprintf(out, *name == '#' || *name == '\\' ? "\\%c" : "%c", *name);
}

/* Why it failed, as TAP's block of YAML. */
static void put_tap_reason(FILE *out, const struct request *rq, const struct expectation *e)
{
	const struct item *culprit = e->culprit;
	struct str path = { 0 };

	json_quote(&path, e->line ? rq->expect->path : "wire");
	fputs("  ---\n  message: |2\n", out);
	put_tap_text(out, "    ", e->why ? e->why : "");
	fprintf(out, "  at:\n    file: %s\n    line: %zu\n", str_text(&path),
		culprit ? culprit->line : e->line);
	if (e->nearest)
		fprintf(out, "  nearest_event: %lld\n", (long long)e->nearest->n);
	fputs("  ...\n", out);
	str_free(&path);
}

void form_tap(FILE *out, const struct request *rq)
{
	size_t n = rq->expect ? rq->expect->list.n : 0;

	fprintf(out, "TAP version 14\n1..%zu%s\n", n, n ? "" : " # SKIP no expectations");
	for (size_t i = 0; i < n; i++) {
		const struct expectation *e = &rq->expect->list.v[i];

		fprintf(out, "%s %zu - ", e->verdict == FAILED ? "not ok" : "ok", i + 1);
		put_tap_name(out, e->sentence);
		fprintf(out, "%s%s\n", e->verdict == SKIPPED ? " # SKIP " : "",
			e->verdict == SKIPPED ? e->why : "");
		if (e->verdict == FAILED)
			put_tap_reason(out, rq, e);
	}
}
