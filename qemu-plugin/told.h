/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of writes.bin: docs/writes.md. */
#ifndef PLUGIN_TOLD_H
#define PLUGIN_TOLD_H

#include "objects.h"
#include "tracer.h"

#define WRITES_MAGIC "ktlabwri\1\0\0"

/* The kinds of records, and why the file ends. */
enum {
	WRITES_BORN = 1,
	WRITES_DIED = 2,
	WRITES_STORE = 3,
	WRITES_UNSEEN = 4,
	WRITES_END = 5,
	WRITES_WHOLE = 0,
	WRITES_FULL = 1
};

/* How an object has ended. */
enum death {
	DEATH_TOLD, /* a function of the kernel has ended it */
	DEATH_LEFT, /* with the last packet that pointed to it, or with the lab */
	DEATH_OVERRUN /* its memory has become another object's, and nothing has told of its end */
};

/* Makes the file; refuses where it cannot. Its end, if it was not full before. */
void told_open(struct tracer *tracer, const char *path);
void told_close(void);

/* Whether it is time to write, and there is room. What follows is only written then. */
bool told_is_taken(void);

void told_born(const struct object *object);
void told_died(const struct object *object, enum death death);

/* A store by the instruction at `pc`, of which the lower half is written. */
void told_store(const struct object *object, uint32_t pc, uint32_t offset, const uint8_t *value,
		uint32_t bytes);

/* Bytes of memory that no store is known of. */
void told_unseen(const struct object *object, uint32_t offset, const uint8_t *data, uint32_t bytes);

#endif
