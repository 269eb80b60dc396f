// SPDX-License-Identifier: GPL-2.0-or-later
// The expectations for machines: JUnit's XML and TAP.
#include "form.h"

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

static void put_case(FILE *out, const struct request *rq, const struct expectation *e)
{
	char *place = place_of(rq->expect, e);

	fputs("  <testcase classname=\"", out);
	put_escaped(out, rq->trace->lab ? rq->trace->lab : "lab");
	fputs("\" name=\"", out);
	put_escaped(out, e->sentence);
	fputs("\"", out);
	if (e->verdict == HELD) {
		fputs("/>\n", out);
	} else {
		fputs(e->verdict == FAILED ? "><failure message=\"" : "><skipped message=\"", out);
		put_escaped(out, place);
		fputs("\">", out);
		put_escaped(out, e->why);
		fputs(e->verdict == FAILED ? "</failure></testcase>\n" : "</skipped></testcase>\n",
		      out);
	}
	free(place);
}

void form_junit(FILE *out, const struct request *rq)
{
	const struct expect *expect = rq->expect;
	size_t n = expect ? expect->list.n : 0;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"ktlab.", out);
	put_escaped(out, rq->trace->lab ? rq->trace->lab : "lab");
	fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"%zu\">\n", n,
		expect ? expect->failed : 0, rq->trace->problem_count ? 1 : 0,
		expect ? expect->skipped : 0);
	for (size_t i = 0; i < n; i++)
		put_case(out, rq, &expect->list.v[i]);
	for (size_t i = 0; i < rq->trace->problems.n; i++) {
		fputs("  <system-err>", out);
		put_escaped(out, rq->trace->problems.v[i]);
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

void form_tap(FILE *out, const struct request *rq)
{
	size_t n = rq->expect ? rq->expect->list.n : 0;

	fprintf(out, "TAP version 13\n1..%zu%s\n", n, n ? "" : " # SKIP no expectations");
	for (size_t i = 0; i < n; i++) {
		const struct expectation *e = &rq->expect->list.v[i];
		char *name = xstrdup(e->sentence);

		for (char *p = name; (p = strchr(p, '#')) != NULL;)
			*p = '/';
		fprintf(out, "%s %zu - %s%s%s\n", e->verdict == FAILED ? "not ok" : "ok", i + 1,
			name, e->verdict == SKIPPED ? " # SKIP " : "",
			e->verdict == SKIPPED ? e->why : "");
		if (e->verdict == FAILED) {
			char *place = place_of(rq->expect, e);

			fprintf(out, "# at %s\n", place);
			put_tap_text(out, "# ", e->why);
			free(place);
		}
		free(name);
	}
}
