/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a file that the plugin engine has packed, piece by piece: docs/lines.md. */
#ifndef KTREPORT_UNPACK_H
#define KTREPORT_UNPACK_H

#include "base/util.h"

struct unpack;

/*
 * Opens RUN/NAME, which begins with the magic of 12 bytes. NULL if it cannot be read; *damaged then says why, in a sentence
 * that the caller frees, or is NULL if there is no such file.
 */
struct unpack *unpack_open(const char *folder, const char *name, const char *magic, char **damaged);
void unpack_close(struct unpack *unpack);

/* The next bytes; false where the file ends, or is cut off before so many. */
bool unpack_bytes(struct unpack *unpack, void *to, size_t bytes);
bool unpack_u8(struct unpack *unpack, uint8_t *to);
bool unpack_u32(struct unpack *unpack, uint32_t *to);
bool unpack_u64(struct unpack *unpack, uint64_t *to);

#endif
