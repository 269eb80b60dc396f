// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest and its engine.
 *
 * QEMU starts first and waits on a socket in a private folder; the engine connects to it, says on stdout where the
 * guest is (`phase boot|lab|end`, `hits N`), and ends after QEMU has. Each end of either is judged only when both have
 * ended or a grace period is over, since the one that fails first often takes the other along.
 * The plugin engine is a part of QEMU, which then says these lines itself.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ending.h"
#include "engines.h"
#include "launch.h"
#include "progress.h"
#include "sockets.h"
#include "text.h"
#include "watch.h"

/* how long one may take to end after the other: an engine has to write, a QEMU only to notice */
enum {
	ENGINE_GRACE_S = 5,
	QEMU_GRACE_S = 1
};

enum {
	/* what a guest may write to its console: a thousand times what a lab says */
	CONSOLE_BYTES = 8 << 20,
};

/* `half MIB NAME` or `full MIB NAME`: of a file of the plugin's, before it takes no more, and when it does not. */
static bool room_told(const char *line)
{
	bool full = !strncmp(line, "full ", 5);
	const char *mib = line + 5, *name = strchr(mib, ' ');

	if (!name || (!full && strncmp(line, "half ", 5)))
		return false;
	progress_clear();
	fprintf(stderr, "ktrun: %s %s the %.*s MiB that it may have (KTLAB_RECORD_MIB)%s\n",
		name + 1, full ? "has" : "has half of", (int)(name - mib), mib,
		full ? ": what it has is good, what comes now is not recorded" : "");
	return true;
}

/* One line of the engine: `phase NAME`, `hits N` or how full a file is; others are not for us. */
static void engine_line(struct run *run, const char *line)
{
	if (strlen(line) < 5 || room_told(line))
		return;
	if (!strncmp(line, "hits ", 5))
		run->hits = strtol(line + 5, NULL, 10);
	for (enum phase phase = PHASE_BOOT; phase <= PHASE_END; phase++)
		if (!strncmp(line, "phase ", 6) && !strcmp(line + 6, phase_names[phase]) &&
		    phase != run->phase) {
			phase_begin(run, phase);
			/* one function does these three steps */
			run->step = STEP_BOOT + (phase - PHASE_BOOT);
		}
}

/* Reads what the engine has said; a line may come in pieces. */
static void engine_read(struct run *run, int fd, char *pending, size_t size)
{
	size_t length = strlen(pending);
	ssize_t got;

	if (fd < 0)
		return;
	while ((got = read(fd, pending + length, size - 1 - length)) > 0) {
		char *line = pending, *end;

		pending[length + (size_t)got] = '\0';
		while ((end = strchr(line, '\n'))) {
			*end = '\0';
			engine_line(run, line);
			line = end + 1;
		}
		length = strlen(line);
		memmove(pending, line, length + 1);
		if (length == size - 1)
			length = 0;
	}
	pending[length] = '\0';
}

/* Whether the guest's console is of a size that somebody may read; run_fail() has been told if not. */
static bool console_fits(struct run *run, const char *folder)
{
	char *path = text_format("%s/console.log", folder);
	struct stat info;
	bool fits = stat(path, &info) || info.st_size <= CONSOLE_BYTES;

	if (!fits)
		run_fail(run, STATUS_BROKEN,
			 text_format("the guest has written more than %d MB to its console",
				     CONSOLE_BYTES >> 20),
			 text_format("see '%s'", path));
	free(path);
	return fits;
}

/* Until both have ended, one has and the other's grace is over, or the run must stop. */
static void guest_watch(struct run *run)
{
	const struct child *engine = &run->engine, *qemu = &run->qemu;
	const struct child *speaker =
		engine->end.way != END_NONE || engine->running ? engine : qemu;
	char pending[256] = "";
	double ended_s = 0;

	while (qemu->running || engine->running) {
		bool go_on = watch_next(run, speaker->running ? speaker->out_fd : -1) &&
			     console_fits(run, run->folder);

		engine_read(run, speaker->out_fd, pending, sizeof(pending));
		if (!go_on)
			return;
		if (qemu->running && speaker->running)
			continue;
		if (!ended_s)
			ended_s = clock_s();
		if (clock_s() - ended_s > (qemu->running ? QEMU_GRACE_S : ENGINE_GRACE_S))
			return;
	}
	engine_read(run, speaker->out_fd, pending, sizeof(pending));
}

/* Starts QEMU with the engine inside. */
static bool guest_start_inside(struct run *run)
{
	char *plan = run_path(run, "plan.json");
	bool started = qemu_start(run, run->mode, run->folder, NULL, plan);

	free(plan);
	return started;
}

/* Starts QEMU, and an engine that connects to it. */
static bool guest_start_beside(struct run *run)
{
	char *socket;
	bool started;

	if (!sockets_make(run))
		return false;
	socket = text_format("%s/gdb", run->sockets);
	started = qemu_start(run, run->mode, run->folder, socket, NULL) && socket_wait(run) &&
		  engine_start(run);
	free(socket);
	return started;
}

/* Ends what still runs: at a limit, after a signal, or since the other has ended. */
static void children_stop(struct run *run)
{
	enum end_way why = run->halt ? run->halt : END_STOPPED;

	child_stop(&run->engine, why);
	child_stop(&run->qemu, why);
}

void guest_run(struct run *run)
{
	bool inside = !engine_find(run->settings.engine)->script;

	if (inside ? guest_start_inside(run) : guest_start_beside(run))
		guest_watch(run);
	children_stop(run);
	sockets_remove(run);
	guest_judge(run);
	phase_end(run);
}

bool guest_untraced(struct run *run)
{
	const char *mode = strcmp(run->mode, "replay") ? "live" : "record";

	if (qemu_start(run, mode, run->untraced, NULL, NULL))
		while (run->qemu.running && watch_next(run, -1) && console_fits(run, run->untraced))
			;
	children_stop(run);
	untraced_judge(run);
	return run_well(run);
}
