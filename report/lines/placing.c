// SPDX-License-Identifier: GPL-2.0-or-later
// From writes.bin and vmlinux to writes.json, once after the run.
#include "lines/places.h"
#include "lines/built.h"
#include "lines/dwarf.h"
#include "lines/written.h"
#include "base/i18n.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FRAMES_MAX = 16,
	CALL_BYTES = 1 /* within the call that a return address lies behind */
};

/* The kernel's code lies in the uppermost two GiB; records have the lower half. */
#define KERNEL_HIGH 0xffffffff00000000ULL

struct addresses {
	VEC(uint32_t) list;
};

static int address_order(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

	return (a > b) - (a < b);
}

/* Each once, in order. */
static void addresses_sort(struct addresses *addresses)
{
	size_t kept = 0;

	if (addresses->list.n)
		qsort(addresses->list.v, addresses->list.n, sizeof(uint32_t), address_order);
	for (size_t i = 0; i < addresses->list.n; i++)
		if (!kept || addresses->list.v[kept - 1] != addresses->list.v[i])
			addresses->list.v[kept++] = addresses->list.v[i];
	addresses->list.n = kept;
}

/*
 * A device writes into packets' data, and packets end in many ways, with their data. Of the others all is told: what has
 * changed without a store, or is gone without its end, was missed by who records them, who must not be believed then.
 */
static char *missed_said(const struct layout *layout, const struct written *written)
{
	const struct kind *kind = written->object->kind < layout->kinds.n
					  ? &layout->kinds.v[written->object->kind]
					  : NULL;
	const char *name = kind ? kind->fields.name : "?";
	unsigned long long address = written->object->address;

	if (written->what == WRITTEN_UNSEEN && (!kind || kind->fields.list.n))
		return xasprintf(_("writes.bin: %u bytes from %u on of the %s at %#llx had changed "
				   "by instruction %lld, and no store of it was seen"),
				 written->bytes, written->offset, name, address,
				 (long long)written->icount);
	if (written->overrun && (!kind || (kind->fields.list.n && !kind->has_data)))
		return xasprintf(_("writes.bin: the memory of the %s at %#llx was another object's "
				   "at instruction %lld, and its end was not seen"),
				 name, address, (long long)written->icount);
	return NULL;
}

/* The instructions that have written, and what may be return addresses, each once in a while sorted. NULL, or a sentence. */
static char *addresses_read(struct written_file *file, const struct layout *layout,
			    struct addresses *addresses)
{
	struct written written;
	enum ran_end how;
	size_t most = 1 << 16;
	char *wrong = NULL;

	while (!wrong && written_next(file, &written, &how)) {
		wrong = missed_said(layout, &written);
		if (written.what != WRITTEN_STORE)
			continue;
		*vec_add(&addresses->list) = written.pc;
		*vec_add(&addresses->list) = written.at_stack - CALL_BYTES;
		for (size_t i = 0; i < WRITTEN_FRAMES && written.callers[i]; i++)
			*vec_add(&addresses->list) = written.callers[i] - CALL_BYTES;
		if (addresses->list.n < most)
			continue;
		addresses_sort(addresses);
		most = addresses->list.n * 2 + (1 << 16);
	}
	addresses_sort(addresses);
	return wrong;
}

static bool place_put(FILE *out, struct dwarf *dwarf, uint32_t pc, bool first)
{
	static const char *const returns[] = { "", ",0", ",1" };
	struct dwarf_frame frames[FRAMES_MAX] = { 0 };
	size_t count = dwarf_place(dwarf, KERNEL_HIGH | pc, frames, FRAMES_MAX);

	if (!count) {
		frames[0].name = dwarf_symbol(dwarf, KERNEL_HIGH | pc);
		count = frames[0].name != NULL;
	}
	if (!count)
		return false;
	fprintf(out, "%s[%u%s", first ? "\n" : ",\n", pc,
		returns[dwarf_return_at(dwarf, KERNEL_HIGH | pc)]);
	for (size_t i = 0; i < count; i++) {
		fputs(",[", out);
		json_put(out, frames[i].name);
		fprintf(out, ",%zu,%d]", frames[i].file, frames[i].line);
	}
	fputs("]", out);
	return true;
}

static long all_put(FILE *out, struct dwarf *dwarf, const struct addresses *addresses,
		    const char *vmlinux, const char *source)
{
	long placed = 0;

	fputs("{\"format\":1,\"places\":[", out);
	for (size_t i = 0; i < addresses->list.n; i++)
		placed += place_put(out, dwarf, addresses->list.v[i], !placed);
	fputs("],\n\"files\":", out);
	built_put(out, dwarf, vmlinux, source);
	fputs("}\n", out);
	return placed;
}

static long places_write(const char *folder, struct dwarf *dwarf, const struct addresses *addresses,
			 const char *vmlinux, const char *source, char **error)
{
	char *path = xasprintf("%s/writes.json", folder);
	FILE *out = unlink(path) && errno != ENOENT ? NULL : fopen(path, "wx");
	long placed = out ? all_put(out, dwarf, addresses, vmlinux, source) : -1;
	bool good = out && !ferror(out);

	if (out)
		good = !fclose(out) && good;
	if (!good)
		*error = xasprintf(_("cannot write '%s': %s"), path, strerror(errno));
	free(path);
	return good ? placed : -1;
}

/* What there is to place; false with a sentence in *error. */
static bool addresses_of(const char *folder, struct written_file *file, struct addresses *addresses,
			 char **error)
{
	struct layout *layout = layout_open(folder, error);

	if (!layout && !*error)
		*error = xstrdup(_("plan.json does not say what writes.bin is of"));
	if (layout)
		*error = addresses_read(file, layout, addresses);
	layout_close(layout);
	return !*error;
}

long places_resolve(const char *folder, const char *vmlinux, const char *source, char **error)
{
	struct addresses addresses = { 0 };
	enum ran_end how;
	struct written_file *file = written_open(folder, &how);
	struct dwarf *dwarf = NULL;
	long placed = -1;

	*error = NULL;
	if (!file)
		return 0;
	if (addresses_of(folder, file, &addresses, error))
		dwarf = dwarf_open(vmlinux, error);
	if (dwarf) {
		placed = places_write(folder, dwarf, &addresses, vmlinux, source, error);
		dwarf_close(dwarf);
	}
	written_close(file);
	vec_free(&addresses.list);
	return placed;
}
