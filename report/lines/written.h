/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RUN/writes.bin: the objects that lived, and every store into them. */
#ifndef KTREPORT_WRITTEN_H
#define KTREPORT_WRITTEN_H

#include "lines/fields.h"
#include "lines/ran.h"

struct written_object {
	uint32_t number, kind, bytes;
	uint64_t address;
	int64_t born, died; /* instructions before; died -1: it lives */
	uint8_t *copy; /* what is in it, before what is given */
};

enum written_what {
	WRITTEN_BORN = 1,
	WRITTEN_DIED,
	WRITTEN_STORE,
	WRITTEN_UNSEEN, /* found in memory, and no instruction has written it */
};

enum {
	WRITTEN_FRAMES = 4
};

struct written {
	enum written_what what;
	const struct written_object *object;
	int64_t icount; /* instructions executed before */
	uint32_t pc; /* of a store, as the next two the lower half of an address */
	uint32_t at_stack; /* what lies at the stack's end: a return address, perhaps */
	uint32_t callers
		[WRITTEN_FRAMES]; /* return addresses behind the frame pointers, the innermost first; 0: no more */
	uint32_t offset, bytes;
	const uint8_t *value;
	bool overrun; /* it died since its memory is another one's, and nothing has told of its end */
};

struct written_file;

/* Opens a run's file; NULL if it cannot be read, how is then RAN_NONE or RAN_DAMAGED. */
struct written_file *written_open(const char *folder, enum ran_end *how);
void written_close(struct written_file *file);

/* The next record, which is good until the one after it; false behind the last, *how is then how the file ends. */
bool written_next(struct written_file *file, struct written *written, enum ran_end *how);

/* Objects by their number, from the first that is still kept on; *count is one more than the largest. NULL: it is gone. */
const struct written_object *const *written_objects(const struct written_file *file, size_t *count);

/* A sentence if a run's file is not whole; the caller frees it. */
char *written_end_said(enum ran_end end);

#endif
