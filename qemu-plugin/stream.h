/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of records, compressed by libzstd as they come: docs/lines.md says what is in it. */
#ifndef PLUGIN_STREAM_H
#define PLUGIN_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zstd.h>

enum {
	STREAM_MAGIC_BYTES = 12,
	/* so much is compressed at once, and then in the file whatever becomes of QEMU */
	STREAM_PIECE = 256 << 10,
};

struct stream {
	int fd;
	const char *path;
	ZSTD_CCtx *zstd;
	uint8_t *piece, *packed;
	size_t used, packed_bytes;
	uint64_t written; /* bytes of the file */
	uint64_t most; /* bytes that the file may have */
	bool half; /* half of them are there, and it was said */
};

/*
 * Makes the file and writes its head: the magic of 12 bytes, and the checksum of the plan. It may grow to so many MiB: that
 * half of them are there is said then. Returns false with errno.
 */
bool stream_open(struct stream *stream, const char *path, const char *magic,
		 const uint8_t *plan_sha256, unsigned int mib);
bool stream_is_open(const struct stream *stream);

/* Whether it has taken as much as it may; then that is said, too. */
bool stream_is_full(const struct stream *stream);

/* Adds bytes. Returns false with errno. */
bool stream_put(struct stream *stream, const void *data, size_t bytes);

/* Ends the compressed data, and the file. Returns false with errno. */
bool stream_close(struct stream *stream);

#endif
