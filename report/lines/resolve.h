/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes RUN/lines.json: what DWARF and the source tree say of the functions that a run has recorded. */
#ifndef KTREPORT_RESOLVE_H
#define KTREPORT_RESOLVE_H

#include "base/util.h"

/*
 * Returns how many functions were resolved, or -1 with a sentence in *error, which the caller frees. A run that has no
 * lines gets no file. `source`: the source tree, or NULL.
 */
long resolve_lines(const char *folder, const char *vmlinux, const char *source, char **error);

/* Prints the ranges of code of a source folder's files, one a line; false with a sentence in *error. */
bool resolve_folder(FILE *out, const char *vmlinux, const char *folder, char **error);

#endif
