/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long programs stood ready and had no processor: a limit counts what the machine gave, not what others took. */
#ifndef KTRUN_WAITS_H
#define KTRUN_WAITS_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Seconds that all threads of these process groups have waited for a processor since they began (second field of
 * /proc/PID/task/TID/schedstat: Documentation/scheduler/sched-stats.rst, Linux 5.4); 0 where the kernel does not tell.
 * Groups that are 0 are passed over, and threads that have ended are no longer counted.
 */
double waits_s(const pid_t *groups, size_t count);

#endif
