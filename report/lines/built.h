/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the source tree were when the kernel was built from them. */
#ifndef KTREPORT_BUILT_H
#define KTREPORT_BUILT_H

#include "base/util.h"

struct dwarf;

/*
 * Puts all files that the debug information names, [{"path", "sha256"}…], numbered as DWARF's: the sums are those of
 * sources.sha256 beside vmlinux, noted by kernel-config/build.sh; null of a file that is not there. Beside a kernel that
 * was kept without that file, they are those of the tree now. `source`: the source tree, or NULL.
 */
void built_put(FILE *out, struct dwarf *dwarf, const char *vmlinux, const char *source);

#endif
