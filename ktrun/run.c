// SPDX-License-Identifier: GPL-2.0-or-later
/* The run's clocks, sentence and paths. */
#define _GNU_SOURCE
#include "run.h"

#include <stdlib.h>
#include <time.h>

#include "progress.h"
#include "text.h"

const char *const phase_names[PHASE_COUNT] = {
	[PHASE_PLAN] = "plan",	   [PHASE_BOOT] = "boot",	  [PHASE_LAB] = "lab",
	[PHASE_END] = "end",	   [PHASE_UNTRACED] = "untraced", [PHASE_DECODE] = "decode",
	[PHASE_REPORT] = "report", [PHASE_WIRE] = "wire",
};

double clock_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void phase_begin(struct run *run, enum phase phase)
{
	phase_end(run);
	run->phase = phase;
	run->started[phase] = true;
	run->began_s[phase] = clock_s();
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
	if (run->reason) {
		free(reason);
		free(remedy);
		return;
	}
	run->status = status;
	run->reason = reason;
	run->remedy = remedy;
}

char *run_path(const struct run *run, const char *name)
{
	return text_format("%s/%s", run->folder, name);
}

char *root_path(const struct run *run, const char *name)
{
	return text_format("%s/%s", run->root, name);
}
