// SPDX-License-Identifier: GPL-2.0-or-later
// Fuzzes the comparison of two runs. Input: an events.jsonl, and behind it, from its line of meta on, the other one.
#include "views/diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char meta[] = "\n{\"type\":\"meta\"";
	const uint8_t *second = size ? memmem(data, size, meta, sizeof(meta) - 1) : NULL;
	size_t len = second ? (size_t)(second - data) + 1 : size;
	char *one = malloc(len + 1), *two = malloc(size - len + 1);
	struct trace *a, *b;
	struct doc doc = { 0 };

	if (len)
		memcpy(one, data, len);
	if (size - len)
		memcpy(two, data + len, size - len);
	one[len] = two[size - len] = '\0';
	a = trace_of_text(one, len);
	b = trace_of_text(two, size - len);
	diff_runs(&doc, a, b, NULL, size % 2);
	doc_free(&doc);
	trace_free(a);
	trace_free(b);
	free(one);
	free(two);
	return 0;
}
