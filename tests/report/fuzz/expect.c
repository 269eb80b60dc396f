// SPDX-License-Identifier: GPL-2.0-or-later
// Fuzzes the language of expectations: read them, and judge a small run by them. Input: an expect file.
#include "judge/expect.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char run[] =
	"{\"type\":\"meta\",\"format\":1,\"kernel\":{\"release\":\"5.4.286\"},\"lab\":\"fuzz\"}\n"
	"{\"n\":1,\"type\":\"tcp.tx\",\"t_ns\":5,\"netns\":\"client\",\"seq\":4294967295,\"flags\":"
	"\"S\","
	"\"opts\":[{\"name\":\"mss\",\"mss\":1460}],\"ip\":{\"id\":1},\"stack\":[{\"fn\":\"ip_"
	"output\"}]}\n"
	"{\"n\":2,\"type\":\"tcp.rx\",\"t_ns\":9,\"netns\":\"server\",\"seq\":4294967295,\"flags\":"
	"\"S\","
	"\"rel_ack\":null,\"retrans\":false}\n"
	"{\"type\":\"end\",\"hits\":2,\"events\":2,\"complete\":true}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *error = NULL;
	struct trace *trace = trace_of_text(run, sizeof(run) - 1);
	struct expect *expect;

	memcpy(text, data, size);
	text[size] = '\0';
	expect = expect_parse(text, "expect", &error);
	if (expect)
		expect_run(expect, trace);
	expect_free(expect);
	free(error);
	free(text);
	trace_free(trace);
	return 0;
}
