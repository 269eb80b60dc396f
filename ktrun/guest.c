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

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "room.h"
#include "sockets.h"
#include "text.h"
#include "watch.h"

/* how long one may take to end after the other: an engine has to write, a QEMU only to notice */
enum {
	ENGINE_GRACE_S = 5,
	QEMU_GRACE_S = 1
};

enum {
	LOG_BYTES = 4096,
	CONSOLE_TAIL_BYTES = 65536,
	/* what a guest may write to its console: a thousand times what a lab says */
	CONSOLE_BYTES = 8 << 20,
	STATUS_PANIC = 0,
	STATUS_QEMU = 1,
	STATUS_GUEST = 33
};

static const struct engine {
	const char *name;
	const char *program; /* for sentences */
	const char *script; /* NULL: QEMU loads it */
} engines[] = {
	{ "gdb", "GDB", "gdb-scripts/trace-gdb.sh" },
	{ "plugin", "QEMU", NULL },
};

static const struct engine *engine_find(const char *name)
{
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (!strcmp(engines[i].name, name))
			return &engines[i];
	return NULL;
}

bool engine_check(struct run *run)
{
	const struct engine *engine;
	char *known = text_copy("known:");

	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		char *longer = text_format("%s %s", known, engines[i].name);

		free(known);
		known = longer;
	}
	engine = engine_find(run->settings.engine);
	if (engine && engine->script && *run->settings.tree) {
		run_fail(run, STATUS_SETUP,
			 text_format(
				 "the engine '%s' cannot follow a tree of calls: each call would "
				 "stop the guest twice",
				 engine->name),
			 text_copy("ENGINE=plugin, or a few of its functions: POINTS=\"...\""));
		free(known);
		return false;
	}
	if (engine) {
		setenv("TREE", run->settings.tree, 1);
		run->mode = engine->script && (*run->settings.exact || *run->settings.from)
				    ? "replay"
				    : "live";
		free(known);
		return true;
	}
	run_fail(run, STATUS_SETUP, text_format("unknown engine '%s'", run->settings.engine),
		 known);
	return false;
}

/* Starts one of the run's programs; says so with V=1, and why it cannot. */
static bool start(struct run *run, struct child *child, const char *name, const char *const *argv,
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

/*
 * Starts QEMU in a mode of run-qemu.sh with its files in the folder. `socket` is where it waits for GDB, and `plan`
 * what its plugin executes; NULL: it does not.
 */
static bool qemu_start(struct run *run, const char *mode, const char *folder, const char *socket,
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
	started = start(run, &run->qemu, "QEMU", argv, where, "qemu.log");
	if (started && where == CHILD_PIPE)
		fcntl(run->qemu.out_fd, F_SETFL, O_NONBLOCK);
	free(script);
	return started;
}

/* Waits until QEMU has made its socket; false if it ended or the run must stop. */
static bool socket_wait(struct run *run)
{
	char *path = text_format("%s/gdb", run->sockets);
	bool there = false;

	do
		there = access(path, F_OK) == 0;
	while (!there && run->qemu.running && watch_next(run, -1));
	free(path);
	return there;
}

static bool engine_start(struct run *run)
{
	const struct engine *engine = engine_find(run->settings.engine);
	char *script = root_path(run, engine->script), *plan = run_path(run, "plan.json");
	char *socket = text_format("%s/gdb", run->sockets);
	const char *const argv[] = { script, plan, socket, run->folder, NULL };
	bool started = start(run, &run->engine, engine->program, argv, CHILD_PIPE, "gdb.log");

	if (started)
		fcntl(run->engine.out_fd, F_SETFL, O_NONBLOCK);
	free(script);
	free(plan);
	free(socket);
	return started;
}

/* One line of the engine: `phase NAME` or `hits N`; others are not for us. */
static void engine_line(struct run *run, const char *line)
{
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

/* How the engine has ended, which a script has become. */
static struct end engine_end(const struct run *run)
{
	return child_end_of_script(&run->engine);
}

/* The last line of a log that is not empty, or ""; the caller frees it. */
static char *log_last_line(const struct run *run, const char *name)
{
	char *path = run_path(run, name), *text = file_tail(path, LOG_BYTES);
	char *line = text_copy("");

	for (char *word = text ? strtok(text, "\r\n") : NULL; word; word = strtok(NULL, "\r\n")) {
		free(line);
		line = text_copy(word);
	}
	free(path);
	free(text);
	return line;
}

/* A log of the QEMU that ran last; the caller frees it. */
static char *log_path(const struct run *run, const char *name)
{
	bool untraced = run->phase == PHASE_UNTRACED && !strcmp(name, "console.log");

	return text_format("%s/%s", untraced ? run->untraced : run->folder, name);
}

/* The rest of the console's line after these words, or NULL; the caller frees it. */
static char *console_words(const struct run *run, const char *words)
{
	char *path = log_path(run, "console.log"), *text = file_tail(path, CONSOLE_TAIL_BYTES);
	char *found = text ? strstr(text, words) : NULL, *rest = NULL;

	if (found) {
		found += strlen(words);
		found[strcspn(found, "\r\n")] = '\0';
		rest = text_copy(found);
	}
	free(path);
	free(text);
	return rest;
}

/* What the kernel said when it, or a program of the guest, could not go on; NULL if nothing. The caller frees it. */
static char *console_sentence(const struct run *run)
{
	static const struct {
		const char *words, *meaning;
	} known[] = {
		{ "Kernel panic - not syncing: ", "the guest panicked" },
		{ "Out of memory: ", "the guest's memory ran out" },
	};
	char *rest = NULL, *sentence = NULL;

	for (size_t i = 0; !rest && i < sizeof(known) / sizeof(known[0]); i++) {
		rest = console_words(run, known[i].words);
		if (rest)
			sentence = text_format("%s: %s", known[i].meaning, rest);
	}
	free(rest);
	return sentence;
}

/* Whether the QEMU that ran last has replayed a recording. */
static bool replays(const struct run *run)
{
	return run->started[PHASE_BOOT] && !strcmp(run->mode, "replay");
}

static char *see(const struct run *run, const char *log)
{
	char *path = log_path(run, log), *sentence = text_format("see '%s'", path);

	free(path);
	return sentence;
}

/* Why QEMU's exit status means that the run failed; the caller frees it. */
static char *qemu_verdict(const struct run *run, int status)
{
	char *line, *sentence;

	line = log_last_line(run, "qemu.log");
	if (status == STATUS_QEMU)
		sentence = text_format(replays(run) ? "QEMU cannot replay the recording: %s"
						    : "QEMU did not run: %s",
				       line);
	else if (status == STATUS_PANIC && strstr(line, "terminating on signal"))
		sentence = text_format("somebody ended QEMU: %s", line);
	else
		sentence = console_sentence(run);
	free(line);
	if (sentence)
		return sentence;
	if (status == STATUS_PANIC)
		return text_copy("the guest ended without an exit status");
	if (status > STATUS_GUEST && status % 2)
		return text_format("the lab's guest.sh ended with status %d",
				   (status - STATUS_GUEST) / 2);
	return text_format("QEMU ended with status %d", status);
}

static void judge_room(struct run *run)
{
	bool engine_good = run->engine.end.way == END_NONE || end_is_exit(run->engine.end, 0);

	if ((!engine_good || !end_is_exit(run->qemu.end, STATUS_GUEST)) && !room_left(run, 1))
		run_fail(run, STATUS_BROKEN, text_format("no space left in '%s'", run->folder),
			 text_copy("make room, or name another folder: OUT=DIR"));
}

static void judge_signal(struct run *run, const char *name, struct end end)
{
	char *way;

	if (end.way != END_KILLED)
		return;
	way = end_text(end);
	run_fail(run, STATUS_BROKEN,
		 text_format("%s %s in phase '%s'", name, way, phase_names[run->phase]),
		 text_copy(end.value == SIGXFSZ ? "ulimit -f lets a file grow no further"
						: KILLED_REMEDY));
	free(way);
}

/* QEMU 10.0 replays the guest's end without its status, which was judged when it was recorded. */
static bool qemu_ended_well(const struct run *run)
{
	return end_is_exit(run->qemu.end, STATUS_GUEST) ||
	       (replays(run) && run->started[PHASE_END] && end_is_exit(run->qemu.end, 0));
}

static void judge_qemu(struct run *run)
{
	int status = run->qemu.end.value;

	if (run->qemu.end.way == END_EXITED && !qemu_ended_well(run))
		run_fail(run, STATUS_BROKEN, qemu_verdict(run, status),
			 see(run, status == STATUS_QEMU ? "qemu.log" : "console.log"));
}

static void judge_engine(struct run *run)
{
	struct end end = engine_end(run);
	char *line, *way;

	if (end.way == END_NONE || end_is_exit(end, 0)) {
		if (!run->started[PHASE_END])
			run_fail(run, STATUS_BROKEN,
				 text_format("%s has not seen the lab's end",
					     engine_find(run->settings.engine)->program),
				 see(run, "console.log"));
		return;
	}
	line = log_last_line(run, "gdb.log");
	way = end_text(end);
	run_fail(run, STATUS_BROKEN,
		 text_format("%s %s: %s", run->engine.name, way,
			     *line ? line : "it did not say why"),
		 see(run, "gdb.log"));
	free(line);
	free(way);
}

/* What neither has failed at nor come to its end. */
static void judge_end(struct run *run)
{
	char *way = end_text(run->qemu.end);

	if (!qemu_ended_well(run))
		run_fail(run, STATUS_BROKEN,
			 text_format("QEMU %s in phase '%s'", way, phase_names[run->phase]),
			 see(run, "console.log"));
	free(way);
}

/* Says what became of the two, the cause before what it brought about: the first sentence stays. */
static void guest_judge(struct run *run)
{
	judge_room(run);
	judge_signal(run, run->engine.name, engine_end(run));
	judge_signal(run, run->qemu.name, run->qemu.end);
	judge_qemu(run);
	judge_engine(run);
	judge_end(run);
	if (!run_well(run))
		return;
	step_done(run, STEP_BOOT, 1, "guest");
	step_done(run, STEP_LAB, run->hits, "hits");
	step_done(run, STEP_END, run->engine.end.way == END_NONE ? 1 : 2, "programs");
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
	judge_signal(run, run->qemu.name, run->qemu.end);
	judge_qemu(run);
	judge_end(run);
	return run_well(run);
}

/* Adds what a pipe holds to a text. */
static void output_read(int fd, char **output, size_t *length)
{
	char part[4096];
	ssize_t got;

	while (fd >= 0 && (got = read(fd, part, sizeof(part))) > 0) {
		*output = text_grow(*output, *length + (size_t)got);
		memcpy(*output + *length, part, (size_t)got);
		*length += (size_t)got;
		(*output)[*length] = '\0';
	}
}

/* Whether nobody reads any more what we print, as after `| head`. */
static bool reader_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) == 1 && out.revents & POLLERR;
}

struct end tool_run(struct run *run, const char *const *argv, enum child_output where,
		    char **output, struct tally *tally)
{
	struct child *tool = &run->tool;
	char *text = text_copy("");
	size_t length = 0;
	bool go_on = true;
	struct end end;

	*tally = (struct tally){ 0 };
	if (start(run, tool, argv[0], argv, where, "gdb.log") && tool->out_fd >= 0)
		fcntl(tool->out_fd, F_SETFL, O_NONBLOCK);
	while (go_on && tool->running) {
		go_on = watch_next(run, tool->out_fd);
		output_read(tool->out_fd, &text, &length);
	}
	if (!tool->running)
		*tally = tally_read(tool->tally_fd);
	child_stop(tool, run->halt);
	end = child_end_of_script(tool);
	if (where == CHILD_PASS && end.way == END_KILLED && end.value == SIGPIPE && reader_left()) {
		*tally = (struct tally){ .said = true, .left_out = "nobody reads it" };
		end = (struct end){ END_EXITED, 0 };
	}
	if (output)
		*output = text;
	else
		free(text);
	return end;
}
