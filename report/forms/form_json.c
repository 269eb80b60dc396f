// SPDX-License-Identifier: GPL-2.0-or-later
// One view as JSON, as report/forms/views.schema.json says.
#include "forms/form.h"

static void put_cell(FILE *out, const struct cell *cell)
{
	switch (cell->kind) {
	case CELL_NULL:
	case CELL_TEXT:
		json_put(out, cell->text);
		break;
	case CELL_NUMBER:
		fprintf(out, "%lld", (long long)cell->number);
		break;
	case CELL_BOOL:
		fputs(cell->number ? "true" : "false", out);
		break;
	}
}

static void put_row(FILE *out, const struct table *t, size_t row)
{
	for (size_t c = 0; c < t->width; c++) {
		fputs(c ? "," : "\n   {", out);
		json_put(out, t->columns[c].key);
		fputc(':', out);
		put_cell(out, table_cell(t, row, c));
	}
	fputc('}', out);
}

static void put_texts(FILE *out, char *const *texts, size_t n)
{
	fputc('[', out);
	for (size_t i = 0; i < n; i++) {
		fputs(i ? "," : "", out);
		json_put(out, texts[i]);
	}
	fputc(']', out);
}

static void put_table(FILE *out, const struct table *t)
{
	fputs("\n  {\"name\":", out);
	json_put(out, t->key);
	fputs(",\"title\":", out);
	json_put(out, t->title);
	fputs(",\"rows\":[", out);
	for (size_t i = 0; i < table_rows(t); i++) {
		fputs(i ? "," : "", out);
		put_row(out, t, i);
	}
	fputs("],\n   \"notes\":", out);
	put_texts(out, t->notes.v, t->notes.n);
	fputc('}', out);
}

static void put_run(FILE *out, const struct trace *trace)
{
	const struct {
		const char *key, *value;
	} members[] = {
		{ "lab", trace->lab },
		{ "kernel", trace->release },
		{ "engine", trace->engine },
		{ "mode", trace->mode },
	};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		fprintf(out, "%s\"%s\":", i ? "," : "{", members[i].key);
		json_put(out, members[i].value);
	}
	fprintf(out, ",\"damaged\":%s,\"problems\":", trace->problem_count ? "true" : "false");
	put_texts(out, trace->problems.v, trace->problems.n);
	fputc('}', out);
}

void form_json(FILE *out, const struct doc *doc, const struct view *view, const struct request *rq)
{
	fputs("{\"format\":1,\"view\":", out);
	json_put(out, view->name);
	fputs(",\n \"run\":", out);
	put_run(out, rq->trace);
	fputs(",\n \"tables\":[", out);
	for (size_t i = 0; i < doc->tables.n; i++) {
		fputs(i ? "," : "", out);
		put_table(out, &doc->tables.v[i]);
	}
	fputs("]}\n", out);
}
