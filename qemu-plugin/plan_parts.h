/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a plan, each read from its JSON; false is: it is no such part. For plan.c, which frees what they make. */
#ifndef PLUGIN_PLAN_PARTS_H
#define PLUGIN_PLAN_PARTS_H

#include <jansson.h>

#include "plan.h"

/* where to take what (plan_sites.c) */
bool sites_read(struct plan *plan, const json_t *takes, const json_t *sites);

/* what is known of the kernel and of the machine (plan_kernel.c) */
bool facts_read(struct facts *facts, const json_t *json);
bool faults_read(struct plan *plan, const json_t *faults);
bool notes_read(struct plan *plan, const json_t *notes);
bool tree_read(struct plan_tree *tree, const json_t *json);

/* of the functions whose instructions are recorded (plan_lines.c) */
bool lines_read(struct plan *plan, const json_t *json);

/* of the objects whose writes are recorded (plan_writes.c) */
bool writes_read(struct plan *plan, const json_t *json);

#endif
