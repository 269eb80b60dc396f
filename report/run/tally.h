/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ktreport says to the program that runs it: of how many things it has judged, read or written how many. */
#ifndef KTREPORT_TALLY_H
#define KTREPORT_TALLY_H

#include "base/util.h"

/*
 * Writes "DONE of ALL WHAT" to the descriptor that KTLAB_TALLY names, if it is set, once what was printed is out.
 * Returns false, with a sentence, if that could not be written.
 */
bool tally_say(size_t done, size_t all, const char *what);

#endif
