/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The space that a run needs on its disk. */
#ifndef KTRUN_ROOM_H
#define KTRUN_ROOM_H

#include "run.h"

enum {
	/* what must be free before a run */
	ROOM_BYTES = 24 << 20
};

/* Whether the file system of the run folder has so many bytes left. */
bool room_left(const struct run *run, unsigned long bytes);

/*
 * Keeps a part of the free space back while the guest runs, so that a run that fills the disk can still be decoded and
 * recorded. A file system that cannot promise space gives none.
 */
void room_reserve(struct run *run);

/* Gives it back; also done by the end of ktrun, whatever ends it. */
void room_release(struct run *run);

#endif
