/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run: its files, its phases with their clocks, and what became of it. */
#ifndef KTRUN_RUN_H
#define KTRUN_RUN_H

#include <jansson.h>
#include <stdbool.h>

#include "child.h"
#include "settings.h"

enum phase {
	PHASE_PLAN,
	PHASE_UNTRACED,
	PHASE_BOOT,
	PHASE_LAB,
	PHASE_END,
	PHASE_DECODE,
	PHASE_REPORT,
	PHASE_WIRE,
	PHASE_COUNT
};

/* The program's exit status. */
enum status {
	STATUS_HELD = 0,
	STATUS_FAILED = 1,
	STATUS_SETUP = 2,
	STATUS_BROKEN = 3
};

struct run {
	struct settings settings;
	char *root; /* the clone that ktrun belongs to */
	char *lab; /* the lab's name */
	char *folder; /* OUT/LAB */
	int folder_fd; /* holds the lock */
	char *topology;
	char *expect; /* name of the file in the lab's folder */
	const char *mode; /* how the traced QEMU runs: live, or replay of a recording */
	char *untraced; /* folder of the untraced run, with its recording; NULL: there is none */
	char *sockets; /* private folder of the gdbstub's socket, or NULL */
	int sockets_fd; /* holds its lock */
	int reserve_fd; /* the space kept back, or -1 */
	int signal_fd;
	int signal; /* the first of SIGINT, SIGTERM, SIGHUP that came, or 0 */
	int signals; /* how many came */
	bool started[PHASE_COUNT];
	double began_s[PHASE_COUNT], wall_s[PHASE_COUNT];
	enum phase phase;
	long hits;
	struct child qemu, engine, tool;
	enum status status;
	char *reason; /* the sentence, once something went wrong */
	char *remedy;
	char *exact; /* the sentence of a comparison with the untraced run that found no difference, or NULL */
	json_t *nics, *kernel; /* topology's lines; kernel.env */
	json_t *facts, *hashes; /* settings.json; sha256 of what decides the run */
};

extern const char *const phase_names[PHASE_COUNT];

/* Seconds of a clock that only goes forward. */
double clock_s(void);

/* Begins a phase; the one before ends. */
void phase_begin(struct run *run, enum phase phase);

/* Ends the phase that runs, with its line of progress. */
void phase_end(struct run *run);

/* Says what went wrong, unless something did before. `remedy` may be "". The texts become the run's. */
void run_fail(struct run *run, enum status status, char *reason, char *remedy);

/* A file of the run folder; the caller frees it. */
char *run_path(const struct run *run, const char *name);

/* A file of the clone; the caller frees it. */
char *root_path(const struct run *run, const char *name);

#endif
