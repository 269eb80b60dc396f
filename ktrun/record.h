/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that ktrun itself writes about a run: settings.json for the decoders, run.json for everyone. */
#ifndef KTRUN_RECORD_H
#define KTRUN_RECORD_H

#include "run.h"

/* Finds out what the files need and the run cannot change: versions and hashes. Returns false after run_fail(). */
bool record_facts(struct run *run);

/* Writes settings.json, before the boot. Returns false after run_fail(). */
bool record_settings(struct run *run);

/* Writes run.json with this verdict. Returns false after run_fail(). */
bool record_run(struct run *run, const char *verdict);

#endif
