// SPDX-License-Identifier: GPL-2.0-or-later
// Fuzzes the way from events.jsonl to every view and form. Input: a whole file.
#include "form.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void (*const forms[])(FILE *out, const struct request *rq) = {
	form_markdown, form_html, form_pcapng, form_trace, form_junit, form_tap,
};

static void show_view(FILE *out, const struct view *view, struct request *rq)
{
	const struct style style = { .width = 80, .color = true };
	struct doc doc = { 0 };

	rq->argument = view->argument ? "1" : NULL;
	view->fill(&doc, rq);
	form_text(out, &doc, &style);
	form_json(out, &doc, view, rq);
	if (view->print)
		view->print(out, rq, &style);
	doc_free(&doc);
}

static size_t view_count(void)
{
	size_t n = 0;

	while (views[n].name)
		n++;
	return n;
}

/* Each input takes one view and one form, chosen by its length, so that a run is short. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct request rq = { 0 };
	struct trace *trace;
	FILE *out = fopen("/dev/null", "w");

	memcpy(text, data, size);
	text[size] = '\0';
	trace = trace_of_text(text, size);
	rq.trace = trace;
	show_view(out, &views[size % view_count()], &rq);
	forms[size % ARRAY_SIZE(forms)](out, &rq);
	trace_free(trace);
	free(text);
	fclose(out);
	return 0;
}
