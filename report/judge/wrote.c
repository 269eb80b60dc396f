// SPDX-License-Identifier: GPL-2.0-or-later
// From records of stores to rows that say who wrote what.
#include "judge/wrote.h"
#include "judge/asked.h"
#include "lines/header.h"
#include "base/i18n.h"
#include "judge/owners.h"

#include <stdlib.h>
#include <string.h>

struct wrote {
	const struct trace *trace;
	struct question question;
	struct layout *layout;
	struct places *places;
	struct written_file *file;
	struct owners *owners;
	struct written now;
	uint8_t *after; /* the object's bytes behind the store */
	size_t after_size;
	void (*give)(const struct wrote_row *row, void *data);
	void *data;
};

/* The lines of headers that everything includes tell less than the line that is there because of them. */
static bool is_generic(const char *path)
{
	return starts_with(path, "include/linux/") || starts_with(path, "include/asm") ||
	       starts_with(path, "arch/");
}

static void line_take(const struct wrote *wrote, const struct place *place, struct wrote_row *row)
{
	for (size_t i = 0; i < place->frames.n; i++) {
		const struct place_frame *frame = &place->frames.v[i];
		const char *path = places_path(wrote->places, frame->file);

		if (!frame->line || (row->line && is_generic(path)))
			continue;
		row->path = path;
		row->sum = places_sum(wrote->places, frame->file);
		row->line = frame->line;
	}
}

static void chain_add(const struct wrote *wrote, const struct place *place, struct wrote_row *row)
{
	for (size_t i = 0; i < place->frames.n && row->chain_n < WROTE_CHAIN; i++) {
		const struct place_frame *frame = &place->frames.v[i];

		if (!i || !is_generic(places_path(wrote->places, frame->file)))
			row->chain[row->chain_n++] = frame->name;
	}
}

/* A function has a frame, behind whose pointer its caller is. Where it has none, and where DWARF knows no function, the stack's
 * end has it; where the frame is half made, nothing that was recorded. */
static void who(const struct wrote *wrote, struct wrote_row *row)
{
	const struct written *now = &wrote->now;
	const struct place *place = places_find(wrote->places, now->pc);
	bool nameless = place && !place->frames.v[0].line;
	const struct place *behind = place && (nameless || place->returns == RETURN_AT_STACK)
					     ? places_find(wrote->places, now->at_stack - 1)
					     : NULL;
	size_t callers = 0;

	while (callers < WRITTEN_FRAMES && now->callers[callers] &&
	       places_find(wrote->places, now->callers[callers] - 1))
		callers++;
	while (callers-- > 0)
		chain_add(wrote, places_find(wrote->places, now->callers[callers] - 1), row);
	if (behind)
		chain_add(wrote, behind, row);
	else if (place && place->returns == RETURN_IN_STACK && row->chain_n < WROTE_CHAIN)
		row->chain[row->chain_n++] = "…";
	if (place)
		chain_add(wrote, place, row);
	if (behind && nameless)
		line_take(wrote, behind, row);
	else if (place)
		line_take(wrote, place, row);
}

static bool overlaps(const struct field *field, uint32_t bit, uint32_t bits)
{
	return field->bit < bit + bits && bit < field->bit + field->bits;
}

/* A packet's buffer has no fields of its own. */
static bool is_buffer(const struct layout *layout, const struct written_object *object)
{
	return !layout->kinds.v[object->kind].fields.list.n;
}

/* One field of a store; with `changed` only if it is another one then. */
static bool field_tell(struct wrote *wrote, struct wrote_row *row, const struct header *of,
		       const struct field *field, bool changed)
{
	const struct written_object *object = wrote->now.object;
	size_t bytes = object->bytes - of->at;
	char *before = field_value(field, object->copy + of->at, bytes),
	     *after = field_value(field, wrote->after + of->at, bytes),
	     *name = xasprintf("%s.%s", of->fields->name, field->path);
	bool told = after && (!changed || !text_is(before, after));

	row->field = name;
	row->before = before;
	row->in_header = is_buffer(wrote->layout, object);
	row->after = after;
	if (told)
		wrote->give(row, wrote->data);
	free(before);
	free(after);
	free(name);
	return told;
}

/* How many fields a store covers, and the one that has just its bits. */
static size_t fields_under(const struct header *of, uint32_t bit, uint32_t bits,
			   const struct field **exact)
{
	size_t count = 0;

	*exact = NULL;
	for (size_t i = 0; i < of->fields->list.n; i++) {
		const struct field *field = &of->fields->list.v[i];

		count += overlaps(field, bit, bits);
		if (!*exact && field->bit == bit && field->bits == bits)
			*exact = field;
	}
	return count;
}

static void fields_tell(struct wrote *wrote, struct wrote_row *row, const struct header *of)
{
	uint32_t bit = (wrote->now.offset - of->at) * 8, bits = wrote->now.bytes * 8;
	const struct question *question = &wrote->question;
	const struct field *exact;
	size_t count = fields_under(of, bit, bits, &exact);
	/* what is in a buffer before is its last user's: whether a store into a header changes it is chance */
	bool chance = (text_is(question->kind, "*") || text_is(question->kind, "data")) &&
		      is_buffer(wrote->layout, wrote->now.object);
	uint32_t told_to = 0; /* of what shares its bits with another name, one is told */

	if (!question->whole && exact && question_has(question, exact)) {
		field_tell(wrote, row, of, exact, false);
		return;
	}
	for (size_t i = 0; i < of->fields->list.n; i++) {
		const struct field *field = &of->fields->list.v[i];

		if (overlaps(field, bit, bits) && question_has(question, field) &&
		    (question->whole || field->bit >= told_to) &&
		    field_tell(wrote, row, of, field, !question->whole && count > 1 && !chance))
			told_to = field->bit + field->bits;
	}
}

static void after_make(struct wrote *wrote)
{
	const struct written *now = &wrote->now;

	if (wrote->after_size < now->object->bytes) {
		wrote->after_size = now->object->bytes;
		wrote->after = xrealloc(wrote->after, wrote->after_size);
	}
	memcpy(wrote->after, now->object->copy, now->object->bytes);
	memcpy(wrote->after + now->offset, now->value, now->bytes);
}

static void store_tell(struct wrote *wrote)
{
	const struct written_object *object = wrote->now.object;
	struct header of = { &wrote->layout->kinds.v[object->kind].fields, 0 }, header;
	struct wrote_row row = { .icount = wrote->now.icount };
	struct owner owner;
	char *name;

	who(wrote, &row);
	header = header_of(wrote->layout, wrote->file, &wrote->now, row.path ? row.path : "");
	if (header.fields && question_of(&wrote->question, wrote->layout, header.fields))
		of = header;
	else if (!question_of(&wrote->question, wrote->layout, of.fields))
		return;
	after_make(wrote);
	row.event = owners_event(wrote->owners, row.icount);
	owner = owners_find(wrote->owners, wrote->layout, object, row.icount);
	name = owner_name(&owner, wrote->layout, object);
	row.object = name;
	row.of = owner.ev;
	row.packet = owner.ev ? owner_packet(&owner, wrote->layout, object) : 0;
	row.key = owner.key;
	row.number = object->number;
	fields_tell(wrote, &row, &of);
	free(name);
}

static char *all_tell(struct wrote *wrote)
{
	enum ran_end how;

	while (written_next(wrote->file, &wrote->now, &how))
		if (wrote->now.what == WRITTEN_STORE &&
		    wrote->now.object->kind < wrote->layout->kinds.n &&
		    wrote->now.icount >= wrote->question.from &&
		    wrote->now.icount < wrote->question.to)
			store_tell(wrote);
	return written_end_said(how);
}

static char *opened(struct wrote *wrote, const char *asked, bool *wrong)
{
	char *damaged = NULL, *why;
	enum ran_end how;
	const char *folder = wrote->trace->folder;

	wrote->file = written_open(folder, &how);
	if (!wrote->file)
		return written_end_said(how);
	wrote->layout = layout_open(folder, &damaged);
	if (wrote->layout)
		wrote->places = places_open(folder, &damaged);
	if (!wrote->places)
		return damaged ? damaged : written_end_said(RAN_NONE);
	why = question_read(&wrote->question, wrote->trace, wrote->layout, asked);
	if (wrong)
		*wrong = why != NULL;
	return why;
}

char *wrote_walk(const struct trace *trace, const char *asked, bool *wrong,
		 void (*give)(const struct wrote_row *row, void *data), void *data)
{
	struct wrote wrote = { .trace = trace, .give = give, .data = data };
	char *why = opened(&wrote, asked, wrong);

	if (!why) {
		wrote.owners = owners_new(trace, wrote.layout);
		why = all_tell(&wrote);
		owners_free(wrote.owners);
	}
	written_close(wrote.file);
	layout_close(wrote.layout);
	places_close(wrote.places);
	question_free(&wrote.question);
	free(wrote.after);
	return why;
}
