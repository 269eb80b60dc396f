// SPDX-License-Identifier: GPL-2.0-or-later
// report.html: the page of report/forms/page/ with the run's data in it; one file, no network.
#include "run/cost.h"
#include "forms/page.h"
#include "base/i18n.h"
#include "types/tell.h"
#include "views/ladder.h"

#include <stdlib.h>
#include <string.h>

/* The page stands in the program as it stands in the file. */
__asm__(".section .rodata\n"
	"page_html: .incbin \"build/page.html\"\n"
	"page_html_end: .balign 8\n"
	"page_html_len: .quad page_html_end - page_html\n"
	".global page_html, page_html_len\n"
	".previous\n");
extern const char page_html[];
extern const uint64_t page_html_len;

static const char data_mark[] = "\"KTREPORT DATA\"";

enum {
	MOST_CALLS = 20000,
	MOST_CONNECTIONS = 500,
};

static const char *const row_kind_names[] = {
	[ROW_STEP] = "step",	 [ROW_NOTE] = "note",	  [ROW_ARROW] = "arrow",
	[ROW_DEPART] = "depart", [ROW_ARRIVE] = "arrive", [ROW_LOST] = "lost",
};

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
			"%s\n{\"kind\":\"%s\",\"t\":%lld,\"node\":%d,\"to\":%d,\"n\":%lld,\"m\":%"
			"lld,",
			i ? "," : "", row_kind_names[row->kind], (long long)row->t_ns, row->node,
			row->to, (long long)row->event->n,
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
		char *client = conn_end(c, false), *server = conn_end(c, true);

		fputs(i ? ",{" : "{", page->out);
		put_member(page->out, "client", client);
		put_member(page->out, "server", server);
		fprintf(page->out, "\"id\":%lld}", (long long)c->id);
		free(server);
		free(client);
	}
	fputs("],\n", page->out);
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
		fputs("\"events\":[", page->out);
		for (size_t e = 0; e < 2 && table_cell(t, i, 2)->events[e]; e++)
			fprintf(page->out, "%s%lld", e ? "," : "",
				(long long)table_cell(t, i, 2)->events[e]);
		fputs("]}", page->out);
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
		expect_run_again(expect, rq->trace, rq->expect);
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
		const struct cell *call = table_cell(t, i, 4);

		fprintf(page->out, "%s[%d,", i ? ",\n" : "\n", call->depth);
		json_put(page->out, call->plain);
		fprintf(page->out, ",%lld,%lld]", (long long)table_cell(t, i, 0)->number,
			(long long)table_cell(t, i, 1)->number);
	}
	fputs("],\n", page->out);
	doc_free(&doc);
}

static void put_run(struct page *page)
{
	const struct trace *trace = page->rq->trace;
	char *link = source_link(trace, "FILE", 0), *frames = trace_frames(trace);

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
	fprintf(page->out, "],\"left_out\":%zu,\"stops_move_time\":%s,\"hits\":%lld,\"frames\":",
		trace->events.n - request_events(page->rq),
		stops_move_time(trace) ? "true" : "false", (long long)trace->end_hits);
	json_put(page->out, frames);
	fprintf(page->out, ",\"taps\":%zu,\"unmatched\":%zu}", trace->wires.n, trace->unmatched);
	free(frames);
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
	put_sources(&page);
	put_facts(&page);
	put_tree(&page);
	put_frames(&page);
	put_walk(&page);
	put_languages(&page);
	put_run(&page);
	fwrite(rest, 1, page_html_len - (size_t)(rest - page_html), out);
	vec_free(&page.stacks);
	vec_free(&page.places);
	vec_free(&page.meanings);
	names_free(page.names);
}
