/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that ask the kernel's debug information. */
#ifndef KTREPORT_RESOLVING_H
#define KTREPORT_RESOLVING_H

#include "options.h"

/* RUN's files get what VMLINUX says of them; ktrun does it after each run of the plugin engine. */
int run_resolve(const struct options *options);

/* Where the code of a source folder's files lies, for a plan. */
int run_folder(const struct options *options);

#endif
