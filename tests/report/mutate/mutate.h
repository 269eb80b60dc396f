/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes one thing of a run at a time, and counts how many of the changes the checks find. */
#ifndef MUTATE_H
#define MUTATE_H

#include "run/run.h"

/* What became of the changes of one kind. */
struct row {
	const char *name;
	size_t made, found;
};

struct mutation {
	struct trace *trace;
	struct names *names;
	size_t every, turn, base; /* base: what is wrong with the run as it is */
	VEC(struct row) rows;
};

/* Judges the run as it is now, changed: one more of that name. */
void count(struct mutation *m, const char *name);

/* Changes each event, and each frame. */
void change_events(struct mutation *m);
void change_frames(struct mutation *m);

/* Why nothing else in a run tells of a change of this name, or NULL. */
const char *reason_of(const char *name);

#endif
