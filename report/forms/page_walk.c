// SPDX-License-Identifier: GPL-2.0-or-later
// The page's source and objects: which lines ran in each call that has an event, and who changed which field.
#include "forms/page.h"
#include "lines/source.h"
#include "lines/table.h"
#include "judge/wrote.h"

#include <stdlib.h>
#include <string.h>

enum {
	MOST_WRITES = 50000,
	MOST_CALLS = 5000,
};

/* What is told of a store is told again by its number. */
struct texts {
	struct names *names;
	VEC(const char *) list;
};

static size_t text_number(struct texts *texts, const char *text)
{
	const char *name = names_get(texts->names, text, strlen(text));
	size_t i = texts->list.n;

	/* what was told last is told again most often */
	while (i > 0 && texts->list.v[i - 1] != name)
		i--;
	if (i)
		return i - 1;
	*vec_add(&texts->list) = name;
	return texts->list.n - 1;
}

struct walk {
	struct page *page;
	struct texts objects, fields, whos;
	size_t writes;
	struct shelf shelf;
	/* of the function that is told of */
	const struct lines_table *table;
	VEC(int64_t) functions; /* their numbers in lines.json, as they are met */
	VEC(struct lines_call) kept; /* a call of each */
	VEC(const struct event *) by_icount;
	size_t calls;
};

/*
 * Of packets that have an event, those fields that grow and shrink on their way; nothing of the lookups' results, which
 * live for one call. A store that changes nothing is left out, but for one into a header.
 */
static bool is_shown(const struct wrote_row *row)
{
	static const char *const left_out[] = { "result.", "skb_shared_info.", "napi_gro_cb." };
	static const char *const of_packets[] = { "skb.len", "skb.data", "skb.dev" };

	if (!row->event || (!row->of && !*row->key) ||
	    (!row->in_header && text_is(row->before, row->after)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (starts_with(row->field, left_out[i]))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(of_packets); i++)
		if (text_is(row->field, of_packets[i]))
			return true;
	return !starts_with(row->field, "skb.");
}

/* The functions and the line, as one text of JSON. */
static size_t who_number(struct walk *walk, const struct wrote_row *row)
{
	struct str who = { 0 }, chain = { 0 };
	const struct source *source;
	char *text = NULL;
	size_t number;

	for (size_t i = row->chain_n > 5 ? row->chain_n - 5 : 0; i < row->chain_n; i++)
		str_addf(&chain, "%s%s", chain.len ? " → " : "", row->chain[i]);
	str_add(&who, "[");
	json_quote(&who, str_text(&chain));
	str_add(&who, ",");
	json_quote(&who, row->line ? row->path : "");
	str_addf(&who, ",%d,", row->line);
	if (row->line) {
		source = shelf_take(&walk->shelf, walk->page->rq->source, row->path, row->sum);
		text = source_line(source, row->line);
	}
	json_quote(&who, text ? text + strspn(text, " \t") : "");
	str_add(&who, "]");
	number = text_number(&walk->whos, str_text(&who));
	free(text);
	str_free(&who);
	str_free(&chain);
	return number;
}

/* [NAME, NODE, CONNECTION, PACKET, KEY, NUMBER], as one text of JSON; a packet and its clones are one. */
static size_t object_number(struct walk *walk, const struct wrote_row *row)
{
	struct str text = { 0 };
	size_t number;

	str_add(&text, "[");
	json_quote(&text, row->object);
	str_add(&text, ",");
	json_quote(&text, row->of && row->of->netns ? row->of->netns : "");
	str_addf(&text, ",%lld,%lld,", (long long)(row->of ? row->of->conn : 0),
		 (long long)row->packet);
	json_quote(&text, row->key);
	str_addf(&text, ",%u]", row->packet ? 0 : row->number);
	number = text_number(&walk->objects, str_text(&text));
	str_free(&text);
	return number;
}

static void write_put(const struct wrote_row *row, void *data)
{
	struct walk *walk = data;
	FILE *out = walk->page->out;

	if (walk->writes >= MOST_WRITES || !is_shown(row))
		return;
	fprintf(out, "%s[%lld,%zu,%zu,", walk->writes++ ? ",\n" : "\n", (long long)row->event,
		object_number(walk, row), text_number(&walk->fields, row->field));
	json_put(out, row->before);
	fputs(",", out);
	json_put(out, row->after);
	fprintf(out, ",%zu,%lld]", who_number(walk, row), (long long)row->icount);
}

static void names_put(FILE *out, const char *key, const struct texts *texts, bool plain)
{
	fprintf(out, "],\n\"%s\":[", key);
	for (size_t i = 0; i < texts->list.n; i++) {
		fputs(i ? ",\n" : "\n", out);
		if (plain)
			fputs(texts->list.v[i], out);
		else
			json_put(out, texts->list.v[i]);
	}
}

static void writes_put(struct walk *walk)
{
	FILE *out = walk->page->out;

	fputs("\"writes\":[", out);
	free(wrote_walk(walk->page->rq->trace, "*", NULL, write_put, walk));
	names_put(out, "objects", &walk->objects, true);
	names_put(out, "fields", &walk->fields, false);
	names_put(out, "whos", &walk->whos, true);
	fputs("],\n", out);
}

static int by_icount(const void *one, const void *other)
{
	int64_t a = event_int(*(const struct event *const *)one, "icount", -1),
		b = event_int(*(const struct event *const *)other, "icount", -1);

	return (a > b) - (a < b);
}

/* The event at a function's entry or return; NULL: none. */
static const struct event *event_at(const struct walk *walk, int64_t icount, const char *at,
				    const char *fn)
{
	size_t low = 0, high = walk->by_icount.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (event_int(walk->by_icount.v[middle], "icount", -1) < icount)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < walk->by_icount.n; low++) {
		const struct event *ev = walk->by_icount.v[low];

		if (event_int(ev, "icount", -1) != icount)
			return NULL;
		if (text_is(ev->at, at) && text_is(ev->fn, fn))
			return ev;
	}
	return NULL;
}

/* The place of a call's function among those that are shown. */
static size_t function_number(struct walk *walk, uint32_t function, const struct lines_call *call)
{
	size_t i = 0;

	while (i < walk->functions.n && walk->functions.v[i] != function)
		i++;
	if (i < walk->functions.n)
		return i;
	*vec_add(&walk->functions) = function;
	*vec_add(&walk->kept) = (struct lines_call){ .name = xstrdup(call->name),
						     .file = call->file,
						     .first = call->first,
						     .last = call->last };
	return i;
}

static void lines_put(struct walk *walk, const struct lines_call *call)
{
	bool first = true;

	for (size_t i = 0; i < call->lines.n; i++) {
		const struct lines_line *line = &call->lines.v[i];

		if (line->scope || line->file != call->file || line->line < call->first)
			continue;
		fprintf(walk->page->out, "%s[%d,%u,%zu]", first ? "" : ",", line->line, line->count,
			line->order);
		first = false;
	}
}

static bool call_put(const struct ran_call *ran, void *data)
{
	struct walk *walk = data;
	const struct event *enter, *leave;
	struct lines_call call;

	if (lines_of(walk->table, ran, &call)) {
		enter = event_at(walk, ran->enter, "enter", call.name);
		leave = event_at(walk, ran->leave, "return", call.name);
		if (enter || leave) {
			fprintf(walk->page->out, "%s[%zu,%lld,%lld,%lld,%lld,[",
				walk->calls++ ? ",\n" : "\n",
				function_number(walk, ran->function, &call),
				(long long)(enter ? enter->n : 0),
				(long long)(leave ? leave->n : 0), (long long)ran->enter,
				(long long)ran->leave);
			lines_put(walk, &call);
			fputs("]]", walk->page->out);
		}
	}
	lines_call_free(&call);
	return walk->calls < MOST_CALLS;
}

/* Whether the page has the function's text; if not, why it shows numbers alone. */
static const char *const states[] = {
	[SOURCE_GONE] = "gone",
	[SOURCE_CHANGED] = "changed",
	[SOURCE_SAME] = "same",
};

static void function_put(struct walk *walk, const struct lines_call *call)
{
	FILE *out = walk->page->out;
	const char *path = lines_path(walk->table, call->file);
	const struct source *source = shelf_take(&walk->shelf, walk->page->rq->source, path,
						 lines_sum(walk->table, call->file));

	fputs("{", out);
	put_member(out, "name", call->name);
	put_member(out, "file", path);
	put_member(out, "source", states[source->state]);
	fprintf(out, "\"first\":%d,\"lines\":[", call->first);
	for (int line = call->first, last = source_closing(source, call->last); line <= last;
	     line++) {
		char *text = source_line(source, line);

		fputs(line > call->first ? "," : "", out);
		json_put(out, text ? text : "");
		free(text);
	}
	fputs("]}", out);
}

static void calls_put(struct walk *walk)
{
	const struct trace *trace = walk->page->rq->trace;
	FILE *out = walk->page->out;
	char *damaged = NULL;
	struct lines_table *table = lines_table_open(trace->folder, &damaged);

	walk->table = table;
	for (size_t i = 0; i < request_events(walk->page->rq); i++)
		*vec_add(&walk->by_icount) = &trace->events.v[i];
	if (walk->by_icount.n)
		qsort(walk->by_icount.v, walk->by_icount.n, sizeof(walk->by_icount.v[0]),
		      by_icount);
	fputs("\"calls\":[", out);
	if (table)
		ran_walk(trace->folder, call_put, walk);
	fputs("],\n\"functions\":[", out);
	for (size_t i = 0; i < walk->kept.n; i++) {
		fputs(i ? ",\n" : "\n", out);
		function_put(walk, &walk->kept.v[i]);
		free(walk->kept.v[i].name);
	}
	fputs("],\n", out);
	lines_table_close(table);
	free(damaged);
}

static void texts_free(struct texts *texts)
{
	names_free(texts->names);
	vec_free(&texts->list);
}

void put_walk(struct page *page)
{
	struct walk walk = { .page = page };

	walk.objects.names = names_new();
	walk.fields.names = names_new();
	walk.whos.names = names_new();
	calls_put(&walk);
	writes_put(&walk);
	texts_free(&walk.objects);
	texts_free(&walk.fields);
	texts_free(&walk.whos);
	vec_free(&walk.functions);
	vec_free(&walk.kept);
	vec_free(&walk.by_icount);
	shelf_free(&walk.shelf);
}
