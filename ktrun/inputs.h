/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run starts from: the lab, its topology, the built kernel, and the tools. */
#ifndef KTRUN_INPUTS_H
#define KTRUN_INPUTS_H

#include <jansson.h>
#include <stdbool.h>

#include "run.h"

/* The folders of lab_dir's neighbours that are labs, the nearest name first, as one line; the caller frees it. */
char *labs_known(const char *lab_dir);

/* The topology that the lab names in its file `topology`, or two-nodes; the caller frees it. */
char *lab_topology(const char *lab_dir);

/* The lines of a topology file as [{node, nic, hub, mac, address, address6}], the last where there is one; NULL if it cannot be read. */
json_t *topology_read(const char *path);

/* The NAME=value lines of kernel.env as an object; NULL if it cannot be read. */
json_t *kernel_env_read(const char *path);

/* The version in the first line of a program's --version, or "". */
char *program_version(struct run *run, const char *program);

/* The sha256 sums of files as {path: sum}; empty if not each has one. */
json_t *files_sha256(struct run *run, const char *const *paths, size_t count);

/* Whether the program is found, as a path or in PATH. */
bool program_found(const char *name);

#endif
