// SPDX-License-Identifier: GPL-2.0-or-later
/* Compresses records by pieces: each piece is flushed, so that a QEMU that is killed loses the last one only. */
#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"

enum {
	LEVEL = 3, /* zstd's own choice between time and size */
	SHA256_BYTES = 32
};

/* How much of the MiB that it may have the file has: `half 1024 NAME`, and then `full`; ktrun tells it. */
static void room_say(const struct stream *stream, const char *much)
{
	const char *slash = strrchr(stream->path, '/');

	say_tell("%s %u %s\n", much, (unsigned int)(stream->most >> 20),
		 slash ? slash + 1 : stream->path);
}

static bool write_all(struct stream *stream, const uint8_t *data, size_t bytes)
{
	stream->written += bytes;
	if (!stream->half && stream->written > stream->most / 2) {
		stream->half = true;
		room_say(stream, "half");
	}
	while (bytes) {
		ssize_t written = write(stream->fd, data, bytes);

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			data += written;
			bytes -= (size_t)written;
		}
	}
	return true;
}

/* Compresses the piece, and writes what comes of it. */
static bool pack(struct stream *stream, ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = { stream->piece, stream->used, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { stream->packed, stream->packed_bytes, 0 };

		left = ZSTD_compressStream2(stream->zstd, &out, &in, how);
		if (ZSTD_isError(left)) {
			errno = ENOMEM;
			return false;
		}
		if (!write_all(stream, stream->packed, out.pos))
			return false;
	} while (left);
	stream->used = 0;
	return true;
}

bool stream_open(struct stream *stream, const char *path, const char *magic,
		 const uint8_t *plan_sha256, unsigned int mib)
{
	*stream = (struct stream){ .path = path,
				   .most = (uint64_t)mib << 20,
				   .packed_bytes = ZSTD_CStreamOutSize() };
	stream->piece = malloc(STREAM_PIECE);
	stream->packed = malloc(stream->packed_bytes);
	stream->zstd = ZSTD_createCCtx();
	stream->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (!stream->piece || !stream->packed || !stream->zstd) {
		errno = ENOMEM;
		return false;
	}
	ZSTD_CCtx_setParameter(stream->zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(stream->zstd, ZSTD_c_checksumFlag, 1);
	return stream->fd >= 0 && write_all(stream, (const uint8_t *)magic, STREAM_MAGIC_BYTES) &&
	       write_all(stream, plan_sha256, SHA256_BYTES);
}

bool stream_is_open(const struct stream *stream)
{
	return stream->zstd != NULL;
}

bool stream_is_full(const struct stream *stream)
{
	bool full = stream->written + STREAM_PIECE > stream->most;

	if (full)
		room_say(stream, "full");
	return full;
}

bool stream_put(struct stream *stream, const void *data, size_t bytes)
{
	const uint8_t *from = data;

	while (bytes) {
		size_t fits = STREAM_PIECE - stream->used, part = bytes < fits ? bytes : fits;

		memcpy(stream->piece + stream->used, from, part);
		stream->used += part;
		from += part;
		bytes -= part;
		if (stream->used == STREAM_PIECE && !pack(stream, ZSTD_e_flush))
			return false;
	}
	return true;
}

bool stream_close(struct stream *stream)
{
	bool good;

	if (!stream_is_open(stream))
		return true;
	good = pack(stream, ZSTD_e_end);
	good = !close(stream->fd) && good;
	ZSTD_freeCCtx(stream->zstd);
	free(stream->piece);
	free(stream->packed);
	*stream = (struct stream){ .fd = -1 };
	return good;
}
