/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command `grade`: a class's submissions, judged, and their tables written. */
#ifndef KTREPORT_GRADING_H
#define KTREPORT_GRADING_H

#include "options.h"

int run_grade(const struct options *options);

#endif
