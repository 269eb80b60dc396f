// SPDX-License-Identifier: GPL-2.0-or-later
// What a run cost: the phases of RUN/run.json, and the guest's time that stops took.
#include "run/cost.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum {
	LARGEST_FILE = 1024 * 1024
};

/* The whole run.json, parsed; its text, which the caller frees, is empty if there is none. */
static char *read_run(const struct trace *trace, struct json *run)
{
	char *path = xasprintf("%s/run.json", trace->folder ? trace->folder : "."), *all;
	FILE *file = trace->folder ? fopen(path, "r") : NULL;
	struct str text = { 0 };
	char buffer[4096];
	size_t got;

	free(path);
	while (file && text.len < LARGEST_FILE && (got = fread(buffer, 1, sizeof(buffer), file)))
		str_addn(&text, buffer, got);
	if (file)
		fclose(file);
	all = str_take(&text);
	json_parse(all, strlen(all), run);
	return all;
}

static double seconds_of(struct json phase)
{
	char *text = json_dup(json_path(phase, "wall_s"));
	double seconds = text ? strtod(text, NULL) : 0;

	free(text);
	return seconds;
}

char *cost_phases(const struct trace *trace)
{
	struct json run;
	char *text = read_run(trace, &run);
	struct str out = { 0 };
	struct json_iter it;

	for (it = json_iter(json_path(run, "phases")); json_next(&it);) {
		str_add(&out, out.len ? ", " : "");
		json_text(json_path(it.value, "name"), &out);
		str_addf(&out, " %.1f s", seconds_of(it.value));
	}
	free(text);
	return str_take_or_null(&out);
}

double cost_ms_per_hit(const struct trace *trace)
{
	struct json run;
	char *text = read_run(trace, &run);
	double cost = -1;
	int64_t hits = 0;
	struct json_iter it;

	json_int(json_path(run, "hits"), &hits);
	for (it = json_iter(json_path(run, "phases")); hits > 0 && json_next(&it);)
		if (json_is(json_path(it.value, "name"), "lab"))
			cost = seconds_of(it.value) * 1000 / (double)hits;
	free(text);
	return cost;
}

char *cost_untraced(const struct trace *trace)
{
	struct json run;
	char *text = read_run(trace, &run), *sentence, *out = NULL;
	long count;

	sentence = json_dup(json_path(run, "exact"));
	if (sentence && sscanf(sentence, "traced run = untraced run: %ld frames", &count) == 1)
		out = xasprintf(_("traced run = untraced run: %ld frames, identical"), count);
	else if (sentence && sscanf(sentence, "programs as untraced: %ld lines", &count) == 1)
		out = xasprintf(_("programs as untraced: %ld lines, the same"), count);
	else if (sentence && !strcmp(sentence, "untraced: not known"))
		out = xasprintf("%s", _("untraced: not known"));
	free(sentence);
	free(text);
	return out;
}

char *cost_engines(const struct trace *trace)
{
	struct json run;
	char *text = read_run(trace, &run), *differ, *out = NULL;
	int64_t hits, apart_ns;

	differ = json_dup(json_path(run, "engines.differ"));
	if (differ)
		out = xasprintf(_("differ: %s"), differ);
	else if (json_int(json_path(run, "engines.hits"), &hits) &&
		 json_int(json_path(run, "engines.apart_ns"), &apart_ns))
		out = xasprintf(_("%lld hits, the same byte for byte; times at most %lld ns apart"),
				(long long)hits, (long long)apart_ns);
	free(differ);
	free(text);
	return out;
}

char *cost_stops(const struct trace *trace)
{
	if (!trace->stops.count)
		return NULL;
	return xasprintf(
		_("%lld stops moved virtual time by at most %.3f ms in all, at most %.3f ms "
		  "at once."),
		(long long)trace->stops.count, (double)trace->stops.moved_ns / 1e6,
		(double)trace->stops.most_ns / 1e6);
}
