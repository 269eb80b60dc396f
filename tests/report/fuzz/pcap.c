// SPDX-License-Identifier: GPL-2.0-or-later
// Fuzzes the reader of captures and of the headers in their frames. Input: a capture file.
#include "run/dissect.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void field_take(const struct dissected *field, void *data)
{
	size_t *bits = data;

	*bits += field->bits + strlen(field->value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t bits = 0;
	struct wire wire = { .path = xstrdup("wire.pcap"),
			     .node = xstrdup("client"),
			     .nic = xstrdup("eth0") };
	FILE *stream = size ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;

	if (stream)
		wire_read_stream(&wire, stream);
	for (size_t i = 0; i < wire.frames.n; i++)
		frame_dissect(&wire.frames.v[i], field_take, &bits);
	free(wire_filter(&wire, "tcp[tcpflags] & tcp-syn != 0 or arp"));
	wire_free(&wire);
	return 0;
}
