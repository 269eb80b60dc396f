// SPDX-License-Identifier: GPL-2.0-or-later
/* Waiting for children, output, signals and the limit. */
#define _GNU_SOURCE
#include "watch.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "progress.h"
#include "text.h"

enum {
	TICK_MS = 50,
	LIMITS_MAX = 20, /* so many limits of the wall end a phase, however busy the machine is */
};

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* Whether nohup, or who else started us, has a hang-up do nothing; blocked, the signal would come all the same. */
static bool hangup_ignored(void)
{
	struct sigaction action;

	return !sigaction(SIGHUP, NULL, &action) && action.sa_handler == SIG_IGN;
}

bool watch_init(struct run *run)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof(ending_signals) / sizeof(ending_signals[0]); i++)
		if (ending_signals[i] != SIGHUP || !hangup_ignored())
			sigaddset(&set, ending_signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* the orphans of ended children come to us, to be waited for */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	/* a reader that goes away (| head) must not end the run */
	signal(SIGPIPE, SIG_IGN);
	/* nor a file that may not grow (ulimit -f): what cannot be written is said */
	signal(SIGXFSZ, SIG_IGN);
	run->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return run->signal_fd >= 0;
}

/* Takes all signals that have come; returns whether one of them ends the run. */
static bool signals_take(struct run *run)
{
	struct signalfd_siginfo info;
	bool ending = false;

	while (read(run->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		ending = true;
		run->signals++;
		if (!run->signal)
			run->signal = (int)info.ssi_signo;
	}
	return ending;
}

/*
 * Takes note, each second, of how long the children have waited for a processor since the last time: one that has ended
 * takes its count with it. Threads may wait beside each other, so that the sum is too much rather than too little.
 */
static void waited_take(struct run *run, double wall_s)
{
	double waits_s;

	if (wall_s < run->waits.looked_s + 1)
		return;
	waits_s = run_waits_s(run);
	if (waits_s > run->waits.before_s)
		run->waits.sum_s += waits_s - run->waits.before_s;
	run->waits.before_s = waits_s;
	run->waits.looked_s = wall_s;
}

/* Whether the phase has had its time; that in which its programs stood ready and others had the processors is not its own. */
static bool at_limit(const struct run *run, double wall_s)
{
	double limit_s = run->settings.limit_s;

	return wall_s - run->waits.sum_s > limit_s || wall_s > limit_s * LIMITS_MAX;
}

bool watch_next(struct run *run, int out_fd)
{
	struct pollfd fds[] = { { .fd = run->signal_fd, .events = POLLIN },
				{ .fd = out_fd, .events = POLLIN } };
	double wall_s;

	poll(fds, 2, TICK_MS);
	child_poll(&run->qemu);
	child_poll(&run->engine);
	child_poll(&run->tool);
	wall_s = clock_s() - run->began_s[run->phase];
	if (signals_take(run)) {
		run->halt = END_INTERRUPTED;
		run_fail(run, STATUS_BROKEN,
			 text_format("interrupted by SIG%s in phase '%s'",
				     sigabbrev_np(run->signal), phase_names[run->phase]),
			 text_format("what was taken until then is in '%s'", run->folder));
		return false;
	}
	waited_take(run, wall_s);
	if (at_limit(run, wall_s)) {
		bool replay = run->qemu.running && run->phase != PHASE_UNTRACED &&
			      !strcmp(run->mode, "replay");

		run->halt = END_TIMEOUT;
		run_fail(run, STATUS_BROKEN,
			 text_format("phase '%s'%s was not over after %d s",
				     phase_names[run->phase], replay ? " of the replay" : "",
				     run->settings.limit_s),
			 text_format("see '%s/console.log'; LIMIT=SECONDS sets the limit",
				     run->folder));
		return false;
	}
	if (!run->wall_s[run->phase])
		progress_show(phase_names[run->phase], wall_s, run->hits);
	return true;
}
