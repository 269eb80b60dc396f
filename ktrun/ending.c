// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why the guest and its engine have ended as they did, the cause before what it brought about: of several sentences the
 * first stays.
 */
#define _GNU_SOURCE
#include "ending.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "engines.h"
#include "room.h"
#include "text.h"

enum {
	LOG_BYTES = 4096,
	CONSOLE_TAIL_BYTES = 65536,
	STATUS_PANIC = 0,
	STATUS_QEMU = 1,
	STATUS_GUEST = 33
};

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
		/* where other words may stand in the midst of the line */
		bool torn;
	} known[] = {
		{ "can't fork", "the guest's programs have taken every process that it can have",
		  true },
		{ "Kernel panic - not syncing: ", "the guest panicked", false },
		{ "Out of memory: ", "the guest's memory ran out", false },
	};
	char *rest = NULL, *sentence = NULL;

	for (size_t i = 0; !rest && i < sizeof(known) / sizeof(known[0]); i++) {
		rest = console_words(run, known[i].words);
		if (rest)
			sentence = known[i].torn ? text_copy(known[i].meaning)
						 : text_format("%s: %s", known[i].meaning, rest);
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

void untraced_judge(struct run *run)
{
	judge_signal(run, run->qemu.name, run->qemu.end);
	judge_qemu(run);
	judge_end(run);
}

void guest_judge(struct run *run)
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
