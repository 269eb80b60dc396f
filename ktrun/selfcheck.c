// SPDX-License-Identifier: GPL-2.0-or-later
/* What each run must agree on with itself, read from the last line of its events. */
#define _GNU_SOURCE
#include "selfcheck.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

enum {
	/* more than the last line has: some 100 bytes for each point */
	END_BYTES = 4 << 20
};

/* A judgement: NULL if it holds, else the sentence, which is the caller's then. */
typedef char *judgement(const struct run *run, const json_t *end);

static long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static char *lab_was_seen(const struct run *run, const json_t *end)
{
	(void)run;
	return json_is_true(json_object_get(end, "complete"))
		       ? NULL
		       : text_copy("the events do not have the lab's end");
}

/* A capture that was cut off, or that the decoder passed over, would be missing without a trace. */
static char *hits_were_decoded(const struct run *run, const json_t *end)
{
	return number(end, "hits") == run->hits
		       ? NULL
		       : text_format("the engine has taken %ld hits, %lld were decoded", run->hits,
				     number(end, "hits"));
}

static char *points_are_all_hits(const struct run *run, const json_t *end)
{
	long long sum = 0;
	const json_t *point;
	size_t i;

	(void)run;
	json_array_foreach (json_object_get(end, "points"), i, point)
		sum += number(point, "hits");
	return sum == number(end, "hits") ? NULL
					  : text_format("the points have %lld hits, the run %lld",
							sum, number(end, "hits"));
}

/* What became of the calls of a point whose returns are watched. */
static char *point_calls(const json_t *point)
{
	const json_t *calls = json_object_get(point, "calls");
	long long entered = number(point, "entered"), returned = number(calls, "returned"),
		  inside = number(calls, "inside"), unentered = number(calls, "unentered");

	if (!json_is_object(calls) || (entered == returned + inside && !unentered))
		return NULL;
	return text_format(
		"%s was entered %lld times; %lld of these calls have returned and %lld are "
		"under way, %lld are over without a return, and %lld returns are of no call",
		json_string_value(json_object_get(point, "name")), entered, returned, inside,
		number(calls, "lost"), unentered);
}

/* A call that did not run, or whose hit was lost, shows that the tracer has altered the guest or missed something. */
static char *calls_came_and_went(const struct run *run, const json_t *end)
{
	const json_t *point;
	char *sentence = NULL;
	size_t i;

	(void)run;
	json_array_foreach (json_object_get(end, "points"), i, point) {
		sentence = point_calls(point);
		if (sentence)
			break;
	}
	return sentence;
}

static judgement *const judgements[] = {
	lab_was_seen,
	hits_were_decoded,
	points_are_all_hits,
	calls_came_and_went,
};

enum {
	JUDGEMENTS = sizeof(judgements) / sizeof(judgements[0])
};

/* The last line of the events, or NULL. */
static json_t *end_read(const struct run *run)
{
	char *path = run_path(run, "events.jsonl"), *text = file_tail(path, END_BYTES), *line;
	size_t length = text ? strlen(text) : 0;
	json_t *end = NULL;

	if (length && text[length - 1] == '\n') {
		text[length - 1] = '\0';
		line = strrchr(text, '\n');
		end = line ? json_loads(line + 1, 0, NULL) : NULL;
	}
	free(path);
	free(text);
	return end;
}

void self_check(struct run *run)
{
	json_t *end = end_read(run);
	bool good = end != NULL;

	if (!good)
		run_fail(run, STATUS_BROKEN,
			 text_format("'%s/events.jsonl' has no last line", run->folder),
			 text_copy("run again"));
	for (size_t i = 0; good && i < JUDGEMENTS; i++) {
		char *sentence = judgements[i](run, end);

		good = !sentence;
		if (sentence)
			run_fail(run, STATUS_BROKEN, sentence,
				 text_format("see '%s/gdb.log'", run->folder));
	}
	json_decref(end);
	if (good)
		step_done(run, STEP_SELF_CHECK, JUDGEMENTS, "judgements");
}
