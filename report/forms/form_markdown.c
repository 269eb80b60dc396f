// SPDX-License-Identifier: GPL-2.0-or-later
// report.md: a report that a forge renders, with the ladder as a Mermaid diagram.
#include "forms/form.h"
#include "base/i18n.h"
#include "types/tell.h"
#include "views/ladder.h"

#include <stdlib.h>
#include <string.h>

enum {
	MOST_CALLS = 2000,
	/* What a forge shows of one file: GitHub cuts a README at 500 KiB ("About READMEs" in its documentation), and
	 * takes 1 MiB as a job's summary. */
	MOST_BYTES = 500 * 1024,
	ENDING_BYTES = 1024, /* that stay for the sentence that says so */
};

/* The report as it grows: a part that does not fit is left out whole. */
struct parts {
	FILE *out;
	size_t bytes, left_out;
};

struct part {
	FILE *file;
	char *text;
	size_t len;
};

static FILE *part_begin(struct part *part)
{
	*part = (struct part){ 0 };
	part->file = xopen_memstream(&part->text, &part->len);
	return part->file;
}

static void part_end(struct parts *parts, struct part *part)
{
	fclose(part->file);
	if (parts->bytes + part->len > MOST_BYTES - ENDING_BYTES) {
		parts->left_out++;
	} else {
		fwrite(part->text, 1, part->len, parts->out);
		parts->bytes += part->len;
	}
	free(part->text);
}

/* Within a table's cell: no '|', no markup, no line's end. */
static void put_cell(FILE *out, const char *text)
{
	struct str safe = { 0 };

	escape_markup(&safe, text);
	for (const char *p = str_text(&safe); *p; p++) {
		if (strchr("|\\`*_[]", *p))
			fputc('\\', out);
		fputc(*p, out);
	}
	str_free(&safe);
}

static void put_table(FILE *out, const struct table *t)
{
	char number[24];

	fprintf(out, "\n### %s\n\n", _(t->title));
	for (size_t c = 0; table_rows(t) && c < t->width; c++)
		fprintf(out, "| %s ", _(t->columns[c].title));
	for (size_t c = 0; table_rows(t) && c < t->width; c++)
		fputs(c ? " --- |" : "|\n| --- |", out);
	for (size_t i = 0; i < table_rows(t); i++)
		for (size_t c = 0; c < t->width; c++) {
			fputs(c ? " | " : "\n| ", out);
			put_cell(out, cell_text(table_cell(t, i, c), number));
		}
	fputs(table_rows(t) ? " |\n" : "", out);
	for (size_t i = 0; i < t->notes.n; i++) {
		fputs("\n", out);
		put_cell(out, t->notes.v[i]);
		fputs("\n", out);
	}
}

static void put_view(FILE *out, const char *name, const struct request *rq)
{
	struct doc doc = { 0 };

	view_find(name)->fill(&doc, rq);
	for (size_t i = 0; i < doc.tables.n; i++)
		put_table(out, &doc.tables.v[i]);
	doc_free(&doc);
}

/* Mermaid's own signs become its entities. */
static void put_mermaid(FILE *out, const char *text)
{
	struct str safe = { 0 };

	text_safe(&safe, text ? text : "", true);
	for (const char *p = str_text(&safe); *p; p++) {
		if (strchr("#;<>{}\"%", *p))
			fprintf(out, "#%d;", *p);
		else
			fputc(*p, out);
	}
	str_free(&safe);
}

static void put_note(FILE *out, int node, const char *text)
{
	if (node < 0)
		return;
	fprintf(out, "  Note over n%d: ", node);
	put_mermaid(out, text);
	fputc('\n', out);
}

static void put_arrow(FILE *out, const struct ladder_row *row)
{
	if (row->node < 0)
		return;
	fprintf(out, "  n%d%sn%d: ", row->node, row->kind == ROW_LOST ? "-x" : "->>",
		row->to < 0 ? row->node : row->to);
	put_mermaid(out, row->text);
	fputc('\n', out);
}

/* An arrow of Mermaid's takes no time: what waits is drawn where it arrives. */
static void put_diagram_row(FILE *out, const struct ladder_row *row)
{
	char *leaving;

	switch (row->kind) {
	case ROW_STEP:
		break;
	case ROW_NOTE:
		put_note(out, row->node, row->text);
		break;
	case ROW_DEPART:
		leaving = xasprintf(_("%s (on its way)"), row->text);
		put_note(out, row->node, leaving);
		free(leaving);
		break;
	case ROW_ARROW:
	case ROW_ARRIVE:
	case ROW_LOST:
		put_arrow(out, row);
		break;
	}
}

static void put_diagram(FILE *out, const struct request *rq)
{
	struct ladder *ladder = ladder_new(rq);

	fprintf(out, "\n## %s\n\n```mermaid\nsequenceDiagram\n", _("Ladder"));
	for (size_t i = 0; i < ladder->nodes.n; i++) {
		fprintf(out, "  participant n%zu as ", i);
		put_mermaid(out, ladder->nodes.v[i]);
		fputc('\n', out);
	}
	for (size_t i = 0; i < ladder->rows.n; i++)
		put_diagram_row(out, &ladder->rows.v[i]);
	fputs("```\n", out);
	ladder_free(ladder);
}

static void put_block(FILE *out, const struct doc *doc)
{
	const struct style style = { .width = 160, .utf8 = true };

	fputs("\n```text\n", out);
	form_text(out, doc, &style);
	fputs("```\n", out);
}

static void put_calls(FILE *out, const struct request *rq)
{
	struct doc doc = { 0 };

	view_calls(&doc, rq);
	fprintf(out, "\n## %s\n", _("Calls"));
	put_block(out, &doc);
	doc_free(&doc);
}

/* The tree that TREE=FUNCTION followed, if it did. */
static void put_tree(FILE *out, const struct request *rq)
{
	struct doc doc = { 0 };

	view_tree(&doc, rq);
	table_cut(&doc.tables.v[0], MOST_CALLS);
	if (table_rows(&doc.tables.v[0])) {
		fprintf(out, "\n<details><summary>%s</summary>\n", _("The tree of calls"));
		put_block(out, &doc);
		fputs("\n</details>\n", out);
	}
	doc_free(&doc);
}

static void put_frame(FILE *out, const struct trace *trace, struct json frame)
{
	char *fn = json_dup(json_path(frame, "fn"));
	char *file = json_dup(json_path(frame, "file"));
	int64_t line = 0;
	char *link;

	json_int(json_path(frame, "line"), &line);
	link = source_link(trace, file, line);
	fputs("- ", out);
	put_cell(out, fn ? fn : "?");
	if (file) {
		fputs(link ? " [" : " ", out);
		put_cell(out, file);
		fprintf(out, ":%lld", (long long)line);
		if (link)
			fprintf(out, "](%s)", link);
	}
	fputs(json_true(json_path(frame, "inlined")) ? _(" (inlined)") : "", out);
	fputc('\n', out);
	free(link);
	free(file);
	free(fn);
}

static bool has_stack_of_interest(const struct event *ev)
{
	return ev->kind == EV_TCP_TX || ev->kind == EV_TCP_STATE || ev->kind == EV_ARP_TX ||
	       ev->kind == EV_CONN_QUEUE || (ev->kind == EV_CALL && text_is(ev->at, "enter"));
}

static void put_stacks(struct parts *parts, const struct request *rq)
{
	fprintf(parts->out, "\n## %s\n", _("Call stacks"));
	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];
		struct json_iter it = json_iter(event_get(ev, "stack"));
		char *sentence, *name;
		struct part part;
		FILE *out;

		if (!has_stack_of_interest(ev) || !request_wants(rq, ev))
			continue;
		out = part_begin(&part);
		sentence = event_sentence(rq->trace, ev);
		name = xasprintf(_("event %lld"), (long long)ev->n);
		fprintf(out, "\n<details><summary>%s, ", name);
		put_cell(out, ev->netns ? ev->netns : "-");
		fputs(": ", out);
		put_cell(out, sentence ? sentence : ev->type);
		fputs("</summary>\n\n", out);
		while (json_next(&it))
			put_frame(out, rq->trace, it.value);
		fputs("\n</details>\n", out);
		part_end(parts, &part);
		free(name);
		free(sentence);
	}
}

static void put_title(FILE *out, const struct request *rq)
{
	char *title = xasprintf(_("%s on Linux %s"), rq->trace->lab ? rq->trace->lab : _("a lab"),
				rq->trace->release ? rq->trace->release : "?");

	fputs("# ", out);
	put_cell(out, title);
	fputc('\n', out);
	free(title);
	put_view(out, "summary", rq);
	put_view(out, "answers", rq);
	if (programs_any(rq))
		put_view(out, "programs", rq);
}

void form_markdown(FILE *out, const struct request *rq)
{
	static const char *const names[] = { "checks",	  "explain", "segments",   "states",
					     "queues",	  "routes",  "neighbours", "syscalls",
					     "functions", "wire",    "points" };
	static void (*const before[])(FILE *, const struct request *) = { put_title, put_diagram };
	static void (*const after[])(FILE *, const struct request *) = { put_calls, put_tree };
	struct parts parts = { .out = out };
	struct part part;

	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		before[i](part_begin(&part), rq);
		part_end(&parts, &part);
	}
	fprintf(out, "\n## %s\n", _("Tables"));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		put_view(part_begin(&part), names[i], rq);
		part_end(&parts, &part);
	}
	for (size_t i = 0; i < ARRAY_SIZE(after); i++) {
		after[i](part_begin(&part), rq);
		part_end(&parts, &part);
	}
	put_stacks(&parts, rq);
	if (parts.left_out)
		fprintf(out,
			_("\nParts of this report that are left out, so that a forge shows it: "
			  "%zu. "
			  "All of it is in [report.html](report.html) and [report.txt](report.txt)."
			  "\n"),
			parts.left_out);
}
