// SPDX-License-Identifier: GPL-2.0-or-later
// Fuzzes the reader of the tree of calls. Input: a tree.jsonl.
#include "views/view.h"

#include <string.h>

#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace *trace = trace_of_text("", 0);
	struct request rq = { .trace = trace };
	struct doc doc = { 0 };

	free(trace->folder);
	trace->folder = xstrdup(folder_with("tree.jsonl", data, size));
	view_tree(&doc, &rq);
	doc_free(&doc);
	trace_free(trace);
	return 0;
}
