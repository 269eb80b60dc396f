// SPDX-License-Identifier: GPL-2.0-or-later
// report.html: the page of report/forms/page.html with the run's data in it; one file, no network.
#include "run/cost.h"
#include "forms/form.h"
#include "base/i18n.h"
#include "views/ladder.h"
#include "types/tell.h"
#include "types/story.h"

#include <stdlib.h>
#include <string.h>

/* The page stands in the program as it stands in the file. */
__asm__(".section .rodata\n"
	"page_html: .incbin \"report/forms/page.html\"\n"
	"page_html_end: .balign 8\n"
	"page_html_len: .quad page_html_end - page_html\n"
	".global page_html, page_html_len\n"
	".previous\n");
extern const char page_html[];
extern const uint64_t page_html_len;

static const char data_mark[] = "\"KTREPORT DATA\"";

struct page {
	FILE *out;
	const struct request *rq;
	struct names *names;
	VEC(const char *) stacks; /* each text once */
	VEC(const struct meaning *) meanings; /* that an event of this run has */
	VEC(const char *) places; /* "file:line" whose source is wanted */
};

/* JSON as it stands in the event; "<" only occurs in strings, and must not end the script. */
static void put_raw(FILE *out, const char *p, const char *end)
{
	for (; p < end; p++)
		if (*p == '<')
			fputs("\\u003c", out);
		else
			fputc(*p, out);
}

static void put_member(FILE *out, const char *key, const char *value)
{
	fprintf(out, "\"%s\":", key);
	json_put(out, value);
	fputc(',', out);
}

/* ---- stacks, each once ---- */

static size_t stack_index(struct page *page, struct json stack)
{
	const char *text = names_get(page->names, stack.p, (size_t)(stack.end - stack.p));
	size_t near = page->stacks.n < 64 ? page->stacks.n : 64;

	for (size_t i = 0; i < near; i++)
		if (page->stacks.v[page->stacks.n - 1 - i] == text)
			return page->stacks.n - 1 - i;
	for (size_t i = 0; i < page->stacks.n; i++)
		if (page->stacks.v[i] == text)
			return i;
	*vec_add(&page->stacks) = text;
	return page->stacks.n - 1;
}

/* ---- meanings, each once ---- */

static int meaning_index(struct page *page, const struct meaning *meaning)
{
	size_t i = 0;

	if (!meaning)
		return -1;
	while (i < page->meanings.n && page->meanings.v[i] != meaning)
		i++;
	if (i == page->meanings.n)
		*vec_add(&page->meanings) = meaning;
	return (int)i;
}

static void put_event(struct page *page, const struct event *ev)
{
	struct json stack = event_get(ev, "stack");
	char *options = event_options(ev);
	const char *end = ev->text + ev->len;

	fputs("{\"_options\":", page->out);
	json_put(page->out, options);
	fprintf(page->out, ",\"_meaning\":%d", meaning_index(page, meaning_of(ev)));
	fprintf(page->out, ",\"_peer\":%zu,\"_story\":%d,", ev->peer, story_index(ev));
	if (stack.kind == JSON_ARRAY) {
		put_raw(page->out, ev->text + 1, stack.p);
		fprintf(page->out, "%zu", stack_index(page, stack));
		put_raw(page->out, stack.end, end);
	} else {
		put_raw(page->out, ev->text + 1, end);
	}
	free(options);
}

static void put_events(struct page *page)
{
	const struct trace *trace = page->rq->trace;
	bool first = true;

	fputs("\"events\":[", page->out);
	for (size_t i = 0; i < request_events(page->rq); i++) {
		fputs(first ? "\n" : ",\n", page->out);
		put_event(page, &trace->events.v[i]);
		first = false;
	}
	fputs("],\n\"stacks\":[", page->out);
	for (size_t i = 0; i < page->stacks.n; i++) {
		const char *text = page->stacks.v[i];

		fputs(i ? ",\n" : "\n", page->out);
		put_raw(page->out, text, text + strlen(text));
	}
	fputs("],\n", page->out);
}

/* ---- source lines ---- */

enum {
	AROUND = 2,
	MOST_PLACES = 5000,
	MOST_CALLS = 20000,
	MOST_CONNECTIONS = 500,
};

static void want_places(struct page *page)
{
	struct json_iter it;
	struct json frame;

	for (size_t i = 0; i < page->stacks.n; i++) {
		json_parse(page->stacks.v[i], strlen(page->stacks.v[i]), &frame);
		for (it = json_iter(frame); json_next(&it);) {
			char *file = json_dup(json_path(it.value, "file"));
			int64_t line = 0;
			char *place;
			const char *name;
			size_t known = 0;

			if (file && json_int(json_path(it.value, "line"), &line)) {
				place = xasprintf("%s:%lld", file, (long long)line);
				name = names_get(page->names, place, strlen(place));
				while (known < page->places.n && page->places.v[known] != name)
					known++;
				if (known == page->places.n && known < MOST_PLACES)
					*vec_add(&page->places) = name;
				free(place);
			}
			free(file);
		}
	}
}

/* Only files inside of the source folder: the names come from the events. */
static FILE *open_source(const char *folder, const char *place, long *line)
{
	const char *colon = strrchr(place, ':');
	char *path;
	FILE *file;

	if (!colon || *place == '/' || strstr(place, "..") || !source_is_plain(place))
		return NULL;
	*line = strtol(colon + 1, NULL, 10);
	path = xasprintf("%s/%.*s", folder, (int)(colon - place), place);
	file = fopen(path, "r");
	free(path);
	return file;
}

static bool put_source(struct page *page, const char *place, bool first)
{
	char text[512];
	long line = 0;
	FILE *file = open_source(page->rq->source, place, &line);

	if (!file)
		return false;
	fputs(first ? "\n" : ",\n", page->out);
	json_put(page->out, place);
	fprintf(page->out, ":{\"from\":%ld,\"lines\":[", line > AROUND ? line - AROUND : 1);
	first = true;
	for (long n = 1; n <= line + AROUND && fgets(text, sizeof(text), file); n++) {
		text[strcspn(text, "\r\n")] = '\0';
		if (n < line - AROUND)
			continue;
		fputs(first ? "" : ",", page->out);
		json_put(page->out, text);
		first = false;
	}
	fputs("]}", page->out);
	fclose(file);
	return true;
}

static void put_sources(struct page *page)
{
	size_t found = 0;

	fputs("\"sources\":{", page->out);
	for (size_t i = 0; page->rq->source && i < page->places.n; i++)
		found += put_source(page, page->places.v[i], found == 0);
	fputs("},\n", page->out);
}

/* ---- the rest ---- */

static void put_ladder(struct page *page)
{
	struct ladder *ladder = ladder_new(page->rq);
	FILE *out = page->out;

	fputs("\"columns\":[", out);
	for (size_t i = 0; i < ladder->nodes.n; i++) {
		const struct node *node = trace_node(page->rq->trace, ladder->nodes.v[i]);

		fputs(i ? ",{" : "{", out);
		put_member(out, "address", node ? node->address : NULL);
		fputs("\"name\":", out);
		json_put(out, ladder->nodes.v[i]);
		fputs("}", out);
	}
	fprintf(out, "],\n\"zero_ns\":%lld,\n\"rows\":[", (long long)ladder->zero_ns);
	for (size_t i = 0; i < ladder->rows.n; i++) {
		const struct ladder_row *row = &ladder->rows.v[i];

		fprintf(out,
			"%s\n{\"kind\":%d,\"t\":%lld,\"node\":%d,\"to\":%d,\"n\":%lld,\"m\":%lld,",
			i ? "," : "", row->kind, (long long)row->t_ns, row->node, row->to,
			(long long)row->event->n,
			(long long)(row->received ? row->received->n : 0));
		put_member(out, "by", row->by);
		put_member(out, "at", row->at);
		fputs("\"detail\":", out);
		json_put(out, row->detail);
		fputs("}", out);
	}
	fputs("],\n", out);
	ladder_free(ladder);
}

static void put_connections(struct page *page)
{
	const struct trace *trace = page->rq->trace;

	fputs("\"conns\":[", page->out);
	for (size_t i = 0; i < trace->conns.n && i < MOST_CONNECTIONS; i++) {
		const struct conn *c = &trace->conns.v[i];

		fputs(i ? ",{" : "{", page->out);
		put_member(page->out, "client", c->client_addr);
		put_member(page->out, "server", c->server_addr);
		fprintf(page->out, "\"id\":%lld,\"client_port\":%lld,\"server_port\":%lld}",
			(long long)c->id, (long long)c->client_port, (long long)c->server_port);
	}
	fputs("],\n", page->out);
}

/* The numbers of the events that say so, as they stand in the cell. */
static void put_numbers(FILE *out, const char *text)
{
	fputc('[', out);
	for (const char *p = text ? text : ""; *p; p++)
		fputc(*p == ' ' ? ',' : *p, out);
	fputc(']', out);
}

static void put_answers(struct page *page)
{
	struct doc doc = { 0 };
	const struct table *t;

	view_answers(&doc, page->rq);
	t = &doc.tables.v[0];
	fputs("\"answers\":[", page->out);
	for (size_t i = 0; i < table_rows(t); i++) {
		fputs(i ? ",\n{" : "\n{", page->out);
		put_member(page->out, "question", table_cell(t, i, 0)->text);
		put_member(page->out, "answer", table_cell(t, i, 1)->text);
		fputs("\"events\":", page->out);
		put_numbers(page->out, table_cell(t, i, 2)->text);
		fputs("}", page->out);
	}
	fputs("],\n\"more_answers\":[", page->out);
	for (size_t i = 0; i < t->notes.n; i++) {
		fputs(i ? "," : "", page->out);
		json_put(page->out, t->notes.v[i]);
	}
	fputs("],\n", page->out);
	doc_free(&doc);
}

static void put_checks(struct page *page, const struct expect *expect)
{
	static const char *const words[] = {
		[HELD] = "held", [FAILED] = "failed", [SKIPPED] = "skipped"
	};

	fputs("\"checks\":[", page->out);
	for (size_t i = 0; expect && i < expect->list.n; i++) {
		const struct expectation *e = &expect->list.v[i];

		fputs(i ? ",\n{" : "\n{", page->out);
		put_member(page->out, "verdict", words[e->verdict]);
		put_member(page->out, "why", e->why);
		fprintf(page->out, "\"line\":%zu,\"events\":[", e->line);
		for (size_t k = 0, some = 0; k < e->items.n; k++)
			if (e->items.v[k].found && !e->items.v[k].counts)
				fprintf(page->out, "%s%lld", some++ ? "," : "",
					(long long)e->items.v[k].found->n);
		fputs("],\"sentence\":", page->out);
		json_put(page->out, e->sentence);
		fputs("}", page->out);
	}
	fputs("],\n", page->out);
}

static void put_points(struct page *page)
{
	const struct trace *trace = page->rq->trace;

	fputs("\"points\":[", page->out);
	for (size_t i = 0; i < trace->points.n; i++) {
		const struct point *p = &trace->points.v[i];
		char *note = point_note(p);

		fputs(i ? ",\n{" : "\n{", page->out);
		put_member(page->out, "name", p->name);
		put_member(page->out, "fn", p->fn);
		put_member(page->out, "as", p->as);
		put_member(page->out, "note", note);
		fprintf(page->out, "\"hits\":%lld,\"events\":%lld,\"duplicates\":%lld}",
			(long long)p->hits, (long long)p->events, (long long)p->duplicates);
		free(note);
	}
	fputs("],\n", page->out);
}

static void put_meanings(struct page *page)
{
	fputs("\"meanings\":[", page->out);
	for (size_t i = 0; i < page->meanings.n; i++) {
		fputs(i ? ",\n{" : "\n{", page->out);
		put_member(page->out, "source", page->meanings.v[i]->source);
		fputs("\"text\":", page->out);
		json_put(page->out, _(page->meanings.v[i]->text));
		fputs("}", page->out);
	}
	fputs("],\n", page->out);
}

/* The page's own words, as they stand in report/forms/page.html. */
static const char *const words[] = {
	N_("(inlined)"),
	N_("(on its way)"),
	N_("A here"),
	N_("Answers"),
	N_("B here"),
	N_("B − A = {time} of virtual time, {n} events"),
	N_("Calls"),
	N_("Choose an event and set A; choose another and set B (keys a and b)."),
	N_("Click a row, or walk with the arrow keys, Home, End, Page keys, j and k: the panel "
	   "shows the event, its stack and its fields."),
	N_("Enter: the next one"),
	N_("Events"),
	N_("Expectations"),
	N_("Instructions with all that was called below, and the function's own. Open a call to "
	   "see what it called."),
	N_("Ladder"),
	N_("Layers"),
	N_("Layers that a packet went through"),
	N_("Mode live: each stop at a point moves virtual time on to the next timer. The "
	   "order is true; the times between events are longer than without tracing."),
	N_("Neighbours"),
	N_("Neighbours over time"),
	N_("Points"),
	N_("Routes"),
	N_("Routes: how each was found"),
	N_("Seconds of virtual time, from the first segment if there is one. Flags: S SYN, . ACK, "
	   "P push, F FIN, R reset. Dotted: still on its way."),
	N_("The kernel’s source was not at hand: stacks show places without their lines."),
	N_("The tree of calls"),
	N_("The last {n} events are left out of this page."),
	N_("Timeline"),
	N_("Wheel, or the keys + and -: closer and wider. Drag: from here to there. A click "
	   "chooses."),
	N_("all held"),
	N_("all connections"),
	N_("all kinds"),
	N_("all of it"),
	N_("as"),
	N_("by event, not by time"),
	N_("close"),
	N_("connection"),
	N_("copy: GDB at this event"),
	N_("damaged: {problem}"),
	N_("decides"),
	N_("down to the wire"),
	N_("event {n}"),
	N_("events"),
	N_("failed"),
	N_("fields"),
	N_("for {who}"),
	N_("held"),
	N_("hits"),
	N_("inside of: "),
	N_("key a"),
	N_("key b"),
	N_("key p; left and right: the next part; Esc: the end"),
	N_("key 0"),
	N_("key: to {dst} from {src}, why: {purpose}"),
	N_("kind of event"),
	N_("ladder"),
	N_("no expectations"),
	N_("no expectations were given"),
	N_("no neighbour changed its state"),
	N_("no node"),
	N_("no packet in this run"),
	N_("no prefix fits ({error})"),
	N_("no route was looked up, or it was not watched"),
	N_("no rules but the kernel’s own; tables in the order in which they were "
	   "searched"),
	N_("no table was searched: the answer was kept from before"),
	N_("on the CPU: {who}"),
	N_("only from A to B"),
	N_("other end: "),
	N_("point"),
	N_("present"),
	N_("questions that no event of this run answers: {n}"),
	N_("rule {pref}"),
	N_("search events"),
	N_("the longest prefix that fits is a route of the type {type} ({error})"),
	N_("the same again ({n}): "),
	N_("words, or field=value"),
	N_("sections"),
	N_("skipped"),
	N_("stack, innermost first"),
	N_("step {name}"),
	N_("table {name}"),
	N_("the chosen event"),
	N_("twice"),
	N_("up from the wire"),
	N_("watched at"),
	N_("what was interrupted:"),
	N_("{context} in its own thread {who}"),
	N_("{context}: {who} was on the CPU and was interrupted"),
	N_("{hits} hits, {events} events, engine {engine}, mode {mode}; {tcp} TCP and "
	   "{arp} ARP frames at {taps} taps, {unmatched} unmatched"),
	N_("{lab} on Linux {release}"),
	N_("{n} failed"),
	N_("{n} of {all} events"),
	N_("{n} routes were looked up; the search has none of them"),
	N_("{packet} (choose another packet in the ladder)"),
	N_("{type} in {fn}() on {node}, {time} s"),
	N_("✓ longest prefix, taken"),
};

static void put_words(struct page *page)
{
	put_member(page->out, "code", _("en"));
	fputs("\"words\":{", page->out);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		fputs(i ? "," : "", page->out);
		json_put(page->out, words[i]);
		fputs(":", page->out);
		json_put(page->out, _(words[i]));
	}
	fputs("},\n", page->out);
}

/* ---- what is said, once in each language ---- */

static void put_texts(struct page *page)
{
	const struct trace *trace = page->rq->trace;
	struct ladder *ladder = ladder_new(page->rq);

	fputs("\"texts\":[", page->out);
	for (size_t i = 0; i < request_events(page->rq); i++) {
		const struct event *ev = &trace->events.v[i];
		char *sentence = event_sentence(trace, ev);

		fputs(i ? ",\n" : "\n", page->out);
		json_put(page->out, sentence && *sentence ? sentence : ev->fn ? ev->fn : ev->type);
		free(sentence);
	}
	fputs("],\n\"row_texts\":[", page->out);
	for (size_t i = 0; i < ladder->rows.n; i++) {
		fputs(i ? ",\n" : "\n", page->out);
		json_put(page->out, ladder->rows.v[i].text);
	}
	fputs("],\n", page->out);
	ladder_free(ladder);
}

static void put_tree_notes(struct page *page)
{
	struct doc doc = { 0 };
	const struct table *t;

	view_tree(&doc, page->rq);
	t = &doc.tables.v[0];
	table_cut(&doc.tables.v[0], MOST_CALLS);
	fputs("\"tree_notes\":[", page->out);
	for (size_t i = 0; table_rows(t) && i < t->notes.n; i++) {
		fputs(i ? "," : "", page->out);
		json_put(page->out, t->notes.v[i]);
	}
	fputs("]", page->out);
	doc_free(&doc);
}

/* The expectations were read in one language: for the other they are read again. */
static struct expect *expect_again(const struct request *rq)
{
	char *error = NULL;
	struct expect *expect = rq->expect ? expect_open(rq->expect->path, &error) : NULL;

	free(error);
	if (expect)
		expect_run(expect, rq->trace);
	return expect;
}

static void put_language(struct page *page)
{
	char *stops = cost_stops(page->rq->trace);
	struct expect *expect = expect_again(page->rq);

	fputs("{", page->out);
	put_words(page);
	put_texts(page);
	put_answers(page);
	put_checks(page, expect ? expect : page->rq->expect);
	put_points(page);
	put_meanings(page);
	put_member(page->out, "stops", stops);
	put_tree_notes(page);
	fputs("}", page->out);
	if (expect)
		expect_free(expect);
	free(stops);
}

/* The one that was asked for first. */
static void put_languages(struct page *page)
{
	bool chinese = i18n_is_chinese();

	fputs("\"languages\":[", page->out);
	put_language(page);
	if (i18n_speak(!chinese)) {
		fputs(",\n", page->out);
		put_language(page);
	}
	i18n_speak(chinese);
	fputs("],\n", page->out);
}

/* The tree of calls: depth, name, instructions with those below, and its own. */
static void put_tree(struct page *page)
{
	struct doc doc = { 0 };
	const struct table *t;

	view_tree(&doc, page->rq);
	t = &doc.tables.v[0];
	table_cut(&doc.tables.v[0], MOST_CALLS);
	fputs("\"tree\":[", page->out);
	for (size_t i = 0; i < table_rows(t); i++) {
		const char *call = table_cell(t, i, 4)->text;
		size_t indent = strspn(call, " ");

		fprintf(page->out, "%s[%zu,", i ? ",\n" : "\n", indent / 2);
		json_put(page->out, call + indent);
		fprintf(page->out, ",%lld,%lld]", (long long)table_cell(t, i, 0)->number,
			(long long)table_cell(t, i, 1)->number);
	}
	fputs("],\n", page->out);
	doc_free(&doc);
}

/* The types of this run: what they look like, and whether they are a packet's on its way out or in. */
static void put_types(struct page *page)
{
	static const char *const ways[] = { [WAY_NONE] = NULL, [WAY_OUT] = "out", [WAY_IN] = "in" };
	const struct event_type *type;

	fputs("\"types\":{", page->out);
	for (size_t i = 0; (type = type_at(i)); i++) {
		fputs(i ? ",\n" : "\n", page->out);
		json_put(page->out, type->name);
		fputs(":{", page->out);
		put_member(page->out, "ink", ink_name(type->ink));
		fputs("\"way\":", page->out);
		json_put(page->out, ways[type->way]);
		fputc('}', page->out);
	}
	fputs("},\n", page->out);
}

static void put_layers(struct page *page)
{
	fputs("\"layers\":[", page->out);
	for (size_t i = 0; layers[i].prefix; i++)
		fprintf(page->out, "%s[\"%s\",\"%s\"]", i ? "," : "", layers[i].prefix,
			layers[i].name);
	fputs("],\n", page->out);
}

static void put_run(struct page *page)
{
	const struct trace *trace = page->rq->trace;
	char *link = source_link(trace, "FILE", 0);

	put_member(page->out, "lab", trace->lab);
	put_member(page->out, "release", trace->release);
	put_member(page->out, "engine", trace->engine);
	put_member(page->out, "mode", trace->mode);
	put_member(page->out, "note", trace->note);
	put_member(page->out, "digest", trace->digest);
	put_member(page->out, "link", link);
	fputs("\"problems\":[", page->out);
	for (size_t i = 0; i < trace->problems.n; i++) {
		fputs(i ? "," : "", page->out);
		json_put(page->out, trace->problems.v[i]);
	}
	fprintf(page->out,
		"],\"left_out\":%zu,\"hits\":%lld,\"frames_tcp\":%zu,\"frames_arp\":%zu,\"taps\":%"
		"zu,"
		"\"unmatched\":%zu}",
		trace->events.n - request_events(page->rq), (long long)trace->end_hits,
		trace->frames_tcp, trace->frames_arp, trace->wires.n, trace->unmatched);
	free(link);
}

void form_html(FILE *out, const struct request *rq)
{
	const char *mark = memmem(page_html, page_html_len, data_mark, sizeof(data_mark) - 1);
	const char *rest = mark + sizeof(data_mark) - 1;
	struct page page = { .out = out, .rq = rq, .names = names_new() };

	fwrite(page_html, 1, (size_t)(mark - page_html), out);
	fputs("{", out);
	put_ladder(&page);
	put_connections(&page);
	put_events(&page);
	want_places(&page);
	put_sources(&page);
	put_types(&page);
	put_layers(&page);
	put_tree(&page);
	put_languages(&page);
	put_run(&page);
	fwrite(rest, 1, page_html_len - (size_t)(rest - page_html), out);
	vec_free(&page.stacks);
	vec_free(&page.places);
	vec_free(&page.meanings);
	names_free(page.names);
}
