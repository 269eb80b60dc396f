// SPDX-License-Identifier: GPL-2.0-or-later
/* Starting and ending programs. */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tally.h"
#include "text.h"

enum {
	STOP_WAIT_MS = 3000,
	STOP_STEP_MS = 10,
	SHELL_SIGNAL =
		128, /* and the signal: a shell's exit status after a program that was killed */
	SIGNALS_END = 32
};

/* The pipes to a new process: its end and ours. */
struct pipes {
	int error[2], out[2], tally[2];
};

static bool pipes_open(struct pipes *pipes, enum child_output output)
{
	*pipes = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
	return !pipe2(pipes->error, O_CLOEXEC) && !pipe2(pipes->tally, O_CLOEXEC) &&
	       (output != CHILD_PIPE || !pipe2(pipes->out, O_CLOEXEC));
}

static void fd_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void pipes_close(struct pipes *pipes)
{
	for (int end = 0; end < 2; end++) {
		fd_close(pipes->error[end]);
		fd_close(pipes->out[end]);
		fd_close(pipes->tally[end]);
	}
}

/* In the new process: moves what it has of its parent out of the way of the descriptors that the program gets. */
static void pipes_move(struct pipes *pipes, enum child_output output)
{
	pipes->error[1] = fcntl(pipes->error[1], F_DUPFD_CLOEXEC, TALLY_FD + 1);
	if (output != CHILD_LOG)
		pipes->out[1] = fcntl(output == CHILD_PASS ? 1 : pipes->out[1], F_DUPFD_CLOEXEC,
				      TALLY_FD + 1);
}

/* In the new process: redirects, then becomes the program; on failure its errno goes into the pipe. */
__attribute__((noreturn)) static void child_become(const char *const *argv, pid_t parent,
						   enum child_output output, struct pipes *pipes,
						   const char *log_path)
{
	sigset_t none;
	int null_fd, log_fd;

	pipes_move(pipes, output);
	tally_give(pipes->tally[1]);
	null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	log_fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (null_fd >= 0 && log_fd >= 0 && dup2(null_fd, 0) == 0 &&
	    dup2(output == CHILD_LOG ? log_fd : pipes->out[1], 1) == 1 && dup2(log_fd, 2) == 2 &&
	    getppid() == parent)
		execvp(argv[0], (char *const *)argv);
	if (write(pipes->error[1], &errno, sizeof(errno)) < 0)
		_exit(126);
	_exit(127);
}

/* Waits until the new process has become the program; returns 0 or its errno. */
static int child_error(int error_fd)
{
	int error = 0;

	while (read(error_fd, &error, sizeof(error)) < 0 && errno == EINTR)
		;
	return error;
}

bool child_start(struct child *child, const char *name, const char *const *argv,
		 enum child_output output, const char *log_path)
{
	pid_t parent = getpid();
	struct pipes pipes;
	int failed;

	*child = (struct child){ .name = name, .out_fd = -1, .tally_fd = -1 };
	child->pid = pipes_open(&pipes, output) ? fork() : -1;
	if (child->pid == 0)
		child_become(argv, parent, output, &pipes, log_path);
	failed = child->pid < 0 ? errno : 0;
	if (failed) {
		pipes_close(&pipes);
		child->end = (struct end){ END_UNSTARTED, failed };
		return false;
	}
	child->running = true;
	child->out_fd = pipes.out[0];
	child->tally_fd = pipes.tally[0];
	fd_close(pipes.error[1]);
	fd_close(pipes.out[1]);
	fd_close(pipes.tally[1]);
	setpgid(child->pid, child->pid);
	failed = child_error(pipes.error[0]);
	fd_close(pipes.error[0]);
	if (!failed)
		return true;
	child_stop(child, END_STOPPED);
	child->end = (struct end){ END_UNSTARTED, failed };
	return false;
}

static struct end end_of(int status)
{
	return WIFSIGNALED(status) ? (struct end){ END_KILLED, WTERMSIG(status) }
				   : (struct end){ END_EXITED, WEXITSTATUS(status) };
}

bool child_poll(struct child *child)
{
	int status;

	if (child->running && waitpid(child->pid, &status, WNOHANG) == child->pid) {
		child->running = false;
		if (child->end.way == END_NONE)
			child->end = end_of(status);
		/* what it has left behind in its group; a subreaper inherits orphans */
		kill(-child->pid, SIGKILL);
		while (waitpid(-child->pid, NULL, 0) > 0)
			;
	}
	return child->running;
}

void child_stop(struct child *child, enum end_way why)
{
	const struct timespec step = { .tv_nsec = STOP_STEP_MS * 1000000L };

	if (child_poll(child)) {
		child->end.way = why;
		kill(-child->pid, SIGTERM);
		for (int ms = 0; child_poll(child) && ms < STOP_WAIT_MS; ms += STOP_STEP_MS)
			nanosleep(&step, NULL);
		if (child->running)
			kill(-child->pid, SIGKILL);
		while (child_poll(child))
			nanosleep(&step, NULL);
	}
	fd_close(child->out_fd);
	fd_close(child->tally_fd);
	child->out_fd = child->tally_fd = -1;
}

struct end child_end_of_script(const struct child *child)
{
	int signal = child->end.value - SHELL_SIGNAL;

	return child->end.way == END_EXITED && signal > 0 && signal < SIGNALS_END
		       ? (struct end){ END_KILLED, signal }
		       : child->end;
}

bool end_is_exit(struct end end, int status)
{
	return end.way == END_EXITED && end.value == status;
}

char *end_text(struct end end)
{
	switch (end.way) {
	case END_EXITED:
		return text_format("ended with status %d", end.value);
	case END_KILLED:
		return text_format("was killed by SIG%s", sigabbrev_np(end.value));
	case END_UNSTARTED:
		return text_format("could not be started: %s", strerror(end.value));
	case END_STOPPED:
		return text_copy("was stopped");
	case END_TIMEOUT:
		return text_copy("was not over at the limit");
	case END_INTERRUPTED:
		return text_copy("was interrupted");
	case END_NONE:
		break;
	}
	return text_copy("was not started");
}
