/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that ktrun starts, in a process group of its own, and ends whatever happens. */
#ifndef KTRUN_CHILD_H
#define KTRUN_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	const char *name; /* for sentences: "QEMU", "GDB" */
	pid_t pid;
	bool started;
	bool running;
	bool stopped; /* ended by child_stop(), not by itself */
	int status; /* as waitpid() gives it, once it has ended */
	int out_fd; /* read end of its stdout, or -1 */
};

/* Where a child's output goes. */
enum child_output {
	CHILD_LOG, /* stdout and stderr into the log */
	CHILD_PIPE, /* stdout to out_fd, stderr into the log */
	CHILD_PASS, /* stdout to ktrun's own, stderr into the log */
};

/*
 * Starts argv[0], looked up in PATH, with stdin empty and the log appended to.
 * It gets SIGKILL when ktrun dies. Returns false if it could not be started, and errno says why.
 */
bool child_start(struct child *child, const char *name, const char *const *argv,
		 enum child_output output, const char *log_path);

/* Notices an end; returns whether the child still runs. */
bool child_poll(struct child *child);

/* Ends the child and all of its process group: SIGTERM, after 3 s SIGKILL. Ended ones are left alone. */
void child_stop(struct child *child);

/* Its exit status, or -1 if a signal ended it. */
int child_exit_status(const struct child *child);

#endif
