// SPDX-License-Identifier: GPL-2.0-or-later
// Fuzzes the reader of stores. Input: a plan.json, a zero, and the records of a writes.bin as they are before zstd.
#include "judge/facts.h"

#include <string.h>
#include <zstd.h>

#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char events[] =
	"{\"type\":\"meta\",\"format\":1}\n"
	"{\"n\":1,\"type\":\"marker\",\"t_ns\":1,\"icount\":5,\"netns\":\"client\",\"conn\":1,"
	"\"pkt\":1,\"sk\":\"0x1000\",\"skb\":\"0x2000\"}\n";

static const char places[] = "{\"format\":1,\"places\":[[16,[\"outer\",0,3],[\"inner\",1,4]],"
			     "[32,[\"memcpy\",0,0]]],\"files\":[{\"path\":\"net/ipv4/"
			     "tcp_output.c\",\"sha256\":null},{\"path\":\"include/linux/a.h\","
			     "\"sha256\":null}]}";

static const char lines[] = "{\"format\":1,\"functions\":[],\"files\":[]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = memchr(data, 0, size);
	size_t plan = zero ? (size_t)(zero - data) : size, rest = zero ? size - plan - 1 : 0,
	       room = 44 + ZSTD_compressBound(rest);
	uint8_t *file = xcalloc(1, room);
	size_t packed = ZSTD_compress(file + 44, room - 44, zero ? zero + 1 : data, rest, 1);
	struct trace *trace = trace_of_text(events, strlen(events));
	const struct facts_wanted all = { .all_fields = true, .all_functions = true };
	char *why;

	memcpy(file, "ktlabwri\1\0\0", 12);
	folder_with("plan.json", data, plan);
	folder_with("writes.json", (const uint8_t *)places, strlen(places));
	folder_with("lines.json", (const uint8_t *)lines, strlen(lines));
	free(trace->folder);
	trace->folder = xstrdup(folder_with("writes.bin", file, 44 + packed));
	facts_close(facts_open(trace, &all, &why));
	free(why);
	trace_free(trace);
	free(file);
	return 0;
}
