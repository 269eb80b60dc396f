/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which struct the bytes of a store belong to: a header in a packet's data, or who uses its control block. */
#ifndef KTREPORT_HEADER_H
#define KTREPORT_HEADER_H

#include "lines/places.h"
#include "lines/written.h"

/* Fields that begin at a byte of the object. */
struct header {
	const struct fields *fields; /* NULL: none */
	uint32_t at;
};

/*
 * By what the packets that have these data say of their headers at that moment, and by the file that writes: a transport
 * header is that of the protocol whose file it is.
 */
struct header header_of(const struct layout *layout, const struct written_file *file,
			const struct written *written, const char *path);

#endif
