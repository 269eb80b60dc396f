// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The private folder of a run's socket.
 *
 * A run holds a lock on its folder, which the kernel takes away with the process. So a folder without a lock belongs to
 * a run that was killed, and the next run removes it; a process id would not tell, since another run may be in another
 * pid namespace and share /tmp.
 */
#define _GNU_SOURCE
#include "sockets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "text.h"

/* a socket's path has at most 107 bytes */
enum {
	BASE_MAX_LENGTH = 64,
	TRIES = 100
};

static const char *base_find(void)
{
	const char *base = getenv("XDG_RUNTIME_DIR");

	return base && strlen(base) <= BASE_MAX_LENGTH && !access(base, W_OK) ? base : "/tmp";
}

/* The folder, open and locked; -1 if another holds it, it is not ours, or it is gone. */
static int folder_lock(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) || access(path, W_OK))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void folder_remove(const char *path)
{
	char *socket = text_format("%s/gdb", path);

	unlink(socket);
	rmdir(path);
	free(socket);
}

/* Removes the folders that killed runs have left. */
static void stale_remove(const char *base)
{
	DIR *dir = opendir(base);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *path = text_format("%s/%s", base, entry->d_name);
		int fd = fnmatch("ktlab-run-??????", entry->d_name, 0) ? -1 : folder_lock(path);

		if (fd >= 0) {
			folder_remove(path);
			close(fd);
		}
		free(path);
	}
	if (dir)
		closedir(dir);
}

bool sockets_make(struct run *run)
{
	const char *base = base_find();

	stale_remove(base);
	/* before it has its lock, another run may take it for a stale one */
	for (int tries = 0; tries < TRIES; tries++) {
		run->sockets = text_format("%s/ktlab-run-XXXXXX", base);
		run->sockets_fd = mkdtemp(run->sockets) ? folder_lock(run->sockets) : -1;
		if (run->sockets_fd >= 0)
			return true;
		free(run->sockets);
		run->sockets = NULL;
	}
	run_fail(run, STATUS_SETUP,
		 text_format("cannot make a folder for the socket in '%s': %s", base,
			     strerror(errno)),
		 text_copy("XDG_RUNTIME_DIR names another one"));
	return false;
}

void sockets_remove(struct run *run)
{
	if (!run->sockets)
		return;
	folder_remove(run->sockets);
	close(run->sockets_fd);
	free(run->sockets);
	run->sockets = NULL;
}
