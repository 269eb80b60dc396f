// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The steps of a run.
 *
 * A verdict is a sum of what was judged, not the absence of complaints. So a row's function must say step_done() with
 * the number of things that it has made or judged; a step that is silent, whatever became of its program, fails the run.
 * A judgement of a run is added as a row here, with its function; one of its events is added in ktreport, whose check
 * counts it among the expectations.
 */
#define _GNU_SOURCE
#include "steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "guest.h"
#include "inputs.h"
#include "progress.h"
#include "record.h"
#include "room.h"
#include "selfcheck.h"
#include "setup.h"
#include "step_report.h"
#include "step_tool.h"
#include "text.h"

static bool is_exact(const struct run *run)
{
	return *run->settings.exact || *run->settings.from;
}

static bool guest_has_run(const struct run *run)
{
	return run->started[PHASE_BOOT] && run->status != STATUS_SETUP;
}

static bool is_decoded(const struct run *run)
{
	return step_is_done(run, STEP_DECODE);
}

static bool is_written(const struct run *run)
{
	return step_is_done(run, STEP_WRITE);
}

/* The plugin engine records which instructions ran. */
static bool has_lines(const struct run *run)
{
	char *lines = run_path(run, "lines.bin");
	bool there = file_readable(lines);

	free(lines);
	return there;
}

static void settings_keep(struct run *run);
static void plan_make(struct run *run);
static void events_make(struct run *run);
static void untraced_make(struct run *run);
static void untraced_compare(struct run *run);

static const struct row {
	enum phase phase; /* whose time it takes */
	bool (*wanted)(const struct run *run); /* NULL: in each run */
	/* when it may be done; run_well: nothing has broken until now */
	bool (*ready)(const struct run *run);
	void (*act)(struct run *run); /* NULL: the row above does it, too */
} rows[STEP_COUNT] = {
	[STEP_SETTINGS] = { PHASE_PLAN, NULL, run_well, settings_keep },
	[STEP_SYNTAX] = { PHASE_PLAN, NULL, run_well, expect_read },
	[STEP_PLAN] = { PHASE_PLAN, NULL, run_well, plan_make },
	/* it begins a phase of its own, unless it was recorded before */
	[STEP_UNTRACED] = { PHASE_PLAN, is_exact, run_well, untraced_make },
	[STEP_BOOT] = { PHASE_BOOT, NULL, run_well, guest_run },
	[STEP_LAB] = { PHASE_BOOT, NULL, run_well, NULL },
	[STEP_END] = { PHASE_BOOT, NULL, run_well, NULL },
	/* an exact run byte by byte, a live one by what its programs said */
	[STEP_SAME] = { PHASE_END, NULL, run_well, untraced_compare },
	/* a run that failed is decoded and reported, too */
	[STEP_DECODE] = { PHASE_DECODE, NULL, guest_has_run, events_make },
	[STEP_LINES] = { PHASE_DECODE, has_lines, guest_has_run, lines_resolve },
	[STEP_SELF_CHECK] = { PHASE_DECODE, NULL, run_well, self_check },
	[STEP_WRITE] = { PHASE_REPORT, NULL, is_decoded, report_write },
	[STEP_LADDER] = { PHASE_REPORT, NULL, is_written, ladder_show },
	[STEP_CHECK] = { PHASE_REPORT, NULL, run_well, expect_judge },
	[STEP_WIRE] = { PHASE_WIRE, NULL, run_well, wire_compare },
};

/* Runs untraced.sh with a console's log; what it prints is the caller's. */
static enum status untraced_tool(struct run *run, enum step step, const char *verb, char *console,
				 char **said, const char *cannot)
{
	char *script = root_path(run, "ktrun/untraced.sh");
	const char *const argv[] = { script, verb, console, NULL };
	enum status status = step_tool(run, step, argv, CHILD_PIPE, said, text_copy(cannot));

	free(script);
	free(console);
	return status;
}

static void untraced_make(struct run *run)
{
	char *said;

	exact_prepare(run);
	if (!run_well(run) || !step_is_done(run, STEP_UNTRACED))
		return;
	untraced_tool(run, STEP_UNTRACED, "keep", text_format("%s/console.log", run->untraced),
		      &said, "what the untraced run's programs said cannot be kept");
	free(said);
}

/* A live run, whose times are others, has the programs' output and ends of an untraced run of the same inputs. */
static void untraced_compare(struct run *run)
{
	enum status status;
	char *said;

	if (is_exact(run)) {
		exact_compare(run);
		return;
	}
	status = untraced_tool(run, STEP_SAME, "compare", run_path(run, "console.log"), &said,
			       "what its programs said cannot be compared with an untraced run");
	said[strcspn(said, "\n")] = '\0';
	if (status == STATUS_FAILED)
		run_fail(run, STATUS_BROKEN,
			 text_format("the traced run is not the untraced run: %s", said),
			 text_copy("EXACT=1 traces a run that no stop has changed; a program whose "
				   "output hangs on time prints something else at each run"));
	else if (run_well(run))
		run->exact = step_is_done(run, STEP_SAME)
				     ? text_format("programs as untraced: %ld lines, the same",
						   run->outcomes[STEP_SAME].of)
				     : text_copy("untraced: not known");
	free(said);
}

static void settings_keep(struct run *run)
{
	if (record_run(run, "running") && setup_check(run) && record_facts(run) &&
	    record_settings(run) && record_run(run, "running"))
		step_done(run, STEP_SETTINGS, (long)json_object_size(run->hashes), "inputs");
}

/* What a kernel that the user built does not allow, a sentence each. */
static void left_out_say(const json_t *points)
{
	const json_t *point;
	size_t i;

	json_array_foreach (points, i, point) {
		const char *as = json_string_value(json_object_get(point, "as"));

		if (!as || strcmp(as, "left_out") != 0)
			continue;
		progress_clear();
		fprintf(stderr, "point '%s' is left out: %s\n",
			json_string_value(json_object_get(point, "name")),
			json_string_value(json_object_get(point, "note")));
	}
}

static void plan_count(struct run *run, const char *path)
{
	json_t *plan = json_load_file(path, 0, NULL);
	const json_t *points = json_object_get(plan, "points");
	/* 0 if it is not whole */
	size_t count = json_array_size(points);

	left_out_say(points);
	if (count)
		step_done(run, STEP_PLAN, (long)count, "points");
	else
		run_fail(run, STATUS_BROKEN, text_format("'%s' has no points", path),
			 text_format("remove '%s/plans', where plans are kept",
				     run->settings.kernel_dir));
	json_decref(plan);
}

/* Makes plan.json; the plan's own sentences go to the user. */
static void plan_make(struct run *run)
{
	char *script = root_path(run, "gdb-scripts/plan.sh"), *plan = run_path(run, "plan.json");
	const char *const argv[] = { script, run->settings.kernel_dir, run->settings.lab_dir, plan,
				     NULL };

	if (step_tool(run, STEP_PLAN, argv, CHILD_LOG, NULL,
		      text_format("the points of '%s' cannot be planned", run->lab)))
		log_print(run, "gdb.log");
	else
		plan_count(run, plan);
	room_reserve(run);
	free(script);
	free(plan);
}

/* Makes events.jsonl from what was captured, also after a run that failed. */
static void events_make(struct run *run)
{
	char *script = root_path(run, "gdb-scripts/decode.sh"), *plan = run_path(run, "plan.json");
	char *captures = run_path(run, "captures.bin");
	const char *const argv[] = { script, plan, run->folder, run->settings.kernel_dir, NULL };

	room_release(run);
	if (file_readable(captures))
		step_tool(run, STEP_DECODE, argv, CHILD_LOG, NULL,
			  text_format("the captures in '%s' cannot be decoded", captures));
	else
		run_fail(run, STATUS_BROKEN, text_copy("nothing was captured"),
			 text_format("see '%s/gdb.log'", run->folder));
	free(script);
	free(plan);
	free(captures);
}

static void step_do(struct run *run, enum step step)
{
	const struct row *row = &rows[step];

	if (row->wanted && !row->wanted(run)) {
		step_leave_out(run, step, "no part of this run");
		return;
	}
	if (!row->act || !row->ready(run))
		return;
	if (!run->started[row->phase])
		phase_begin(run, row->phase);
	run->step = step;
	row->act(run);
}

static void step_was_silent(struct run *run, enum step step)
{
	run->step = step;
	run_fail(run, STATUS_BROKEN, text_copy("it has not said that it finished"),
		 text_format("see '%s/gdb.log'", run->folder));
}

void steps_run(struct run *run)
{
	for (enum step step = 0; step < STEP_COUNT; step++)
		step_do(run, step);
	phase_end(run);
	for (enum step step = 0; step < STEP_COUNT && run_well(run); step++)
		if (run->outcomes[step].state == OUTCOME_NONE)
			step_was_silent(run, step);
}
