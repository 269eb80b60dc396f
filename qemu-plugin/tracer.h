/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of the engine: executes the plan at each hit. */
#ifndef PLUGIN_TRACER_H
#define PLUGIN_TRACER_H

#include "clock.h"
#include "entries.h"
#include "guest.h"
#include "plan.h"
#include "record.h"
#include "stream.h"
#include "tree.h"

enum stage {
	STAGE_BOOT, /* markers only */
	STAGE_LAB, /* every site, from the marker `ktlab start` on */
	STAGE_END /* nothing, after the marker `ktlab end` */
};

struct tracer {
	struct plan *plan;
	struct guest guest;
	struct clock clock;
	struct record record;
	struct entries entries;
	struct forest forest;
	struct stream lines, writes;
	enum stage stage;
	bool kernel_known; /* the guest's kernel is the plan's */
	double told_s; /* when the hits were told last */
};

/* A hit of a site; to be called when its first instruction is about to run. */
void tracer_hit(struct tracer *tracer, struct site *site);

/* The guest's kernel begins to handle a fault. Returns where the instruction is that will run again, 0 if it never began. */
uint64_t tracer_fault(struct tracer *tracer, const struct fault *fault);

#endif
