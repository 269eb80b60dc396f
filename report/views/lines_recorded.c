// SPDX-License-Identifier: GPL-2.0-or-later
// The calls of a function whose lines were recorded, with an event or without one, by their numbers.
#include "views/lines_call.h"
#include "base/i18n.h"

#include <stdlib.h>

enum {
	CALLS_LISTED = 1000
};

struct spanning {
	struct lines_spans *spans;
	VEC(int64_t) numbers; /* of the functions of this name */
};

static bool span_look(const struct ran_call *ran, void *data)
{
	struct spanning *spanning = data;

	for (size_t i = 0; i < spanning->numbers.n; i++)
		if (spanning->numbers.v[i] == ran->function)
			*vec_add(&spanning->spans->list) =
				(struct lines_span){ ran->enter, ran->leave };
	return true;
}

/* The file has them in the order in which they end. */
static int span_order(const void *one, const void *other)
{
	const struct lines_span *a = one, *b = other;

	return (a->enter > b->enter) - (a->enter < b->enter);
}

void lines_spans(struct lines_spans *spans, const struct trace *trace,
		 const struct lines_table *table, const char *function)
{
	struct spanning spanning = { .spans = spans };

	*spans = (struct lines_spans){ 0 };
	for (int64_t n = -1; (n = lines_function(table, function, n)) >= 0;)
		*vec_add(&spanning.numbers) = n;
	if (spanning.numbers.n)
		ran_walk(trace->folder, span_look, &spanning);
	if (spans->list.n)
		qsort(spans->list.v, spans->list.n, sizeof(*spans->list.v), span_order);
	vec_free(&spanning.numbers);
}

char *lines_unknown(const struct lines_table *table, const char *function)
{
	char *near = lines_near(table, function),
	     *said = near ? xasprintf(_("no call of '%s' was recorded in this run; near: %s"),
				      function, near)
			  : xasprintf(_("no call of '%s' was recorded in this run: make lab "
					"LINES=%s"),
				      function, function);

	free(near);
	return said;
}

/* When an event happened, and whether a call of the function begins there. */
struct moment {
	int64_t icount, n;
	bool enters;
};

struct moments {
	VEC(struct moment) list;
};

static void moments_read(struct moments *moments, const struct trace *trace, const char *function)
{
	*moments = (struct moments){ 0 };
	for (size_t i = 0; i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];

		*vec_add(&moments->list) =
			(struct moment){ event_int(ev, "icount", INT64_MAX), ev->n,
					 text_is(ev->at, "enter") && text_is(ev->fn, function) };
	}
}

/* The last event before the call, and the one at its entry; 0: none. */
static void events_of(const struct moments *moments, int64_t enter, int64_t *before, int64_t *at)
{
	int64_t latest = INT64_MIN;

	*before = *at = 0;
	for (size_t i = 0; i < moments->list.n; i++) {
		const struct moment *moment = &moments->list.v[i];

		if (moment->icount == enter && moment->enters)
			*at = moment->n;
		if (moment->icount < enter && moment->icount >= latest) {
			latest = moment->icount;
			*before = moment->n;
		}
	}
}

/* Those of a function that is watched are known by the events at their entries. */
static bool all_have_events(const struct moments *moments, const struct lines_spans *spans)
{
	for (size_t i = 0; i < spans->list.n; i++) {
		int64_t before, at;

		events_of(moments, spans->list.v[i].enter, &before, &at);
		if (!at)
			return false;
	}
	return true;
}

static void spans_show(struct doc *doc, const char *function, const struct lines_spans *spans,
		       const struct moments *moments)
{
	static const struct column columns[] = {
		{ .key = "call", .title = N_("call") },
		{ .key = "icount", .title = N_("instructions") },
		{ .key = "until", .title = N_("until") },
		{ .key = "after", .title = N_("after event") },
		{ .key = "event", .title = N_("event") },
	};
	struct table *t = DOC_TABLE(doc, "calls", columns, "");

	free(t->title);
	t->title = xasprintf(_("Recorded calls of %s"), function);
	for (size_t i = 0; i < spans->list.n && i < CALLS_LISTED; i++) {
		const struct lines_span *span = &spans->list.v[i];
		int64_t before, at;

		events_of(moments, span->enter, &before, &at);
		table_take(t, xasprintf("%s#%zu", function, i + 1));
		table_int(t, span->enter);
		if (span->leave < 0)
			table_null(t);
		else
			table_int(t, span->leave);
		table_events(t, before, 0);
		table_events(t, at, 0);
	}
	if (spans->list.n > CALLS_LISTED)
		table_note(t, _("and %zu more calls"), spans->list.n - CALLS_LISTED);
}

void lines_recorded(struct doc *doc, const struct request *rq, const struct lines_table *table,
		    const char *function)
{
	struct lines_spans spans;
	struct moments moments;

	lines_spans(&spans, rq->trace, table, function);
	moments_read(&moments, rq->trace, function);
	if (!all_have_events(&moments, &spans))
		spans_show(doc, function, &spans, &moments);
	vec_free(&moments.list);
	vec_free(&spans.list);
}
