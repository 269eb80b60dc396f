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

/* What a run does, in this order; steps.c has the table. The run holds only if each says that it is done. */
enum step {
	STEP_SETTINGS,
	STEP_SYNTAX,
	STEP_PLAN,
	STEP_UNTRACED,
	STEP_BOOT,
	STEP_LAB,
	STEP_END,
	STEP_SAME,
	STEP_DECODE,
	STEP_LINES,
	STEP_SELF_CHECK,
	STEP_WRITE,
	STEP_LADDER,
	STEP_CHECK,
	STEP_WIRE,
	STEP_COUNT
};
extern const char *const step_names[STEP_COUNT];

/* What became of a step. */
struct outcome {
	enum {
		OUTCOME_NONE, /* it has not said that it is done */
		OUTCOME_LEFT_OUT, /* it is no part of this run, or `words` say why it need not be */
		OUTCOME_DONE, /* all of `of` things were made or judged */
	} state;
	long of;
	char words[128]; /* what they are: "expectations"; or why it was left out */
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
	struct {
		double before_s, /* what run_waits_s() said, */
			looked_s; /* and when, in the phase */
		double sum_s; /* of this phase */
	} waits;
	enum phase phase;
	long hits;
	struct child qemu, engine, tool;
	enum step step,
		failed_step; /* the one that is done; the one that the sentence is of, or STEP_COUNT */
	enum end_way halt; /* why what runs is being stopped */
	struct outcome outcomes[STEP_COUNT];
	char *summary; /* last line of the check, or NULL */
	enum status status; /* the worst until now; what it means is verdict_word()'s */
	char *reason; /* the sentence, once something went wrong */
	char *remedy;
	char *exact; /* the sentence of a comparison with the untraced run that found no difference, or NULL */
	json_t *nics, *kernel; /* topology's lines; kernel.env */
	json_t *facts, *hashes; /* settings.json; sha256 of what decides the run */
};

extern const char *const phase_names[PHASE_COUNT];

/* Seconds of a clock that only goes forward. */
double clock_s(void);

/* Seconds that what runs has waited for a processor (waits.h). */
double run_waits_s(const struct run *run);

/* Begins a phase; the one before ends. */
void phase_begin(struct run *run, enum phase phase);

/* Ends the phase that runs, with its line of progress. */
void phase_end(struct run *run);

/*
 * Says what went wrong, unless something did before; only of a run that was judged and found wrong the sentence gives way
 * to that of one that could not be judged. `remedy` may be "". The texts become the run's.
 */
void run_fail(struct run *run, enum status status, char *reason, char *remedy);

/* Whether the run could be judged until now. */
bool run_well(const struct run *run);

/* A step says that all of its `of` things ("expectations") were made or judged. */
void step_done(struct run *run, enum step step, long of, const char *words);

/* A step need not be done, and why. */
void step_leave_out(struct run *run, enum step step, const char *why);

bool step_is_done(const struct run *run, enum step step);

/* A file of the run folder; the caller frees it. */
char *run_path(const struct run *run, const char *name);

/* A file of the clone; the caller frees it. */
char *root_path(const struct run *run, const char *name);

#endif
