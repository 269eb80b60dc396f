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
	bool framed; /* the event that is changed has a frame */
	FILE *list; /* each change that is not found, with its reason; NULL: not asked for */
};

/* What is wrong with the run as it is now; its frames know their events then. */
size_t judge(struct trace *trace);

/* Judges the run as it is now, changed: one more of that name. The format says what was changed, for the list. */
__attribute__((format(printf, 3, 4))) void count(struct mutation *m, const char *name,
						 const char *format, ...);

/* Whether this change is one of those that are made: one of EVERY, and not always of the same field. */
bool is_turn(struct mutation *m);

/* Changes each event, and each frame. */
void change_events(struct mutation *m);
void change_frames(struct mutation *m);

/* Why nothing else in a run tells of a change of this name, or NULL. */
const char *reason_of(const char *name);

#endif
