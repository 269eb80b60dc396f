// SPDX-License-Identifier: GPL-2.0-or-later
/* Looks before a run whether everything is there that it needs. */
#define _GNU_SOURCE
#include "setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "engines.h"
#include "folder.h"
#include "inputs.h"
#include "room.h"
#include "text.h"

static void set_up_failed(struct run *run, char *reason, char *remedy)
{
	run_fail(run, STATUS_SETUP, reason, remedy);
}

/* The lab's folder in OUT is made only for a lab that there is. */
static bool lab_find(struct run *run)
{
	const char *folder = run->settings.lab_dir;
	char *path = text_format("%s/guest.sh", folder), *known;
	bool there = file_readable(path);

	free(path);
	if (!strcmp(run->lab, ".") || !strcmp(run->lab, "..") || !strcmp(run->lab, "/")) {
		set_up_failed(run, text_format("'%s' does not name a lab", folder),
			      text_copy("name its folder, such as labs/handshake"));
		return false;
	}
	if (!there) {
		known = labs_known(folder);
		set_up_failed(run, text_format("unknown lab '%s'", run->lab),
			      text_format("known: %s", known));
		free(known);
	}
	return there;
}

static bool lab_check(struct run *run)
{
	const char *const needed[] = { "points", run->expect };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		char *path = text_format("%s/%s", run->settings.lab_dir, needed[i]);
		bool there = file_readable(path);

		free(path);
		if (there)
			continue;
		set_up_failed(run,
			      text_format("the lab '%s' has no file '%s'", run->lab, needed[i]),
			      text_copy("docs/add-a-lab.md tells what a lab has"));
		return false;
	}
	return true;
}

static bool topology_check(struct run *run)
{
	char *name = text_format("labs/topology/%s", run->topology), *path = root_path(run, name);

	run->nics = strchr(run->topology, '/') ? NULL : topology_read(path);
	if (!run->nics)
		set_up_failed(run, text_format("unknown topology '%s'", run->topology),
			      text_format("'%s' cannot be read", path));
	free(name);
	free(path);
	return run->nics != NULL;
}

static bool kernel_check(struct run *run)
{
	static const char *const needed[] = { "kernel.env", "bzImage", "vmlinux" };
	const char *folder = run->settings.kernel_dir;

	if (!*folder) {
		set_up_failed(run, text_copy("no kernel named"),
			      text_copy("--kernel \"$(kernel-config/kernel.sh build auto)\""));
		return false;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		char *path = text_format("%s/%s", folder, needed[i]);
		bool there = file_readable(path);

		if (there && i == 0)
			run->kernel = kernel_env_read(path);
		free(path);
		if (there)
			continue;
		set_up_failed(run,
			      text_format("'%s' is not a built kernel: no '%s'", folder, needed[i]),
			      text_copy("make kernel"));
		return false;
	}
	return true;
}

static bool tools_check(struct run *run)
{
	const char *const needed[] = { run->settings.qemu, "gdb", "sha256sum" };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (program_found(needed[i]))
			continue;
		set_up_failed(run, text_format("cannot find '%s' in PATH", needed[i]),
			      text_copy("make doctor"));
		return false;
	}
	if (file_readable(run->settings.initrd))
		return true;
	set_up_failed(run, text_format("cannot read the initramfs '%s'", run->settings.initrd),
		      text_copy("make rootfs"));
	return false;
}

/* Makes OUT/LAB and locks it; the lock goes with this process. */
static bool folder_open(struct run *run)
{
	run->folder_fd = folder_make(run->folder);
	if (run->folder_fd < 0) {
		set_up_failed(run,
			      text_format("cannot write in '%s': %s", run->folder, strerror(errno)),
			      text_copy("name another folder: OUT=DIR"));
		return false;
	}
	if (flock(run->folder_fd, LOCK_EX | LOCK_NB)) {
		set_up_failed(run, text_format("another run holds '%s'", run->folder),
			      text_copy("wait for it, or name another folder: OUT=DIR"));
		return false;
	}
	folder_clear(run->folder_fd);
	return true;
}

static bool room_check(struct run *run)
{
	if (room_left(run, ROOM_BYTES))
		return true;
	set_up_failed(run,
		      text_format("no space left in '%s': a run needs %d MB", run->folder,
				  ROOM_BYTES >> 20),
		      text_copy("make room, or name another folder: OUT=DIR"));
	return false;
}

bool setup_begin(struct run *run)
{
	return lab_find(run) && folder_open(run);
}

bool setup_check(struct run *run)
{
	return engine_check(run) && lab_check(run) && topology_check(run) && kernel_check(run) &&
	       tools_check(run) && room_check(run);
}
