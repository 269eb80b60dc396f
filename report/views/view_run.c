// SPDX-License-Identifier: GPL-2.0-or-later
// Views of the run itself: its points, its expectations, and what it was.
#include "run/cost.h"
#include "base/i18n.h"
#include "views/view.h"

#include <stdlib.h>

/* The point's events, or those of them that are asked for. */
static int64_t events_of_point(const struct request *rq, const struct point *p)
{
	int64_t count = 0;

	if (!rq->narrowed)
		return p->events;
	for (size_t i = 0; i < request_events(rq); i++)
		count += text_is(rq->trace->events.v[i].point, p->name) &&
			 request_wants(rq, &rq->trace->events.v[i]);
	return count;
}

void view_points(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "point", .title = N_("point") },
		{ .key = "fn", .title = N_("watched at") },
		{ .key = "as", .title = N_("as") },
		{ .key = "places", .title = N_("places") },
		{ .key = "hits", .title = N_("hits") },
		{ .key = "events", .title = N_("events") },
		{ .key = "duplicates", .title = N_("twice") },
		{ .key = "note", .title = N_("note") },
	};
	struct table *t = DOC_TABLE(doc, "points", columns, N_("Points"));

	for (size_t i = 0; i < rq->trace->points.n; i++) {
		const struct point *p = &rq->trace->points.v[i];
		int64_t events = events_of_point(rq, p);
		char *note;

		if (rq->narrowed && !events)
			continue;
		table_text(t, p->name);
		table_text(t, p->fn);
		table_text(t, p->as);
		table_int(t, p->places);
		table_int(t, p->hits);
		table_int(t, events);
		table_int(t, p->duplicates);
		note = point_note(p);
		table_text(t, note);
		if (!p->hits)
			table_note(t, _("0 hits: %s: %s"), p->name,
				   p->why ? note : _("the run does not say why"));
		free(note);
	}
}

static const char *const verdict_words[] = {
	[HELD] = N_("held"), [FAILED] = N_("failed"), [SKIPPED] = N_("skipped")
};

/* Does it speak of an event that is asked for? */
static bool wants_expectation(const struct request *rq, const struct expectation *e)
{
	for (size_t i = 0; i < e->items.n; i++)
		if (e->items.v[i].found && request_wants(rq, e->items.v[i].found))
			return true;
	return !rq->narrowed;
}

static char *events_of(const struct expectation *e)
{
	struct str out = { 0 };

	for (size_t i = 0; i < e->items.n; i++)
		if (e->items.v[i].found && !e->items.v[i].counts)
			str_addf(&out, "%s%lld", out.len ? " " : "",
				 (long long)e->items.v[i].found->n);
	return str_take(&out);
}

void view_checks(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "verdict", .title = "" },
		{ .key = "sentence", .title = N_("what must be seen") },
		{ .key = "line", .title = N_("line") },
		{ .key = "events", .title = N_("events") },
		{ .key = "why", .title = N_("why") },
	};
	struct table *t = DOC_TABLE(doc, "checks", columns, N_("Expectations"));

	for (size_t i = 0; rq->expect && i < rq->expect->list.n; i++) {
		const struct expectation *e = &rq->expect->list.v[i];

		if (!wants_expectation(rq, e))
			continue;
		table_text(t, _(verdict_words[e->verdict]));
		table_text(t, e->sentence);
		if (e->line)
			table_int(t, (int64_t)e->line);
		else
			table_null(t);
		table_take(t, events_of(e));
		table_text(t, e->why);
	}
	if (rq->expect)
		table_note(t, _("%zu held, %zu failed, %zu skipped"), rq->expect->held,
			   rq->expect->failed, rq->expect->skipped);
	else
		table_note(t, _("no expectations were given"));
}

static void add_pair(struct table *t, const char *what, const char *value)
{
	if (!value || !*value)
		return;
	table_text(t, _(what));
	table_text(t, value);
}

__attribute__((format(printf, 3, 4))) static void add_pairf(struct table *t, const char *what,
							    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	table_text(t, _(what));
	table_take(t, xvasprintf(format, args));
	va_end(args);
}

static void add_event_count(struct table *t, const struct request *rq)
{
	size_t n = rq->trace->events.n, wanted = 0;

	for (size_t i = 0; rq->narrowed && i < n; i++)
		wanted += request_wants(rq, &rq->trace->events.v[i]);
	if (rq->narrowed)
		add_pairf(t, N_("events"), _("%zu of %zu pass the filter"), wanted, n);
	else
		add_pairf(t, N_("events"), "%zu", n);
}

static void add_counts(struct table *t, const struct request *rq)
{
	const struct trace *trace = rq->trace;
	size_t with_hits = 0;

	for (size_t i = 0; i < trace->points.n; i++)
		with_hits += trace->points.v[i].hits > 0;
	add_pairf(t, N_("hits"), "%lld", (long long)trace->end_hits);
	add_event_count(t, rq);
	add_pairf(t, N_("points"), _("%zu of %zu were hit"), with_hits, trace->points.n);
	add_pairf(t, N_("connections"), "%zu", trace->conns.n);
	if (trace->wires.n) {
		char *frames = trace_frames(trace);

		add_pairf(t, N_("frames"), _("%s at %zu taps; unmatched: %zu"), frames,
			  trace->wires.n, trace->unmatched);
		free(frames);
	}
	if (rq->counters && rq->counters->rows.n)
		add_pairf(t, N_("the kernel's counters"), _("%zu agree, %zu differ, %zu not known"),
			  rq->counters->verdicts[AGREES], rq->counters->verdicts[DIFFERS],
			  rq->counters->verdicts[NOT_KNOWN]);
}

/* How far behind its event a frame left, at most: the plugin engine's clock and the capture's are one, which
 * is the guest's date at power-on. (The gdb engine reads the HPET, which starts later.) */
static void add_lag(struct table *t, const struct trace *trace)
{
	static const int64_t day_ns = 86400 * INT64_C(1000000000);
	int64_t most_ns = 0, least_ns = day_ns;
	size_t count = 0, event = 0;

	for (size_t w = 0;
	     w < trace->wires.n && trace->power_on_ns && text_is(trace->engine, "plugin"); w++)
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++) {
			const struct frame *f = &trace->wires.v[w].frames.v[i];
			int64_t lag_ns;

			if (!f->sent || !f->tx_event)
				continue;
			lag_ns = f->t_ns - trace->power_on_ns -
				 trace->events.v[f->tx_event - 1].t_ns;
			if (!count++ || lag_ns > most_ns) {
				most_ns = lag_ns;
				event = f->tx_event;
			}
			if (lag_ns < least_ns)
				least_ns = lag_ns;
		}
	/* a capture file stamps microseconds: one less is the same */
	if (count && least_ns > -1000 && most_ns < day_ns)
		add_pairf(t, N_("a frame after its event"),
			  _("at most %lld us (event %zu), of %zu frames"),
			  (long long)(most_ns / 1000), event, count);
}

static void add_compared(struct table *t, const struct trace *trace)
{
	char *untraced = cost_untraced(trace), *engines = cost_engines(trace);

	add_pair(t, N_("undisturbed"), untraced);
	add_pair(t, N_("both engines"), engines);
	free(untraced);
	free(engines);
}

static void add_cost(struct table *t, const struct trace *trace)
{
	char *phases = cost_phases(trace);
	double ms = cost_ms_per_hit(trace);

	add_pair(t, N_("wall time"), phases);
	if (ms >= 0)
		add_pairf(t, N_("a hit"), _("%.1f ms of wall time"), ms);
	free(phases);
}

bool stops_move_time(const struct trace *trace)
{
	return text_is(trace->mode, "live") && !text_is(trace->engine, "plugin");
}

void view_summary(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "what", .title = "" },
		{ .key = "value", .title = "" },
	};
	const struct trace *trace = rq->trace;
	struct table *t = DOC_TABLE(doc, "summary", columns, N_("The run"));
	char *stops = cost_stops(trace);

	add_pair(t, N_("lab"), trace->lab);
	add_pair(t, N_("kernel"), trace->release);
	add_pair(t, N_("note"), trace->note);
	add_pair(t, N_("engine"), trace->engine);
	add_pair(t, N_("mode"), trace->mode);
	add_compared(t, trace);
	add_counts(t, rq);
	add_lag(t, trace);
	add_cost(t, trace);
	if (rq->expect)
		add_pairf(t, N_("expectations"), _("%zu held, %zu failed, %zu skipped"),
			  rq->expect->held, rq->expect->failed, rq->expect->skipped);
	add_pair(t, N_("digest of the events"), trace->digest);
	if (request_events(rq) < trace->events.n)
		table_note(t, _("Only the first %zu of %zu events are shown here."),
			   request_events(rq), trace->events.n);
	if (stops_move_time(trace))
		table_note(t,
			   _("Mode live: each stop at a point lets virtual time jump to the next "
			     "timer, so the order is true but the times between events are "
			     "longer than without tracing."));
	if (stops)
		table_note(t, "%s", stops);
	if (trace->problem_count)
		table_note(t, _("This run is damaged; problems: %zu, the first: %s"),
			   trace->problem_count, trace->problems.v[0]);
	free(stops);
}
