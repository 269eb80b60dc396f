// SPDX-License-Identifier: GPL-2.0-or-later
/* The space that a run needs on its disk. */
#define _GNU_SOURCE
#include "room.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	RESERVED_BYTES = 8 << 20
};

bool room_left(const struct run *run, unsigned long bytes)
{
	struct statvfs fs;

	return statvfs(run->folder, &fs) || fs.f_bavail * fs.f_frsize >= bytes;
}

void room_reserve(struct run *run)
{
	/* without a name, so that nothing of it can stay */
	run->reserve_fd = openat(run->folder_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (run->reserve_fd >= 0 && posix_fallocate(run->reserve_fd, 0, RESERVED_BYTES))
		room_release(run);
}

void room_release(struct run *run)
{
	if (run->reserve_fd >= 0)
		close(run->reserve_fd);
	run->reserve_fd = -1;
}
