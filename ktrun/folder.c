// SPDX-License-Identifier: GPL-2.0-or-later
/* A folder that a run writes into. */
#define _GNU_SOURCE
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* what a run writes */
static const char *const run_files[] = {
	"*.json", "*.json.new", "*.jsonl",  "*.jsonl.new", "*.bin",  "*.log",
	"*.pcap", "*.pcapng",	"report.*", "junit.xml",   "vmcore",
};

static bool folders_make(const char *path)
{
	char *copy = text_copy(path);
	bool made = true;

	for (char *slash = strchr(copy + 1, '/'); slash && made; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		made = !mkdir(copy, 0777) || errno == EEXIST;
		*slash = '/';
	}
	made = made && (!mkdir(copy, 0777) || errno == EEXIST);
	free(copy);
	return made;
}

int folder_make(const char *path)
{
	int fd = -1;

	if (folders_make(path))
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && faccessat(fd, ".", W_OK, 0)) {
		int error = errno;

		close(fd);
		errno = error;
		fd = -1;
	}
	return fd;
}

void folder_clear(int fd)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own >= 0 ? fdopendir(own) : NULL;
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		for (size_t i = 0; i < sizeof(run_files) / sizeof(run_files[0]); i++)
			if (!fnmatch(run_files[i], entry->d_name, 0))
				unlinkat(fd, entry->d_name, 0);
	if (dir)
		closedir(dir);
}
