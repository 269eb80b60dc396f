// SPDX-License-Identifier: GPL-2.0-or-later
/* ktrun runs one lab from the plan to the verdict, and leaves nothing running behind. */
#define _GNU_SOURCE
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "inputs.h"
#include "record.h"
#include "room.h"
#include "setup.h"
#include "steps.h"
#include "text.h"
#include "watch.h"

/* The clone: the parent of the folder that holds this program. */
static char *root_find(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[length > 0 ? length : 0] = '\0';
	return text_copy(dirname(dirname(path)));
}

/* The lab's name: the last part of its path. */
static char *lab_name(const char *lab_dir)
{
	char *path = text_copy(lab_dir), *name = text_copy(basename(path));

	free(path);
	return name;
}

static const char *verdict_word(const struct run *run)
{
	switch (run->status) {
	case STATUS_HELD:
		return "held";
	case STATUS_FAILED:
		return "failed";
	case STATUS_SETUP:
		return "not run";
	case STATUS_BROKEN:
		return run->signal ? "interrupted" : "run failed";
	}
	return "";
}

/* "verdict: held (23 of 23 expectations), 412 hits, wall: plan 0.4 s, boot 1.9 s, …" */
static void verdict_print(const struct run *run)
{
	const char *comma = " ";

	fflush(stdout);
	if (run->exact && step_is_done(run, STEP_SAME))
		puts(run->exact);
	printf("verdict: %s", verdict_word(run));
	if (run->summary)
		printf(" (%s)", run->summary);
	printf(", %ld hits, wall:", run->hits);
	for (enum phase phase = 0; phase < PHASE_COUNT; phase++) {
		if (!run->started[phase])
			continue;
		printf("%s%s %.1f s", comma, phase_names[phase], run->wall_s[phase]);
		comma = ", ";
	}
	putchar('\n');
	fflush(stdout);
}

/* "ktrun: step 'boot': QEMU did not run: …", and what to do about it. */
static void reason_print(const struct run *run)
{
	fputs("ktrun: ", stderr);
	if (run->failed_step < STEP_COUNT)
		fprintf(stderr, "step '%s': ", step_names[run->failed_step]);
	fprintf(stderr, "%s\n%s%s", run->reason, run->remedy, *run->remedy ? "\n" : "");
}

static void run_free(struct run *run)
{
	json_decref(run->nics);
	json_decref(run->kernel);
	json_decref(run->facts);
	json_decref(run->hashes);
	free(run->root);
	free(run->lab);
	free(run->folder);
	free(run->topology);
	free(run->expect);
	free(run->untraced);
	free(run->reason);
	free(run->remedy);
	free(run->exact);
	free(run->summary);
}

int main(int argc, char **argv)
{
	struct run run = { .folder_fd = -1, .reserve_fd = -1, .step = STEP_COUNT };

	settings_parse(&run.settings, argc, argv);
	run.root = root_find();
	run.lab = lab_name(run.settings.lab_dir);
	run.folder = text_format("%s/%s%s", run.settings.out, run.lab,
				 *run.settings.from ? "-again" : "");
	run.topology = lab_topology(run.settings.lab_dir);
	run.expect = text_format(*run.settings.exercise ? "expect-%s" : "expect%s",
				 run.settings.exercise);
	if (!watch_init(&run)) {
		perror("ktrun: cannot wait for signals");
		return STATUS_BROKEN;
	}
	if (setup_begin(&run)) {
		steps_run(&run);
		room_release(&run);
		record_run(&run, verdict_word(&run));
		verdict_print(&run);
	}
	if (run.reason)
		reason_print(&run);
	run_free(&run);
	return run.status;
}
