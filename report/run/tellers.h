/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which point makes the events that tell of a frame. */
#ifndef KTREPORT_TELLERS_H
#define KTREPORT_TELLERS_H

#include "run/wire.h"

/* The point that tells of a frame that was sent, or received. */
const char *teller(const struct frame *f, bool rx);
/* What is said of the frame where that is not watched. */
const char *unwatched(const struct frame *f, bool rx);

#endif
