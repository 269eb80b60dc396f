/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command `lesson`: a walk through the questions of a run's lab. */
#ifndef KTREPORT_WALKING_H
#define KTREPORT_WALKING_H

#include "options.h"

int run_lesson(const struct options *options);

#endif
