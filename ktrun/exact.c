// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares the traced run with an untraced one. */
#define _GNU_SOURCE
#include "exact.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guest.h"
#include "text.h"

/* pcap: a head, and one before each frame, with the frame's length in it */
enum {
	PCAP_HEAD = 24,
	PCAP_FRAME_HEAD = 16,
	PCAP_FRAME_LENGTH = 8
};

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
	char *traced = run_path(run, name), *part = text_format("untraced/%s", name);
	char *untraced = run_path(run, part);
	long place = files_differ(traced, untraced);

	if (place != -1)
		run_fail(run, STATUS_BROKEN,
			 place < 0 ? text_format("cannot compare '%s' with '%s'", traced, untraced)
				   : text_format("the traced run is not the untraced run: '%s' "
						 "differs from byte %ld on",
						 name, place),
			 text_format("compare '%s' and '%s'", traced, untraced));
	free(traced);
	free(part);
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

void exact_run(struct run *run)
{
	char *folder = run_path(run, "untraced");
	long frames = 0;

	phase_begin(run, PHASE_UNTRACED);
	if (mkdir(folder, 0777) && errno != EEXIST)
		run_fail(run, STATUS_SETUP,
			 text_format("cannot make '%s': %s", folder, strerror(errno)),
			 text_copy(""));
	else if (guest_untraced(run, folder) && same(run, "console.log") &&
		 wires_same(run, &frames))
		run->exact =
			text_format("traced run = untraced run: %ld frames, identical", frames);
	phase_end(run);
	free(folder);
}
