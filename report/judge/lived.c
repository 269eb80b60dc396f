// SPDX-License-Identifier: GPL-2.0-or-later
// From records of stores to the objects that they went into.
#include "judge/lived.h"
#include "judge/owners.h"

#include <stdlib.h>

struct lived {
	struct layout *layout;
	struct written_file *file;
	struct owners *owners;
	VEC(struct lived_row) rows; /* by the objects' numbers; no kind: there is none */
};

static struct lived_row *row_at(struct lived *lived, uint32_t number)
{
	while (lived->rows.n <= number)
		*vec_add(&lived->rows) = (struct lived_row){ 0 };
	return &lived->rows.v[number];
}

static void born(struct lived *lived, const struct written_object *object)
{
	struct lived_row *row = row_at(lived, object->number);
	struct owner owner;

	*row = (struct lived_row){
		.number = object->number,
		.bytes = object->bytes,
		.kind = lived->layout->kinds.v[object->kind].fields.name,
		.address = object->address,
		.born = object->born,
		.died = -1,
		.born_event = owners_event(lived->owners, object->born),
	};
	owner = owners_find(lived->owners, lived->layout, object, object->born);
	row->whose = owner_name(&owner, lived->layout, object);
}

static void records_read(struct lived *lived, enum ran_end *how)
{
	struct written now;

	while (written_next(lived->file, &now, how)) {
		struct lived_row *row;

		if (now.object->kind >= lived->layout->kinds.n)
			continue;
		if (now.what == WRITTEN_BORN)
			born(lived, now.object);
		row = row_at(lived, now.object->number);
		row->stores += now.what == WRITTEN_STORE;
		if (now.what == WRITTEN_DIED) {
			row->died = now.icount;
			row->died_event = owners_event(lived->owners, now.icount);
		}
	}
}

char *lived_walk(const struct trace *trace, void (*give)(const struct lived_row *row, void *data),
		 void *data)
{
	struct lived lived = { 0 };
	char *damaged = NULL;
	enum ran_end how;

	lived.file = written_open(trace->folder, &how);
	if (!lived.file)
		return written_end_said(how);
	lived.layout = layout_open(trace->folder, &damaged);
	if (!lived.layout) {
		written_close(lived.file);
		return damaged ? damaged : written_end_said(RAN_NONE);
	}
	lived.owners = owners_new(trace, lived.layout);
	records_read(&lived, &how);
	for (size_t i = 0; i < lived.rows.n; i++) {
		if (lived.rows.v[i].kind)
			give(&lived.rows.v[i], data);
		free(lived.rows.v[i].whose);
	}
	vec_free(&lived.rows);
	owners_free(lived.owners);
	layout_close(lived.layout);
	written_close(lived.file);
	return written_end_said(how);
}
