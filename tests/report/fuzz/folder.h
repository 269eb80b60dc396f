/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder in memory with one file, for what is read by its name. */
#ifndef FUZZ_FOLDER_H
#define FUZZ_FOLDER_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Writes the input into that file of a folder that is made once; the folder's path, or it ends. */
static inline const char *folder_with(const char *name, const uint8_t *data, size_t size)
{
	static char folder[] = "/tmp/ktlab-fuzz-XXXXXX";
	static int made;
	char path[sizeof(folder) + 32];
	FILE *file;

	if (!made++ && !mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (!file || fwrite(data, 1, size, file) != size || fclose(file))
		abort();
	return folder;
}

#endif
