// SPDX-License-Identifier: GPL-2.0-or-later
// Fuzzes the way from events.jsonl and captures to every view and form. Input: a whole file, and behind it, from its
// magic number on, a capture, which every NIC is given.
#include "forms/form.h"
#include "run/run.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setlocale(LC_ALL, "C.UTF-8");
	return 0;
}

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

static void add_wire(struct trace *trace, const struct node *node, const void *capture, size_t size)
{
	FILE *stream = node->nic ? fmemopen((void *)(uintptr_t)capture, size, "rb") : NULL;
	struct wire *wire;

	if (!stream)
		return;
	wire = vec_add(&trace->wires);
	*wire = (struct wire){ .path = xstrdup("wire.pcap"),
			       .node = xstrdup(node->name),
			       .nic = xstrdup(node->nic) };
	wire_read_stream(wire, stream);
}

static void join(struct trace *trace, const void *capture, size_t size)
{
	enum {
		MOST_WIRES = 4
	};

	for (size_t i = 0; i < trace->nodes.n && i < MOST_WIRES; i++)
		add_wire(trace, &trace->nodes.v[i], capture, size);
	run_join(trace);
	if (size % 2)
		free(run_filter_packets(trace, "tcp[tcpflags] & tcp-syn != 0 or arp"));
}

/* Each input takes one view and one form, chosen by its length, so that a run is short. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char magic[] = "\xd4\xc3\xb2\xa1";
	const uint8_t *capture = size ? memmem(data, size, magic, sizeof(magic) - 1) : NULL;
	size_t len = capture ? (size_t)(capture - data) : size;
	char *text = malloc(len + 1);
	struct request rq = { 0 };
	struct trace *trace;
	FILE *out = fopen("/dev/null", "w");

	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	trace = trace_of_text(text, len);
	if (capture)
		join(trace, capture, size - len);
	rq.trace = trace;
	show_view(out, &views[size % view_count()], &rq);
	forms[size % ARRAY_SIZE(forms)](out, &rq);
	trace_free(trace);
	free(text);
	fclose(out);
	return 0;
}
