// SPDX-License-Identifier: GPL-2.0-or-later
// The steps that the programs of the report do: expectations read and judged, the report written and shown, frames compared.
#define _GNU_SOURCE
#include "step_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "step_tool.h"
#include "text.h"

static char *expect_path(const struct run *run)
{
	return text_format("%s/%s", run->settings.lab_dir, run->expect);
}

void expect_read(struct run *run)
{
	char *report = root_path(run, "build/ktreport"), *expect = expect_path(run);
	const char *const argv[] = { report, "check", "--syntax", "-", expect, NULL };

	if (step_tool(run, STEP_SYNTAX, argv, CHILD_LOG, NULL,
		      text_format("the expectations in '%s' cannot be read", expect)))
		log_print(run, "gdb.log");
	free(report);
	free(expect);
}

void lines_resolve(struct run *run)
{
	const char *tree = json_string_value(json_object_get(run->kernel, "KTLAB_SOURCE"));
	char *report = root_path(run, "build/ktreport"),
	     *vmlinux = text_format("%s/vmlinux", run->settings.kernel_dir),
	     *source = text_format("--source=%s", tree ? tree : "");
	const char *const argv[] = { report, "resolve", source, run->folder, vmlinux, NULL };

	if (step_tool(run, STEP_LINES, argv, CHILD_LOG, NULL,
		      text_format("the lines of '%s' cannot be resolved", vmlinux)))
		log_print(run, "gdb.log");
	free(report);
	free(vmlinux);
	free(source);
}

void report_write(struct run *run)
{
	char *report = root_path(run, "build/ktreport"), *expect = expect_path(run);
	const char *const argv[] = { report, "write", run->folder, expect, NULL };

	/* the report tells what the run has cost so far */
	if (record_run(run, "running"))
		step_tool(run, STEP_WRITE, argv, CHILD_PASS, NULL,
			  text_copy("the report cannot be written"));
	phase_end(run);
	free(report);
	free(expect);
}

void ladder_show(struct run *run)
{
	char *report = root_path(run, "build/ktreport");
	const char *const argv[] = { report, "show", "ladder", run->folder, NULL };

	step_tool(run, STEP_LADDER, argv, CHILD_PASS, NULL,
		  text_copy("the ladder cannot be shown"));
	free(report);
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

/* Fewer than were read before the boot: then some were not judged. */
static void expect_count(struct run *run, const char *expect)
{
	long read = run->outcomes[STEP_SYNTAX].of, judged = run->outcomes[STEP_CHECK].of;

	if (judged < read)
		run_fail(run, STATUS_BROKEN,
			 text_format("%ld of the %ld expectations in '%s' were judged", judged,
				     read, expect),
			 text_copy("run again without changing them meanwhile"));
}

void expect_judge(struct run *run)
{
	char *report = root_path(run, "build/ktreport"), *expect = expect_path(run), *said;
	const char *const argv[] = { report, "check", run->folder, expect, NULL };
	enum status status =
		step_tool(run, STEP_CHECK, argv, CHILD_PIPE, &said,
			  text_format("the expectations in '%s' cannot be checked", expect));

	fputs(said, stdout);
	run->summary = last_line(said);
	if (status == STATUS_FAILED)
		run_fail(run, STATUS_FAILED,
			 text_format("not all expectations in '%s' held: %s", expect, run->summary),
			 text_format("see '%s/report.html'", run->folder));
	if (status <= STATUS_FAILED)
		expect_count(run, expect);
	free(report);
	free(expect);
	free(said);
}

void wire_compare(struct run *run)
{
	char *script = root_path(run, "gdb-scripts/wire.sh"), *said;
	const char *const argv[] = { script, run->folder, NULL };
	enum status status = step_tool(run, STEP_WIRE, argv, CHILD_PIPE, &said,
				       text_copy("the wires cannot be compared"));

	phase_end(run);
	fputs(said, stdout);
	if (status == STATUS_FAILED)
		run_fail(run, STATUS_FAILED,
			 text_copy("tshark reads frames otherwise than the events say"),
			 text_copy("the lines 'wire: ...' tell which"));
	free(script);
	free(said);
}
