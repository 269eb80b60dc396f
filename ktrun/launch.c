// SPDX-License-Identifier: GPL-2.0-or-later
// Starts what a run consists of, with its arguments, its environment and its log.
#define _GNU_SOURCE
#include "launch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engines.h"
#include "text.h"
#include "watch.h"

bool launch(struct run *run, struct child *child, const char *name, const char *const *argv,
	    enum child_output where, const char *log)
{
	char *log_path = run_path(run, log);
	bool started;

	if (*run->settings.verbose) {
		fputs("+", stderr);
		for (int i = 0; argv[i]; i++)
			fprintf(stderr, " %s", argv[i]);
		fputc('\n', stderr);
	}
	started = child_start(child, name, argv, where, log_path);
	if (!started)
		run_fail(run, STATUS_SETUP,
			 text_format("cannot run '%s': %s", argv[0], strerror(child->end.value)),
			 text_copy("make doctor"));
	free(log_path);
	return started;
}

static void environment_set(const char *name, char *value)
{
	setenv(name, value, 1);
	free(value);
}

bool qemu_start(struct run *run, const char *mode, const char *folder, const char *socket,
		const char *plan)
{
	char *script = root_path(run, "run-qemu.sh");
	const char *const argv[] = { script, NULL };
	const struct settings *settings = &run->settings;
	enum child_output where = plan ? CHILD_PIPE : CHILD_LOG;
	bool started;

	environment_set("KTLAB_KERNEL", text_format("%s/bzImage", settings->kernel_dir));
	environment_set("KTLAB_INITRD", text_copy(settings->initrd));
	environment_set("KTLAB_RUN", text_copy(folder));
	environment_set("KTLAB_LAB", text_copy(run->lab));
	environment_set("KTLAB_TOPOLOGY", text_copy(run->topology));
	environment_set("KTLAB_EXERCISE", text_copy(settings->exercise));
	environment_set("KTLAB_MODE", text_copy(mode));
	environment_set("KTLAB_RECORDING",
			text_format("%s/recording.bin", run->untraced ? run->untraced : folder));
	environment_set("KTLAB_GDB", text_copy(socket ? socket : ""));
	environment_set("KTLAB_PLAN", text_copy(plan ? plan : ""));
	environment_set("QEMU", text_copy(settings->qemu));
	environment_set("ACCEL", text_copy(settings->accel));
	started = launch(run, &run->qemu, "QEMU", argv, where, "qemu.log");
	if (started && where == CHILD_PIPE)
		fcntl(run->qemu.out_fd, F_SETFL, O_NONBLOCK);
	free(script);
	return started;
}

bool socket_wait(struct run *run)
{
	char *path = text_format("%s/gdb", run->sockets);
	bool there = false;

	do
		there = access(path, F_OK) == 0;
	while (!there && run->qemu.running && watch_next(run, -1));
	free(path);
	return there;
}

bool engine_start(struct run *run)
{
	const struct engine *engine = engine_find(run->settings.engine);
	char *script = root_path(run, engine->script), *plan = run_path(run, "plan.json");
	char *socket = text_format("%s/gdb", run->sockets);
	const char *const argv[] = { script, plan, socket, run->folder, NULL };
	bool started = launch(run, &run->engine, engine->program, argv, CHILD_PIPE, "gdb.log");

	if (started)
		fcntl(run->engine.out_fd, F_SETFL, O_NONBLOCK);
	free(script);
	free(plan);
	free(socket);
	return started;
}
