// SPDX-License-Identifier: GPL-2.0-or-later
// Unpacks zstd's stream in memory that does not grow with the file.
#include "lines/unpack.h"
#include "base/i18n.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum {
	MAGIC_BYTES = 12,
	HEAD_BYTES = MAGIC_BYTES + 32 /* and the plan's checksum */
};

struct unpack {
	FILE *file;
	ZSTD_DCtx *zstd;
	unsigned char *packed, *bytes;
	size_t at, n; /* of the bytes */
	ZSTD_inBuffer in;
};

struct unpack *unpack_open(const char *folder, const char *name, const char *magic, char **damaged)
{
	char *path = xasprintf("%s/%s", folder ? folder : ".", name), head[HEAD_BYTES];
	FILE *file = fopen(path, "rb");
	struct unpack *unpack = NULL;

	*damaged = NULL;
	if (!file) {
		if (errno != ENOENT)
			*damaged = xasprintf("%s: %s", name, strerror(errno));
	} else if (fread(head, 1, sizeof(head), file) != sizeof(head) ||
		   memcmp(head, magic, MAGIC_BYTES) != 0) {
		*damaged = xasprintf(_("%s is no file of this version"), name);
		fclose(file);
	} else {
		unpack = xcalloc(1, sizeof(*unpack));
		unpack->file = file;
		unpack->zstd = ZSTD_createDCtx();
		unpack->packed = xcalloc(1, ZSTD_DStreamInSize());
		unpack->bytes = xcalloc(1, ZSTD_DStreamOutSize());
		unpack->in.src = unpack->packed;
	}
	free(path);
	return unpack;
}

void unpack_close(struct unpack *unpack)
{
	if (!unpack)
		return;
	fclose(unpack->file);
	ZSTD_freeDCtx(unpack->zstd);
	free(unpack->packed);
	free(unpack->bytes);
	free(unpack);
}

/* Unpacks more bytes; false if there are none. */
static bool more(struct unpack *unpack)
{
	ZSTD_outBuffer out = { unpack->bytes, ZSTD_DStreamOutSize(), 0 };

	unpack->at = unpack->n = 0;
	while (!out.pos) {
		/* what did not fit before comes without more to read */
		size_t left = ZSTD_decompressStream(unpack->zstd, &out, &unpack->in);

		if (ZSTD_isError(left))
			return false;
		if (out.pos || unpack->in.pos < unpack->in.size)
			continue;
		unpack->in.size = fread(unpack->packed, 1, ZSTD_DStreamInSize(), unpack->file);
		unpack->in.pos = 0;
		if (!unpack->in.size)
			return false;
	}
	unpack->n = out.pos;
	return true;
}

bool unpack_bytes(struct unpack *unpack, void *to, size_t bytes)
{
	for (char *at = to; bytes;) {
		size_t part;

		if (unpack->at == unpack->n && !more(unpack))
			return false;
		part = unpack->n - unpack->at < bytes ? unpack->n - unpack->at : bytes;
		memcpy(at, unpack->bytes + unpack->at, part);
		unpack->at += part;
		at += part;
		bytes -= part;
	}
	return true;
}

bool unpack_u8(struct unpack *unpack, uint8_t *to)
{
	return unpack_bytes(unpack, to, sizeof(*to));
}

bool unpack_u32(struct unpack *unpack, uint32_t *to)
{
	return unpack_bytes(unpack, to, sizeof(*to));
}

bool unpack_u64(struct unpack *unpack, uint64_t *to)
{
	return unpack_bytes(unpack, to, sizeof(*to));
}
