// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares the traced run with an untraced one. */
#define _GNU_SOURCE
#include "exact.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "guest.h"
#include "inputs.h"
#include "text.h"

/* pcap: a head, and one before each frame, with the frame's length in it */
enum {
	PCAP_HEAD = 24,
	PCAP_FRAME_HEAD = 16,
	PCAP_FRAME_LENGTH = 8
};

/* under which run.json has the sum of the recording, wherever its folder is later */
static const char recording_key[] = "recording.bin";

/* The first byte in which two files differ, or -1 if in none; -2 if one cannot be read. */
static long files_differ(const char *one, const char *other)
{
	FILE *a = fopen(one, "re"), *b = fopen(other, "re");
	long place = -2;

	if (a && b) {
		int x, y;

		place = -1;
		do {
			x = getc(a);
			y = getc(b);
			place++;
		} while (x == y && x != EOF);
		if (x == y)
			place = -1;
	}
	if (a)
		fclose(a);
	if (b)
		fclose(b);
	return place;
}

static long frames_count(const char *path)
{
	FILE *file = fopen(path, "re");
	uint8_t head[PCAP_FRAME_HEAD];
	uint32_t length;
	long count = 0;

	if (!file)
		return 0;
	if (fseek(file, PCAP_HEAD, SEEK_SET)) {
		fclose(file);
		return 0;
	}
	while (fread(head, sizeof(head), 1, file) == 1) {
		memcpy(&length, head + PCAP_FRAME_LENGTH, sizeof(length));
		if (fseek(file, length, SEEK_CUR))
			break;
		count++;
	}
	fclose(file);
	return count;
}

/* Compares a file of both runs; says the first difference. */
static bool same(struct run *run, const char *name)
{
	char *traced = run_path(run, name), *untraced = text_format("%s/%s", run->untraced, name);
	long place = files_differ(traced, untraced);

	if (place != -1)
		run_fail(run, STATUS_BROKEN,
			 place < 0 ? text_format("cannot compare '%s' with '%s'", traced, untraced)
				   : text_format("the traced run is not the untraced run: '%s' "
						 "differs from byte %ld on",
						 name, place),
			 text_format("compare '%s' and '%s'", traced, untraced));
	free(traced);
	free(untraced);
	return place == -1;
}

/* Compares each wire; the frames of a hub, which all of its cards see, are counted once. */
static bool wires_same(struct run *run, long *frames)
{
	size_t i;
	json_t *nic, *counted = json_object();
	bool equal = true;

	json_array_foreach (run->nics, i, nic) {
		char *hub = text_format("%d", (int)json_integer_value(json_object_get(nic, "hub")));
		char *name = text_format("wire-%s-%s.pcap",
					 json_string_value(json_object_get(nic, "node")),
					 json_string_value(json_object_get(nic, "nic")));
		char *path = run_path(run, name);

		equal = equal && same(run, name);
		if (!json_object_get(counted, hub))
			*frames += frames_count(path);
		json_object_set_new(counted, hub, json_true());
		free(hub);
		free(name);
		free(path);
	}
	json_decref(counted);
	return equal;
}

void exact_compare(struct run *run)
{
	long frames = 0;

	if (!same(run, "console.log") || !wires_same(run, &frames))
		return;
	run->exact = text_format("traced run = untraced run: %ld frames, identical", frames);
	step_done(run, STEP_SAME, 1 + (long)json_array_size(run->nics), "files");
}

/* The sum of the recording's bytes; NULL if it cannot be read. */
static json_t *recording_sum(struct run *run)
{
	char *path = text_format("%s/recording.bin", run->untraced);
	const char *const paths[] = { path };
	json_t *sums = files_sha256(run, paths, 1), *sum;
	char *key = text_utf8(path);

	sum = json_incref(json_object_get(sums, key));

	json_decref(sums);
	free(key);
	free(path);
	return sum;
}

/* Whether the recording has the bytes that it was made with, where run.json of then says so. */
static bool recording_whole(struct run *run, json_t *sums)
{
	json_t *was = json_object_get(sums, recording_key), *is = was ? recording_sum(run) : NULL;
	bool whole = !was || json_equal(was, is);

	if (!whole)
		run_fail(run, STATUS_SETUP,
			 text_format("the recording in '%s' is damaged", run->untraced),
			 text_copy("record again: EXACT=1"));
	json_decref(is);
	return whole;
}

/* Whether the recorded run had the files that this one has; what is not known of it differs. */
static bool inputs_same(struct run *run)
{
	char *path = text_format("%s/run.json", run->settings.from);
	json_t *other = json_load_file(path, 0, NULL), *sums = json_object_get(other, "sha256"),
	       *sum;
	char *initrd = text_utf8(run->settings.initrd);
	const char *file;
	bool equal = true;

	json_object_foreach (run->hashes, file, sum) {
		const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
		bool decides = !strcmp(name, "bzImage") || !strcmp(file, initrd);

		if (equal && decides && !json_equal(sum, json_object_get(sums, file))) {
			run_fail(run, STATUS_SETUP,
				 text_format("the recording of '%s' was not made with this '%s'",
					     run->settings.from, file),
				 text_copy("record again: EXACT=1"));
			equal = false;
		}
	}
	equal = equal && recording_whole(run, sums);
	json_decref(other);
	free(initrd);
	free(path);
	return equal;
}

static bool recording_found(struct run *run)
{
	char *path = text_format("%s/untraced/recording.bin", run->settings.from);
	bool found = file_readable(path);

	if (!found)
		run_fail(run, STATUS_SETUP, text_format("cannot read the recording '%s'", path),
			 text_format("record one: make lab LAB=%s EXACT=1", run->lab));
	free(path);
	return found && inputs_same(run);
}

/* The untraced run's folder, with what an older run has left there removed. */
static bool folder_prepare(struct run *run)
{
	int fd = folder_make(run->untraced);

	if (fd < 0) {
		run_fail(run, STATUS_SETUP,
			 text_format("cannot write in '%s': %s", run->untraced, strerror(errno)),
			 text_copy("name another folder: OUT=DIR"));
		return false;
	}
	folder_clear(fd);
	close(fd);
	return true;
}

/* Keeps the sum of a recording, by which the next run knows it again. */
static void recording_keep(struct run *run)
{
	json_t *sum = recording_sum(run);

	if (sum)
		json_object_set_new(run->hashes, recording_key, sum);
	else
		run_fail(run, STATUS_BROKEN,
			 text_format("the recording in '%s' has no checksum", run->untraced),
			 text_copy("run again; sha256sum has not said it"));
}

void exact_prepare(struct run *run)
{
	if (*run->settings.from) {
		run->untraced = text_format("%s/untraced", run->settings.from);
		if (recording_found(run))
			step_leave_out(run, STEP_UNTRACED, "it was recorded before");
		return;
	}
	run->untraced = run_path(run, "untraced");
	if (!folder_prepare(run))
		return;
	phase_begin(run, PHASE_UNTRACED);
	if (guest_untraced(run) && !strcmp(run->mode, "replay"))
		recording_keep(run);
	if (run_well(run))
		step_done(run, STEP_UNTRACED, 1, "guest");
	phase_end(run);
}
