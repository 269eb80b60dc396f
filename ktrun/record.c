// SPDX-License-Identifier: GPL-2.0-or-later
/* settings.json and run.json. */
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "inputs.h"
#include "text.h"

/* Writes a JSON file that is whole or, if there is no room, not there: an older one would not be true any more. */
static bool json_write(struct run *run, const char *name, json_t *object)
{
	char *path = run_path(run, name), *part = text_format("%s.new", path);
	bool written = !json_dump_file(object, part, JSON_INDENT(2)) && !rename(part, path);

	if (!written) {
		int error = errno;

		remove(part);
		remove(path);
		run_fail(run, STATUS_BROKEN,
			 text_format("cannot write '%s': %s", path, strerror(error)),
			 text_copy("make room, or name another folder: OUT=DIR"));
	}
	free(path);
	free(part);
	return written;
}

static const char *kernel_value(const struct run *run, const char *name)
{
	const char *value = json_string_value(json_object_get(run->kernel, name));

	return value ? value : "";
}

/* Sets a text that was made for this; an object owns its own copy. */
static void set_text(json_t *object, const char *key, char *text)
{
	json_object_set_new(object, key, json_string(text));
	free(text);
}

/* What the run was told, and with what it ran: the same in both files. */
static json_t *settings_json(const struct run *run)
{
	const struct settings *settings = &run->settings;
	json_t *object = json_pack(
		"{ss ss ss ss ss ss ss ss ss ss sO}", "lab", run->lab, "exercise",
		settings->exercise, "kernel_dir", settings->kernel_dir, "release",
		kernel_value(run, "KTLAB_RELEASE"), "build_id", kernel_value(run, "KTLAB_BUILD_ID"),
		"config_sha256", kernel_value(run, "KTLAB_CONFIG_SHA256"), "note",
		kernel_value(run, "KTLAB_NOTE"), "source", kernel_value(run, "KTLAB_SOURCE"),
		"engine", settings->engine, "mode", strcmp(run->mode, "replay") ? "live" : "exact",
		"topology", run->nics);

	set_text(object, "qemu_version", program_version(settings->qemu));
	set_text(object, "gdb_version", program_version("gdb"));
	return object;
}

/* sha256 of the files that decide what happens in a run. */
static json_t *hashes_json(const struct run *run)
{
	char *paths[] = {
		text_format("%s/bzImage", run->settings.kernel_dir),
		text_copy(run->settings.initrd),
		text_format("%s/guest.sh", run->settings.lab_dir),
		text_format("%s/points", run->settings.lab_dir),
		text_format("%s/%s", run->settings.lab_dir, run->expect),
	};
	size_t count = sizeof(paths) / sizeof(paths[0]);
	json_t *hashes = files_sha256((const char *const *)paths, count);

	for (size_t i = 0; i < count; i++)
		free(paths[i]);
	return hashes;
}

void record_facts(struct run *run)
{
	run->facts = settings_json(run);
	run->hashes = hashes_json(run);
}

bool record_settings(struct run *run)
{
	return json_write(run, "settings.json", run->facts);
}

static json_t *phases_json(const struct run *run)
{
	json_t *phases = json_array();

	for (enum phase phase = 0; phase < PHASE_COUNT; phase++)
		if (run->started[phase])
			json_array_append_new(phases,
					      json_pack("{ss sf}", "name", phase_names[phase],
							"wall_s", run->wall_s[phase]));
	return phases;
}

/* QEMU's end: its exit status or the signal that ended it; null if it was not started. */
static json_t *qemu_json(const struct child *qemu)
{
	if (!qemu->started)
		return json_null();
	if (WIFSIGNALED(qemu->status))
		return json_pack("{ss si sb}", "ended", "signal", "signal", WTERMSIG(qemu->status),
				 "stopped_by_ktrun", qemu->stopped);
	return json_pack("{ss si sb}", "ended", "exit", "status", WEXITSTATUS(qemu->status),
			 "stopped_by_ktrun", qemu->stopped);
}

bool record_run(struct run *run, const char *verdict)
{
	json_t *object = json_pack(
		"{si ss si ss? ss? ss? sI so so sO sO}", "format", 1, "verdict", verdict, "status",
		(int)run->status, "reason", run->reason, "remedy", run->remedy, "exact", run->exact,
		"hits", (json_int_t)run->hits, "phases", phases_json(run), "qemu",
		qemu_json(&run->qemu), "settings", run->facts, "sha256", run->hashes);
	bool written = json_write(run, "run.json", object);

	json_decref(object);
	return written;
}
