/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose the kernel's objects are, by the events that speak of them. */
#ifndef KTREPORT_OWNERS_H
#define KTREPORT_OWNERS_H

#include "lines/written.h"
#include "run/trace.h"

struct owners;

struct owners *owners_new(const struct trace *trace, const struct layout *layout);
void owners_free(struct owners *owners);

/* The number of the last event before so many instructions were executed; 0: none. */
int64_t owners_event(const struct owners *owners, int64_t icount);

/* "client, connection 1", of a packet or its data "client, packet 2", as which it is seen next; good until the next call. */
const char *owners_name(struct owners *owners, const struct layout *layout,
			const struct written_object *object, int64_t icount);

#endif
