// SPDX-License-Identifier: GPL-2.0-or-later
/* The run's clocks, sentence and paths. */
#define _GNU_SOURCE
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "progress.h"
#include "text.h"
#include "waits.h"

const char *const phase_names[PHASE_COUNT] = {
	[PHASE_PLAN] = "plan",	   [PHASE_BOOT] = "boot",	  [PHASE_LAB] = "lab",
	[PHASE_END] = "end",	   [PHASE_UNTRACED] = "untraced", [PHASE_DECODE] = "decode",
	[PHASE_REPORT] = "report", [PHASE_WIRE] = "wire",
};

const char *const step_names[STEP_COUNT] = {
	[STEP_SETTINGS] = "settings",
	[STEP_SYNTAX] = "syntax",
	[STEP_PLAN] = "plan",
	[STEP_UNTRACED] = "untraced",
	[STEP_BOOT] = "boot",
	[STEP_LAB] = "lab",
	[STEP_END] = "end",
	[STEP_SAME] = "same",
	[STEP_DECODE] = "decode",
	[STEP_LINES] = "lines",
	[STEP_SELF_CHECK] = "self-check",
	[STEP_WRITE] = "write",
	[STEP_LADDER] = "ladder",
	[STEP_CHECK] = "check",
	[STEP_WIRE] = "wire",
};

double clock_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double run_waits_s(const struct run *run)
{
	const pid_t groups[] = {
		run->qemu.running ? run->qemu.pid : 0,
		run->engine.running ? run->engine.pid : 0,
		run->tool.running ? run->tool.pid : 0,
	};

	return waits_s(groups, sizeof(groups) / sizeof(groups[0]));
}

void phase_begin(struct run *run, enum phase phase)
{
	phase_end(run);
	run->phase = phase;
	run->started[phase] = true;
	run->began_s[phase] = clock_s();
	run->waits.before_s = run_waits_s(run);
	run->waits.looked_s = run->waits.sum_s = 0;
}

void phase_end(struct run *run)
{
	enum phase phase = run->phase;

	if (!run->started[phase] || run->wall_s[phase] > 0)
		return;
	run->wall_s[phase] = clock_s() - run->began_s[phase];
	progress_done(phase_names[phase], run->wall_s[phase], phase == PHASE_LAB ? run->hits : 0);
}

void run_fail(struct run *run, enum status status, char *reason, char *remedy)
{
	if (run->reason && (run->status != STATUS_FAILED || status == STATUS_FAILED)) {
		free(reason);
		free(remedy);
		return;
	}
	free(run->reason);
	free(run->remedy);
	run->status = status;
	run->failed_step = run->step;
	run->reason = reason;
	run->remedy = remedy;
}

bool run_well(const struct run *run)
{
	return run->status <= STATUS_FAILED;
}

static void outcome_set(struct run *run, enum step step, int state, long of, const char *words)
{
	struct outcome *outcome = &run->outcomes[step];

	outcome->state = state;
	outcome->of = of;
	snprintf(outcome->words, sizeof(outcome->words), "%s", words);
}

void step_done(struct run *run, enum step step, long of, const char *words)
{
	outcome_set(run, step, OUTCOME_DONE, of, words);
}

void step_leave_out(struct run *run, enum step step, const char *why)
{
	outcome_set(run, step, OUTCOME_LEFT_OUT, 0, why);
}

bool step_is_done(const struct run *run, enum step step)
{
	return run->outcomes[step].state == OUTCOME_DONE;
}

char *run_path(const struct run *run, const char *name)
{
	return text_format("%s/%s", run->folder, name);
}

char *root_path(const struct run *run, const char *name)
{
	return text_format("%s/%s", run->root, name);
}
