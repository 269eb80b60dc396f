// SPDX-License-Identifier: GPL-2.0-or-later
// From writes.bin and lines.bin to events.
#include "judge/facts.h"
#include "judge/wrote.h"
#include "base/i18n.h"
#include "lines/source.h"
#include "lines/table.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	struct facts *facts;
	const struct facts_wanted *wanted;
	const struct trace *trace;
	const struct lines_table *table;
	struct shelf shelf;
	VEC(int64_t) icounts; /* of the run's events */
};

static size_t events_before(const struct reader *r, int64_t icount)
{
	size_t low = 0, high = r->icounts.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->icounts.v[middle] <= icount)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Adds an event of this text, which it takes over, and which ends after its own members. */
static void fact_add(struct reader *r, struct str *text, int64_t icount)
{
	size_t behind = events_before(r, icount);
	const struct event *last = behind ? &r->trace->events.v[behind - 1] : NULL;
	struct event ev;
	const char *what;
	char *line;

	str_addf(text, ",\"icount\":%lld,\"n\":%lld,\"t_ns\":%lld}", (long long)icount,
		 (long long)(last ? last->n : 0), (long long)(last ? last->t_ns : 0));
	line = str_take(text);
	*vec_add(&r->facts->texts) = line;
	if (!event_read(&ev, line, strlen(line), r->facts->names, &what))
		*vec_add(&r->facts->list) = (struct fact){ ev, behind };
}

static void member_add(struct str *text, const char *key, const char *value)
{
	if (!value)
		return;
	str_addf(text, ",\"%s\":", key);
	json_quote(text, value);
}

static char *source_of(struct reader *r, const char *path, const char *sum, int line)
{
	const struct source *source = shelf_take(&r->shelf, trace_source(r->trace), path, sum);

	r->facts->lacks_source |= source->state != SOURCE_SAME;
	return source_line(source, line);
}

static bool is_among(const char *name, const char *const *list, size_t n)
{
	while (n && !text_is(name, list[n - 1]))
		n--;
	return n > 0;
}

static void store_add(const struct wrote_row *row, void *data)
{
	struct reader *r = data;
	struct str text = { 0 };
	char *source;

	if (!r->wanted->all_fields &&
	    !is_among(row->field, r->wanted->fields.v, r->wanted->fields.n))
		return;
	source = row->line ? source_of(r, row->path, row->sum, row->line) : NULL;
	str_add(&text, "{\"type\":\"wrote\"");
	member_add(&text, "netns", row->of ? row->of->netns : NULL);
	if (row->of && row->of->conn)
		str_addf(&text, ",\"conn\":%lld", (long long)row->of->conn);
	if (row->packet)
		str_addf(&text, ",\"pkt\":%lld", (long long)row->packet);
	member_add(&text, "fn", row->chain_n ? row->chain[row->chain_n - 1] : NULL);
	member_add(&text, "file", row->line ? row->path : NULL);
	str_addf(&text, ",\"line\":%d", row->line);
	member_add(&text, "field", row->field);
	member_add(&text, "old", row->before);
	member_add(&text, "new", row->after);
	member_add(&text, "source", source ? source + strspn(source, " \t") : NULL);
	str_add(&text, ",\"by\":[");
	for (size_t i = row->chain_n; i-- > 0;) {
		json_quote(&text, row->chain[i]);
		str_add(&text, i ? "," : "");
	}
	str_add(&text, "]");
	fact_add(r, &text, row->icount);
	free(source);
}

static int by_order(const void *one, const void *other)
{
	const struct lines_line *a = one, *b = other;

	return (a->order > b->order) - (a->order < b->order);
}

/* The source of the lines that ran, or of those that did not, a line each. */
static char *lines_said(struct reader *r, const struct lines_call *call, bool ran)
{
	struct str out = { 0 };

	for (size_t i = 0; i < call->lines.n; i++) {
		const struct lines_line *line = &call->lines.v[i];
		char *text;

		if (!line->count == ran)
			continue;
		text = source_of(r, lines_path(r->table, line->file),
				 lines_sum(r->table, line->file), line->line);
		str_addf(&out, "%s\n", text ? text + strspn(text, " \t") : "");
		free(text);
	}
	return str_take(&out);
}

static bool call_add(const struct ran_call *ran, void *data)
{
	struct reader *r = data;
	struct lines_call call;
	struct str text = { 0 };
	char *lines, *missed;

	if (lines_of(r->table, ran, &call) &&
	    (r->wanted->all_functions ||
	     is_among(call.name, r->wanted->functions.v, r->wanted->functions.n))) {
		qsort(call.lines.v, call.lines.n, sizeof(call.lines.v[0]), by_order);
		lines = lines_said(r, &call, true);
		missed = lines_said(r, &call, false);
		str_add(&text, "{\"type\":\"ran\"");
		member_add(&text, "fn", call.name);
		member_add(&text, "file", lines_path(r->table, call.file));
		member_add(&text, "lines", lines);
		member_add(&text, "missed", missed);
		fact_add(r, &text, ran->enter);
		free(lines);
		free(missed);
	}
	lines_call_free(&call);
	return true;
}

static int by_time(const void *one, const void *other)
{
	const struct fact *a = one, *b = other;
	int64_t at = event_int(&a->ev, "icount", 0), bt = event_int(&b->ev, "icount", 0);

	return (at > bt) - (at < bt);
}

static char *all_read(struct reader *r)
{
	char *why = wrote_walk(r->trace, "*", NULL, store_add, r), *damaged = NULL;
	struct lines_table *table = why ? NULL : lines_table_open(r->trace->folder, &damaged);

	r->table = table;
	if (why || !table)
		return why ? why : damaged ? damaged : ran_end_said(RAN_NONE);
	why = ran_end_said(ran_walk(r->trace->folder, call_add, r));
	lines_table_close(table);
	if (r->facts->list.n)
		qsort(r->facts->list.v, r->facts->list.n, sizeof(struct fact), by_time);
	return why;
}

struct facts *facts_open(const struct trace *trace, const struct facts_wanted *wanted, char **why)
{
	struct reader r = { .trace = trace, .wanted = wanted };

	r.facts = xcalloc(1, sizeof(*r.facts));
	r.facts->names = names_new();
	for (size_t i = 0; i < trace->events.n; i++)
		*vec_add(&r.icounts) = event_int(&trace->events.v[i], "icount", 0);
	*why = all_read(&r);
	vec_free(&r.icounts);
	shelf_free(&r.shelf);
	if (!*why)
		return r.facts;
	facts_close(r.facts);
	return NULL;
}

void facts_close(struct facts *facts)
{
	if (!facts)
		return;
	for (size_t i = 0; i < facts->texts.n; i++)
		free(facts->texts.v[i]);
	vec_free(&facts->texts);
	vec_free(&facts->list);
	names_free(facts->names);
	free(facts);
}
