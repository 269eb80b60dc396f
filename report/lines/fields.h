/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects whose writes a run has recorded, field by field: what `writes` of plan.json says of them. */
#ifndef KTREPORT_FIELDS_H
#define KTREPORT_FIELDS_H

#include "base/json.h"

/* How a field's value is shown. */
enum field_how {
	FIELD_UINT,
	FIELD_INT,
	FIELD_BE, /* a number in network order */
	FIELD_IP,
	FIELD_PTR,
	FIELD_BOOL,
	FIELD_BYTES,
	FIELD_HOWS
};

struct field {
	char *path; /* "icsk_accept_queue.rskq_accept_head" */
	uint32_t bit, bits,
		element; /* where it begins, how long it is, and the bytes of an element of an array */
	enum field_how how;
	struct json words; /* {value: name}, or nothing */
};

struct fields {
	char *name; /* of the kind, or of the struct */
	char *files; /* of a control block: what the paths of the files begin with that use it so, with spaces between */
	VEC(struct field) list;
};

struct kind {
	struct fields fields;
	bool has_data;
	uint32_t head_at; /* the pointer to its data */
};

struct layout {
	char *text; /* the plan */
	VEC(struct kind) kinds;
	VEC(struct fields) headers, controls;
};

/* NULL if the run's plan has no such part, or cannot be read: *damaged is then a sentence that the caller frees. */
struct layout *layout_open(const char *folder, char **damaged);
void layout_close(struct layout *layout);

const struct fields *layout_header(const struct layout *layout, const char *name); /* NULL: none */
const struct field *fields_find(const struct fields *fields, const char *path); /* the same */

/* The value of a field of an object that has these bytes, in memory that the caller frees; NULL where it lies beyond. */
char *field_value(const struct field *field, const uint8_t *object, size_t bytes);

/* A number of up to eight bytes, in the machine's order; 0 where it lies beyond. */
uint64_t field_number(const struct field *field, const uint8_t *object, size_t bytes);

#endif
