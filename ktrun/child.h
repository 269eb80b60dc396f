/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that ktrun starts, in a process group of its own, and ends whatever happens. */
#ifndef KTRUN_CHILD_H
#define KTRUN_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* How a program came to its end, and the value that tells more. */
enum end_way {
	END_NONE, /* it was not started, or still runs */
	END_EXITED, /* its exit status */
	END_KILLED, /* the signal that killed it */
	END_UNSTARTED, /* why not: errno */
	END_STOPPED, /* by ktrun, as no longer needed */
	END_TIMEOUT, /* by ktrun, at the limit */
	END_INTERRUPTED, /* by ktrun, which a signal ended */
};

struct end {
	enum end_way way;
	int value;
};

struct child {
	const char *name; /* for sentences: "QEMU", "GDB" */
	pid_t pid;
	bool running;
	struct end end;
	int out_fd; /* read end of its stdout, or -1 */
	int tally_fd; /* read end of where it says what it has done (tally.h), or -1 */
};

/* Where a child's output goes. */
enum child_output {
	CHILD_LOG, /* stdout and stderr into the log */
	CHILD_PIPE, /* stdout to out_fd, stderr into the log */
	CHILD_PASS, /* stdout to ktrun's own, stderr into the log */
};

/*
 * Starts argv[0], looked up in PATH, with stdin empty and the log appended to.
 * It gets SIGKILL when ktrun dies. Returns false if it could not be started; its end says why.
 */
bool child_start(struct child *child, const char *name, const char *const *argv,
		 enum child_output output, const char *log_path);

/* Notices an end; returns whether the child still runs. */
bool child_poll(struct child *child);

/* Ends the child and all of its process group: SIGTERM, after 3 s SIGKILL; `why` is its end, unless it has ended. */
void child_stop(struct child *child, enum end_way why);

/* The end of a script, whose shell says 128 + signal of its last program that a signal has killed. */
struct end child_end_of_script(const struct child *child);

bool end_is_exit(struct end end, int status);

/* "ended with status 2", "was killed by SIGKILL"; the caller frees it. */
char *end_text(struct end end);

#endif
