// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the records of writes.bin one by one, and keeps what each object holds.
#include "lines/written.h"
#include "lines/unpack.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC "ktlabwri\1\0\0"

enum {
	KIND_END = 5,
	DEATH_OVERRUN = 2,
	END_FULL = 1,
	/* an object has no more bytes, and a run not more objects */
	BYTES_MAX = 2 << 20,
	/* objects are numbered in turn, and those before the lab are not told of */
	NUMBERS_MAX = 1 << 20,
	LIVE_MAX = 512 << 20, /* bytes of all that live at once: more than a guest has */
	STORE_MAX = 16
};

struct written_file {
	struct unpack *in;
	VEC(struct written_object *) objects; /* by number */
	size_t live; /* bytes */
	struct written last; /* takes effect when the next one is read */
	uint8_t *value;
};

struct written_file *written_open(const char *folder, enum ran_end *how)
{
	struct written_file *file;
	char *damaged;
	struct unpack *in = unpack_open(folder, "writes.bin", MAGIC, &damaged);

	*how = in ? RAN_CUT : damaged ? RAN_DAMAGED : RAN_NONE;
	free(damaged);
	if (!in)
		return NULL;
	file = xcalloc(1, sizeof(*file));
	file->in = in;
	return file;
}

static void object_free(struct written_object *object)
{
	if (object)
		free(object->copy);
	free(object);
}

void written_close(struct written_file *file)
{
	if (!file)
		return;
	for (size_t i = 0; i < file->objects.n; i++)
		object_free(file->objects.v[i]);
	vec_free(&file->objects);
	unpack_close(file->in);
	free(file->value);
	free(file);
}

const struct written_object *const *written_objects(const struct written_file *file, size_t *count)
{
	*count = file->objects.n;
	return (const struct written_object *const *)file->objects.v;
}

/* What was given last is in the object now; one that died is gone. */
static void last_apply(struct written_file *file)
{
	struct written *last = &file->last;
	struct written_object *object = last->object ? file->objects.v[last->object->number] : NULL;

	if (object && (last->what == WRITTEN_STORE || last->what == WRITTEN_UNSEEN))
		memcpy(object->copy + last->offset, last->value, last->bytes);
	if (object && last->what == WRITTEN_DIED) {
		file->objects.v[object->number] = NULL;
		file->live -= object->bytes;
		object_free(object);
	}
	*last = (struct written){ 0 };
}

static bool born_read(struct written_file *file, uint32_t number, struct written *written)
{
	struct written_object *object;
	uint64_t address;
	uint32_t data, bytes;
	uint8_t kind;

	if (!unpack_u8(file->in, &kind) || !unpack_u64(file->in, &address) ||
	    !unpack_u32(file->in, &data) || !unpack_u32(file->in, &bytes) || bytes > BYTES_MAX ||
	    number > file->objects.n + NUMBERS_MAX || file->live + bytes > LIVE_MAX ||
	    (number < file->objects.n && file->objects.v[number]))
		return false;
	file->live += bytes;
	object = xcalloc(1, sizeof(*object));
	*object = (struct written_object){ .number = number,
					   .kind = kind,
					   .bytes = bytes,
					   .address = address,
					   .born = written->icount,
					   .died = -1,
					   .copy = xcalloc(bytes + 1, 1) };
	while (file->objects.n <= number)
		*vec_add(&file->objects) = NULL;
	file->objects.v[number] = object;
	written->object = object;
	return unpack_bytes(file->in, object->copy, bytes);
}

/* What was written where, of an object that lives. */
static bool value_read(struct written_file *file, struct written *written, uint32_t most)
{
	const struct written_object *object = written->object;

	if (written->bytes > most || written->offset > object->bytes ||
	    written->bytes > object->bytes - written->offset)
		return false;
	file->value = xrealloc(file->value, written->bytes + 1);
	written->value = file->value;
	return unpack_bytes(file->in, file->value, written->bytes);
}

static bool store_read(struct written_file *file, struct written *written)
{
	uint8_t bytes;

	if (!unpack_u32(file->in, &written->pc) || !unpack_u32(file->in, &written->at_stack))
		return false;
	for (size_t i = 0; i < WRITTEN_FRAMES; i++)
		if (!unpack_u32(file->in, &written->callers[i]))
			return false;
	if (!unpack_u32(file->in, &written->offset) || !unpack_u8(file->in, &bytes))
		return false;
	written->bytes = bytes;
	return value_read(file, written, STORE_MAX);
}

static bool unseen_read(struct written_file *file, struct written *written)
{
	return unpack_u32(file->in, &written->offset) && unpack_u32(file->in, &written->bytes) &&
	       value_read(file, written, BYTES_MAX);
}

static bool died_read(struct written_file *file, struct written *written)
{
	uint8_t how;

	file->objects.v[written->object->number]->died = written->icount;
	if (!unpack_u8(file->in, &how))
		return false;
	written->overrun = how == DEATH_OVERRUN;
	return true;
}

static bool record_read(struct written_file *file, uint8_t kind, struct written *written)
{
	uint32_t number;
	uint64_t icount;

	if (!unpack_u32(file->in, &number) || !unpack_u64(file->in, &icount))
		return false;
	*written = (struct written){ .what = kind, .icount = (int64_t)icount };
	if (kind == WRITTEN_BORN)
		return born_read(file, number, written);
	written->object = number < file->objects.n ? file->objects.v[number] : NULL;
	if (!written->object)
		return false;
	return (kind == WRITTEN_DIED && died_read(file, written)) ||
	       (kind == WRITTEN_STORE && store_read(file, written)) ||
	       (kind == WRITTEN_UNSEEN && unseen_read(file, written));
}

bool written_next(struct written_file *file, struct written *written, enum ran_end *how)
{
	uint8_t kind, why;

	last_apply(file);
	*how = RAN_CUT;
	if (!unpack_u8(file->in, &kind))
		return false;
	if (kind == KIND_END) {
		if (unpack_u8(file->in, &why))
			*how = why == END_FULL ? RAN_FULL : RAN_WHOLE;
		return false;
	}
	if (!record_read(file, kind, written))
		return false;
	file->last = *written;
	return true;
}

char *written_end_said(enum ran_end end)
{
	static const char *const sentences[] = {
		[RAN_NONE] = N_("this run has no writes: make lab ENGINE=plugin"),
		[RAN_DAMAGED] = N_("writes.bin is no file of this version"),
		[RAN_CUT] = N_("writes.bin is cut off: what was written until then is shown"),
		[RAN_WHOLE] = NULL,
		[RAN_FULL] = N_("writes.bin was full before the lab's end"),
	};

	return sentences[end] ? xstrdup(_(sentences[end])) : NULL;
}
