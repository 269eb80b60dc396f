/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's objects that lived while their stores were recorded. */
#ifndef KTREPORT_LIVED_H
#define KTREPORT_LIVED_H

#include "run/trace.h"

struct lived_row {
	uint32_t number, bytes;
	int64_t stores;
	const char *kind; /* "sock" */
	char *whose; /* "client, connection 1" */
	uint64_t address;
	int64_t born, died; /* instructions executed before; died -1: it lives at the lab's end */
	int64_t born_event, died_event; /* the last ones before; 0: none */
};

/* Gives each object, in the order of their births. Returns NULL, or a sentence that the caller frees: why not all were. */
char *lived_walk(const struct trace *trace, void (*give)(const struct lived_row *row, void *data),
		 void *data);

#endif
