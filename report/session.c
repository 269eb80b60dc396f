// SPDX-License-Identifier: GPL-2.0-or-later
// A run, opened as the options say: with its filter and its expectations, judged.
#include "session.h"
#include "judge/queues.h"
#include "run/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void session_close(struct session *s)
{
	trace_free(s->trace);
	expr_free(s->filter);
	expect_free(s->expect);
	counters_free(&s->counters);
}

static bool open_filter(struct session *s, const char *text)
{
	char *error = NULL;

	if (!text)
		return true;
	s->filter = expr_parse(text, NULL, &error);
	if (error)
		complain("filter: %s", error);
	free(error);
	return s->filter != NULL;
}

static bool open_expect(struct session *s, const char *path)
{
	char *error;

	if (!path)
		return true;
	s->expect = expect_open(path, &error);
	if (!s->expect)
		complain_taking(error);
	return s->expect != NULL;
}

static bool session_fail(struct session *s, char *error)
{
	if (error)
		complain_taking(error);
	session_close(s);
	return false;
}

/* A file of the run's lab, if it lies where a clone has it. The caller frees it. */
char *usual_file(const struct trace *trace, const char *name)
{
	char *path;

	if (!trace->lab || strchr(trace->lab, '/'))
		return NULL;
	path = xasprintf("labs/%s/%s", trace->lab, name);
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

bool session_open(struct session *s, const struct options *options, const char *run,
		  const char *expect)
{
	char *error = NULL, *usual = NULL;

	*s = (struct session){ 0 };
	if (!open_filter(s, options->filter))
		return session_fail(s, NULL);
	s->trace = run_open(run, &error);
	if (!s->trace)
		return session_fail(s, error);
	if (options->packets && (error = run_filter_packets(s->trace, options->packets)))
		return session_fail(s, error);
	if (!expect)
		usual = usual_file(s->trace, "expect");
	if (!open_expect(s, expect ? expect : usual)) {
		free(usual);
		return session_fail(s, NULL);
	}
	free(usual);
	counters_judge(&s->counters, s->trace);
	queues_judge(&s->counters, s->trace);
	if (s->expect)
		expect_run(s->expect, s->trace);
	s->request = (struct request){
		.trace = s->trace,
		.filter = s->filter,
		.expect = s->expect,
		.counters = &s->counters,
		.narrowed = options->filter || options->packets,
		.source = options->source ? options->source : trace_source(s->trace),
		.taps = options->taps,
	};
	return true;
}

/* Says what is wrong with the input; a damaged run is shown nevertheless, but ends with 2. */
int report_problems(const struct trace *trace)
{
	for (size_t i = 0; i < trace->problems.n; i++) {
		bool placed = starts_with(trace->problems.v[i], "events.jsonl:");

		complain("%s%s%s", placed ? trace->folder : "", placed ? "/" : "",
			 trace->problems.v[i]);
	}
	if (trace->problem_count > trace->problems.n)
		complain("%zu more problems", trace->problem_count - trace->problems.n);
	return trace->problem_count ? EXIT_BAD : EXIT_HELD;
}
