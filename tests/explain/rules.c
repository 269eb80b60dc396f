// SPDX-License-Identifier: GPL-2.0-or-later
// Which explanation stands beside which event: "rules" prints all that there are, "rules RUN" those of a run, as JSON lines.
#include "base/util.h"
#include "run/run.h"
#include "types/tell.h"

#include <stdio.h>
#include <stdlib.h>

static void put(const char *key, const char *text)
{
	printf(",\"%s\":\"", key);
	for (; *text; text++)
		printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	putchar('"');
}

static void put_rule(int64_t n, const struct event_type *type, const struct meaning *m)
{
	printf("{\"n\":%lld", (long long)n);
	put("type", type->name);
	put("when", m->when);
	put("text", m->text);
	put("source", m->source);
	puts("}");
}

static void put_all(void)
{
	const struct event_type *type;

	for (size_t i = 0; (type = type_at(i)); i++)
		for (const struct meaning *m = type->meanings; m->source; m++)
			put_rule(0, type, m);
}

static bool put_shown(const char *path)
{
	char *error = NULL;
	struct trace *trace = run_open(path, &error);

	if (!trace)
		fprintf(stderr, "rules: %s\n", error);
	free(error);
	if (!trace)
		return false;
	for (size_t i = 0; i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];
		const struct meaning *m = meaning_of(ev);

		if (m)
			put_rule(ev->n, ev->row, m);
	}
	trace_free(trace);
	return true;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		put_all();
		return 0;
	}
	for (int i = 1; i < argc; i++)
		if (!put_shown(argv[i]))
			return 2;
	return 0;
}
