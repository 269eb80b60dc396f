// SPDX-License-Identifier: GPL-2.0-or-later
/* settings.json and run.json. */
#define _GNU_SOURCE
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inputs.h"
#include "text.h"

enum {
	/* more than a record has, which is kept for it, so that a full disk takes the last one, too */
	RECORD_BYTES = 32 << 10
};

/* Writes a text into a file that is not there yet, with space for a longer one. */
static bool file_make(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	size_t length = strlen(text);
	bool written = fd >= 0 && write(fd, text, length) == (ssize_t)length;

	/* where a file system cannot, there is no such space */
	if (written && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, RECORD_BYTES))
		errno = 0;
	return fd >= 0 && !close(fd) && written;
}

/* Writes it over the older one, in the space that this has. */
static bool file_overwrite(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t length = strlen(text);
	bool written = fd >= 0 && write(fd, text, length) == (ssize_t)length &&
		       !ftruncate(fd, (off_t)length);

	return fd >= 0 && !close(fd) && written;
}

/* Writes a JSON file; if even that cannot be, it is not there: an older one would not be true any more. */
static bool json_write(struct run *run, const char *name, json_t *object)
{
	char *path = run_path(run, name), *part = text_format("%s.new", path);
	char *text = json_dumps(object, JSON_INDENT(2));
	bool written = text && ((file_make(part, text) && !rename(part, path)) ||
				(remove(part), file_overwrite(path, text)));

	if (!written) {
		int error = errno;

		remove(path);
		run_fail(run, STATUS_BROKEN,
			 text_format("cannot write '%s': %s", path,
				     text ? strerror(error) : "its JSON cannot be made"),
			 text_copy("make room, or name another folder: OUT=DIR"));
	}
	free(text);
	free(path);
	free(part);
	return written;
}

static const char *kernel_value(const struct run *run, const char *name)
{
	const char *value = json_string_value(json_object_get(run->kernel, name));

	return value ? value : "";
}

/* Sets a text, from wherever it comes: JSON takes none that is not UTF-8. NULL becomes null. */
static void set_text(json_t *object, const char *key, const char *text)
{
	char *good = text ? text_utf8(text) : NULL;

	json_object_set_new(object, key, good ? json_string(good) : json_null());
	free(good);
}

/* A program's version; of one that does not say it run_fail() tells. */
static void set_version(struct run *run, json_t *object, const char *key, const char *program)
{
	char *version = program_version(run, program);

	if (!*version)
		run_fail(run, STATUS_SETUP,
			 text_format("'%s --version' has not said a version", program),
			 text_copy("make doctor"));
	set_text(object, key, version);
	free(version);
}

/* What the run was told, and with what it ran: the same in both files. */
static json_t *settings_json(struct run *run)
{
	const struct settings *settings = &run->settings;
	const struct {
		const char *key, *text;
	} texts[] = {
		{ "lab", run->lab },
		{ "exercise", settings->exercise },
		{ "kernel_dir", settings->kernel_dir },
		{ "release", kernel_value(run, "KTLAB_RELEASE") },
		{ "build_id", kernel_value(run, "KTLAB_BUILD_ID") },
		{ "config_sha256", kernel_value(run, "KTLAB_CONFIG_SHA256") },
		{ "note", kernel_value(run, "KTLAB_NOTE") },
		{ "source", kernel_value(run, "KTLAB_SOURCE") },
		{ "engine", settings->engine },
		{ "qemu_program", settings->qemu },
		{ "mode", strcmp(run->mode, "replay") ? "live" : "exact" },
	};
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		set_text(object, texts[i].key, texts[i].text);
	json_object_set(object, "topology", run->nics);
	set_version(run, object, "qemu_version", settings->qemu);
	set_version(run, object, "gdb_version", "gdb");
	return object;
}

/* sha256 of the files that decide what happens in a run; of one that has none run_fail() tells. */
static json_t *hashes_json(struct run *run)
{
	char *paths[] = {
		text_format("%s/bzImage", run->settings.kernel_dir),
		text_copy(run->settings.initrd),
		text_format("%s/guest.sh", run->settings.lab_dir),
		text_format("%s/points", run->settings.lab_dir),
		text_format("%s/%s", run->settings.lab_dir, run->expect),
	};
	size_t count = sizeof(paths) / sizeof(paths[0]);
	json_t *hashes = files_sha256(run, (const char *const *)paths, count);

	if (json_object_size(hashes) != count)
		run_fail(run, STATUS_SETUP,
			 text_format("sha256sum has said %zu of %zu sums", json_object_size(hashes),
				     count),
			 text_copy("make doctor"));
	for (size_t i = 0; i < count; i++)
		free(paths[i]);
	return hashes;
}

bool record_facts(struct run *run)
{
	run->facts = settings_json(run);
	run->hashes = hashes_json(run);
	return run_well(run);
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
	bool stopped = qemu->end.way >= END_STOPPED;

	if (qemu->end.way == END_NONE || qemu->end.way == END_UNSTARTED)
		return json_null();
	if (stopped)
		return json_pack("{ss sb}", "ended", "stopped", "stopped_by_ktrun", true);
	return json_pack("{ss si sb}", "ended", qemu->end.way == END_KILLED ? "signal" : "exit",
			 qemu->end.way == END_KILLED ? "signal" : "status", qemu->end.value,
			 "stopped_by_ktrun", false);
}

/* What became of each step, in their order. */
static json_t *steps_json(const struct run *run)
{
	static const char *const states[] = { "not done", "left out", "done" };
	json_t *steps = json_array();

	for (enum step step = 0; step < STEP_COUNT; step++) {
		const struct outcome *outcome = &run->outcomes[step];
		json_t *object =
			json_pack("{ss ss sI}", "name", step_names[step], "state",
				  states[outcome->state], "judged", (json_int_t)outcome->of);

		set_text(object, "what", outcome->words);
		json_array_append_new(steps, object);
	}
	return steps;
}

bool record_run(struct run *run, const char *verdict)
{
	json_t *object = json_pack("{si ss si}", "format", 1, "verdict", verdict, "status",
				   (int)run->status);
	bool written;

	set_text(object, "step",
		 run->reason && run->failed_step < STEP_COUNT ? step_names[run->failed_step]
							      : NULL);
	set_text(object, "reason", run->reason);
	set_text(object, "remedy", run->remedy);
	set_text(object, "exact", run->exact);
	json_object_set_new(object, "hits", json_integer(run->hits));
	json_object_set_new(object, "phases", phases_json(run));
	json_object_set_new(object, "steps", steps_json(run));
	json_object_set_new(object, "qemu", qemu_json(&run->qemu));
	json_object_set_new(object, "settings", run->facts ? json_incref(run->facts) : json_null());
	json_object_set_new(object, "sha256", run->hashes ? json_incref(run->hashes) : json_null());
	written = json_write(run, "run.json", object);
	json_decref(object);
	return written;
}
