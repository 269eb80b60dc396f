// SPDX-License-Identifier: GPL-2.0-or-later
/* Starting and ending programs. */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	STOP_WAIT_MS = 3000,
	STOP_STEP_MS = 10
};

/* In the new process: redirects, then becomes the program; on failure its errno goes into error_fd. */
__attribute__((noreturn)) static void child_become(const char *const *argv, pid_t parent,
						   int out_fd, const char *log_path, int error_fd)
{
	sigset_t none;
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int log_fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (null_fd >= 0 && log_fd >= 0 && dup2(null_fd, 0) == 0 &&
	    dup2(out_fd >= 0 ? out_fd : log_fd, 1) == 1 && dup2(log_fd, 2) == 2 &&
	    getppid() == parent)
		execvp(argv[0], (char *const *)argv);
	if (write(error_fd, &errno, sizeof(errno)) < 0)
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
	int out[2] = { -1, -1 }, error[2], failed;
	pid_t parent = getpid();

	*child = (struct child){ .name = name, .out_fd = -1 };
	if (pipe2(error, O_CLOEXEC))
		return false;
	if (output == CHILD_PIPE && pipe2(out, O_CLOEXEC)) {
		close(error[0]);
		close(error[1]);
		return false;
	}
	child->pid = fork();
	if (child->pid == 0)
		child_become(argv, parent, output == CHILD_PASS ? dup(1) : out[1], log_path,
			     error[1]);
	failed = child->pid < 0 ? errno : 0;
	close(error[1]);
	if (out[1] >= 0)
		close(out[1]);
	if (!failed) {
		setpgid(child->pid, child->pid);
		failed = child_error(error[0]);
	}
	close(error[0]);
	child->out_fd = out[0];
	child->started = child->running = child->pid > 0;
	if (!failed)
		return true;
	child_stop(child);
	errno = failed;
	return false;
}

bool child_poll(struct child *child)
{
	if (child->running && waitpid(child->pid, &child->status, WNOHANG) == child->pid) {
		child->running = false;
		/* what it has left behind in its group; a subreaper inherits orphans */
		kill(-child->pid, SIGKILL);
		while (waitpid(-child->pid, NULL, 0) > 0)
			;
	}
	return child->running;
}

void child_stop(struct child *child)
{
	const struct timespec step = { .tv_nsec = STOP_STEP_MS * 1000000L };

	if (child_poll(child)) {
		child->stopped = true;
		kill(-child->pid, SIGTERM);
		for (int ms = 0; child_poll(child) && ms < STOP_WAIT_MS; ms += STOP_STEP_MS)
			nanosleep(&step, NULL);
		if (child->running)
			kill(-child->pid, SIGKILL);
		while (child_poll(child))
			nanosleep(&step, NULL);
	}
	if (child->out_fd >= 0)
		close(child->out_fd);
	child->out_fd = -1;
}

int child_exit_status(const struct child *child)
{
	return WIFEXITED(child->status) ? WEXITSTATUS(child->status) : -1;
}
