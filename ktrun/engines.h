/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engines that there are: what each is called, and whether it is a program of its own. */
#ifndef KTRUN_ENGINES_H
#define KTRUN_ENGINES_H

#include "run.h"

struct engine {
	const char *name;
	const char *program; /* for sentences */
	const char *script; /* NULL: QEMU loads it */
};

/* The engine of this name, or NULL. */
const struct engine *engine_find(const char *name);

/*
 * Says with run_fail() that there is no engine of the setting's name, and which there are. Sets run->mode: an engine
 * beside QEMU stops the guest, so it traces an exact run in a replay, where a stop changes nothing.
 */
bool engine_check(struct run *run);

#endif
