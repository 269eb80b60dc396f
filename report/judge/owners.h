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

struct owner {
	const struct event *
		ev; /* that speaks of the object: of a packet or its data as which it is seen next; NULL: none */
	char key[24]; /* a neighbour's address; "" */
	bool listens;
};

struct owner owners_find(const struct owners *owners, const struct layout *layout,
			 const struct written_object *object, int64_t icount);

/* The packet that an object with an event is, or is the data of; 0: it is none. */
int64_t owner_packet(const struct owner *owner, const struct layout *layout,
		     const struct written_object *object);

/* "client, connection 1", or its kind and number; in memory that the caller frees. */
char *owner_name(const struct owner *owner, const struct layout *layout,
		 const struct written_object *object);

#endif
