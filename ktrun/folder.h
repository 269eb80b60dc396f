/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder that a run writes into. */
#ifndef KTRUN_FOLDER_H
#define KTRUN_FOLDER_H

/*
 * Makes a folder and those above it; returns it open, or -1 and errno: ENOTDIR also if it is a link, since a run writes
 * nothing elsewhere.
 */
int folder_make(const char *path);

/* Removes the files of the run before, so that nothing old passes for new and no link is written through. */
void folder_clear(int fd);

#endif
