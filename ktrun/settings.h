/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run is told: options, each with an environment variable that gives its default. */
#ifndef KTRUN_SETTINGS_H
#define KTRUN_SETTINGS_H

#include <stdbool.h>

struct settings {
	const char *lab_dir;
	const char *kernel_dir;
	const char *initrd;
	const char *out;
	const char *engine;
	const char *lines; /* functions and folders whose lines are recorded, too, or "" */
	const char *tree; /* root of the tree of calls, or "" */
	const char *exercise;
	const char *exact; /* "" or "1" */
	const char *from; /* folder of a run whose recording is traced again, or "" */
	const char *qemu;
	const char *accel;
	const char *limit;
	const char *verbose; /* "" or "1" */
	int limit_s;
};

/* Fills the settings from the environment and the command line. Help and mistakes end the program. */
void settings_parse(struct settings *settings, int argc, char **argv);

#endif
