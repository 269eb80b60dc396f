// SPDX-License-Identifier: GPL-2.0-or-later
// Fuzzes the reader of captures and of the headers in their frames. Input: a capture file.
#include "run/wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire wire = { .path = xstrdup("wire.pcap"),
			     .node = xstrdup("client"),
			     .nic = xstrdup("eth0") };
	FILE *stream = size ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;

	if (stream)
		wire_read_stream(&wire, stream);
	free(wire_filter(&wire, "tcp[tcpflags] & tcp-syn != 0 or arp"));
	wire_free(&wire);
	return 0;
}
