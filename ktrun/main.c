// SPDX-License-Identifier: GPL-2.0-or-later
/* ktrun runs one lab from the plan to the verdict, and leaves nothing running behind. */
#define _GNU_SOURCE
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "exact.h"
#include "folder.h"
#include "guest.h"
#include "inputs.h"
#include "progress.h"
#include "record.h"
#include "room.h"
#include "text.h"
#include "watch.h"

static void set_up_failed(struct run *run, char *reason, char *remedy)
{
	run_fail(run, STATUS_SETUP, reason, remedy);
}

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

static bool lab_check(struct run *run)
{
	const struct settings *settings = &run->settings;
	const char *const needed[] = { "guest.sh", "points", run->expect };

	if (!strcmp(run->lab, ".") || !strcmp(run->lab, "..") || !strcmp(run->lab, "/")) {
		set_up_failed(run, text_format("'%s' does not name a lab", settings->lab_dir),
			      text_copy("name its folder, such as labs/handshake"));
		return false;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		char *path = text_format("%s/%s", settings->lab_dir, needed[i]);
		bool there = file_readable(path);

		free(path);
		if (there)
			continue;
		if (i == 0) {
			char *known = labs_known(settings->lab_dir);

			set_up_failed(run, text_format("unknown lab '%s'", run->lab),
				      text_format("known: %s", known));
			free(known);
		} else {
			set_up_failed(
				run,
				text_format("the lab '%s' has no file '%s'", run->lab, needed[i]),
				text_copy(""));
		}
		return false;
	}
	return true;
}

static bool topology_check(struct run *run)
{
	char *name = text_format("labs/topology/%s", run->topology), *path = root_path(run, name);

	run->nics = strchr(run->topology, '/') ? NULL : topology_read(path);
	if (!run->nics)
		set_up_failed(run, text_format("unknown topology '%s'", run->topology),
			      text_format("'%s' cannot be read", path));
	free(name);
	free(path);
	return run->nics != NULL;
}

static bool kernel_check(struct run *run)
{
	static const char *const needed[] = { "kernel.env", "bzImage", "vmlinux" };
	const char *folder = run->settings.kernel_dir;

	if (!*folder) {
		set_up_failed(run, text_copy("no kernel named"),
			      text_copy("--kernel \"$(kernel-config/kernel.sh build auto)\""));
		return false;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		char *path = text_format("%s/%s", folder, needed[i]);
		bool there = file_readable(path);

		if (there && i == 0)
			run->kernel = kernel_env_read(path);
		free(path);
		if (there)
			continue;
		set_up_failed(run,
			      text_format("'%s' is not a built kernel: no '%s'", folder, needed[i]),
			      text_copy("make kernel"));
		return false;
	}
	return true;
}

static bool tools_check(struct run *run)
{
	const char *const needed[] = { run->settings.qemu, "gdb", "sha256sum" };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (program_found(needed[i]))
			continue;
		set_up_failed(run, text_format("cannot find '%s' in PATH", needed[i]),
			      text_copy("make doctor"));
		return false;
	}
	if (file_readable(run->settings.initrd))
		return true;
	set_up_failed(run, text_format("cannot read the initramfs '%s'", run->settings.initrd),
		      text_copy("make rootfs"));
	return false;
}

/* Makes OUT/LAB and locks it; the lock goes with this process. */
static bool folder_open(struct run *run)
{
	run->folder_fd = folder_make(run->folder);
	if (run->folder_fd < 0) {
		set_up_failed(run,
			      text_format("cannot write in '%s': %s", run->folder, strerror(errno)),
			      text_copy("name another folder: OUT=DIR"));
		return false;
	}
	if (flock(run->folder_fd, LOCK_EX | LOCK_NB)) {
		set_up_failed(run, text_format("another run holds '%s'", run->folder),
			      text_copy("wait for it, or name another folder: OUT=DIR"));
		return false;
	}
	folder_clear(run->folder_fd);
	if (!room_left(run, ROOM_BYTES)) {
		set_up_failed(run,
			      text_format("no space left in '%s': a run needs %d MB", run->folder,
					  ROOM_BYTES >> 20),
			      text_copy("make room, or name another folder: OUT=DIR"));
		return false;
	}
	return true;
}

/* Prints the end of a log, which a failed tool has written. */
static void log_print(const struct run *run, const char *name)
{
	char *path = run_path(run, name), *text = file_tail(path, 4096);

	progress_clear();
	if (text)
		fputs(text, stderr);
	free(text);
	free(path);
}

/* A mistake in the expectations is found before the boot. */
static bool expect_check(struct run *run)
{
	char *report = root_path(run, "build/ktreport");
	char *expect = text_format("%s/%s", run->settings.lab_dir, run->expect);
	const char *const argv[] = { report, "check", "--syntax", "-", expect, NULL };
	int status = tool_run(run, argv, CHILD_LOG, NULL);

	if (status > 0) {
		log_print(run, "gdb.log");
		run_fail(run, STATUS_SETUP,
			 text_format("the expectations in '%s' cannot be read", expect),
			 text_copy(""));
	}
	free(report);
	free(expect);
	return status == 0;
}

/* Makes plan.json; the plan's own sentences go to the user. */
static bool plan_make(struct run *run)
{
	char *script = root_path(run, "gdb-scripts/plan.sh"), *plan = run_path(run, "plan.json");
	const char *const argv[] = { script, run->settings.kernel_dir, run->settings.lab_dir, plan,
				     NULL };
	int status = -1;

	phase_begin(run, PHASE_PLAN);
	if (expect_check(run))
		status = tool_run(run, argv, CHILD_LOG, NULL);
	if (status > 0) {
		log_print(run, "gdb.log");
		run_fail(run, status == 2 ? STATUS_SETUP : STATUS_BROKEN,
			 text_format("the points of '%s' cannot be planned", run->lab),
			 text_copy(""));
	}
	phase_end(run);
	free(script);
	free(plan);
	return status == 0;
}

/* Makes events.jsonl from what was captured, also after a run that failed. */
static bool events_make(struct run *run)
{
	char *script = root_path(run, "gdb-scripts/decode.sh"), *plan = run_path(run, "plan.json");
	char *captures = run_path(run, "captures.bin");
	const char *const argv[] = { script, plan, run->folder, run->settings.kernel_dir, NULL };
	int status = -1;

	if (file_readable(captures)) {
		phase_begin(run, PHASE_DECODE);
		status = tool_run(run, argv, CHILD_LOG, NULL);
		if (status > 0)
			run_fail(run, STATUS_BROKEN,
				 text_format("the captures in '%s' cannot be decoded", captures),
				 text_format("see '%s/gdb.log'", run->folder));
		phase_end(run);
	} else {
		run_fail(run, STATUS_BROKEN, text_copy("nothing was captured"),
			 text_format("see '%s/gdb.log'", run->folder));
	}
	free(script);
	free(plan);
	free(captures);
	return status == 0;
}

/* The last line of a text without its newline; the caller frees it. */
static char *last_line(const char *text)
{
	char *copy = text_copy(text), *line;
	size_t length = strlen(copy);

	while (length && copy[length - 1] == '\n')
		copy[--length] = '\0';
	line = text_copy(strrchr(copy, '\n') ? strrchr(copy, '\n') + 1 : copy);
	free(copy);
	return line;
}

/* Writes the report, prints the ladder, and checks the expectations; `summary` gets the check's last line. */
static void report_make(struct run *run, char **summary)
{
	char *report = root_path(run, "build/ktreport");
	char *expect = text_format("%s/%s", run->settings.lab_dir, run->expect), *checks = NULL;
	const char *const write[] = { report, "write", run->folder, NULL };
	const char *const check[] = { report, "check", run->folder, expect, NULL };
	const char *const show[] = { report, "show", "ladder", run->folder, NULL };
	int written, checked = -1;

	phase_begin(run, PHASE_REPORT);
	written = tool_run(run, write, CHILD_PASS, NULL);
	if (written > 0)
		run_fail(run, STATUS_BROKEN, text_copy("the report cannot be written"),
			 text_copy(""));
	if (written >= 0 && !run->reason)
		checked = tool_run(run, check, CHILD_PIPE, &checks);
	phase_end(run);
	if (written >= 0)
		tool_run(run, show, CHILD_PASS, NULL);
	if (checks) {
		fputs(checks, stdout);
		*summary = last_line(checks);
	}
	if (checked == 1)
		run->status = STATUS_FAILED;
	else if (checked > 1)
		run_fail(run, STATUS_SETUP,
			 text_format("the expectations in '%s' cannot be checked", expect),
			 text_format("see '%s/gdb.log'", run->folder));
	free(report);
	free(expect);
	free(checks);
}

/* tshark's opinion of the frames, compared with the events. */
static void wire_compare(struct run *run)
{
	char *script = root_path(run, "gdb-scripts/wire.sh"), *said = NULL;
	const char *const argv[] = { script, run->folder, NULL };
	int status;

	phase_begin(run, PHASE_WIRE);
	status = tool_run(run, argv, CHILD_PIPE, &said);
	phase_end(run);
	if (said)
		fputs(said, stdout);
	if (status == 1)
		run->status = STATUS_FAILED;
	else if (status > 1)
		run_fail(run, STATUS_BROKEN, text_copy("the wires cannot be compared"),
			 text_format("see '%s/gdb.log'", run->folder));
	free(script);
	free(said);
}

/* All phases, as far as they go. */
static void run_lab(struct run *run, char **summary)
{
	if (!record_run(run, "running") || !record_settings(run) || !plan_make(run))
		return;
	room_reserve(run);
	if ((*run->settings.exact || *run->settings.from) && !exact_prepare(run))
		return;
	guest_run(run);
	room_release(run);
	if (run->status == STATUS_SETUP)
		return;
	if (!run->reason)
		exact_compare(run);
	/* the report tells what the run has cost so far */
	if (events_make(run) && record_run(run, "running"))
		report_make(run, summary);
	if (!run->reason)
		wire_compare(run);
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
static void verdict_print(const struct run *run, const char *summary)
{
	const char *comma = " ";

	fflush(stdout);
	if (run->exact)
		puts(run->exact);
	printf("verdict: %s", verdict_word(run));
	if (summary && *summary)
		printf(" (%s)", summary);
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
}

int main(int argc, char **argv)
{
	struct run run = { .folder_fd = -1, .reserve_fd = -1 };
	char *summary = NULL;

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
	if (engine_check(&run) && lab_check(&run) && topology_check(&run) && kernel_check(&run) &&
	    tools_check(&run) && folder_open(&run)) {
		record_facts(&run);
		run_lab(&run, &summary);
		room_release(&run);
		record_run(&run, verdict_word(&run));
		verdict_print(&run, summary);
	}
	if (run.reason)
		fprintf(stderr, "ktrun: %s\n%s%s", run.reason, run.remedy, *run.remedy ? "\n" : "");
	free(summary);
	run_free(&run);
	return run.status;
}
