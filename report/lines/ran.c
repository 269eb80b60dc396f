// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the calls of lines.bin one by one.
#include "lines/ran.h"
#include "lines/unpack.h"
#include "base/i18n.h"

#include <stdlib.h>

#define MAGIC "ktlablin\1\0\0"

enum {
	KIND_CALL = 1,
	KIND_END = 2,
	END_FULL = 1,
	/* more than a function has instructions: a count beyond it is no count */
	MOST = 1 << 20
};

static bool run_read(struct unpack *in, struct ran_run *run)
{
	return unpack_u32(in, &run->first) && unpack_u32(in, &run->end) &&
	       unpack_u32(in, &run->count);
}

static bool branch_read(struct unpack *in, struct ran_branch *branch)
{
	return unpack_u32(in, &branch->at) && unpack_u32(in, &branch->target) &&
	       unpack_u32(in, &branch->count) && unpack_u32(in, &branch->fell);
}

static bool call_read(struct unpack *in, struct ran_call *call)
{
	uint64_t enter, leave;
	uint32_t runs, branches;

	call->runs.n = call->branches.n = 0;
	if (!unpack_u32(in, &call->function) || !unpack_u64(in, &enter) ||
	    !unpack_u64(in, &leave) || !unpack_u32(in, &runs) || !unpack_u32(in, &branches) ||
	    runs > MOST || branches > MOST)
		return false;
	call->enter = (int64_t)enter;
	call->leave = (int64_t)leave;
	while (runs--)
		if (!run_read(in, vec_add(&call->runs)))
			return false;
	while (branches--)
		if (!branch_read(in, vec_add(&call->branches)))
			return false;
	return true;
}

enum ran_end ran_walk(const char *folder, bool (*give)(const struct ran_call *call, void *data),
		      void *data)
{
	char *damaged;
	struct unpack *in = unpack_open(folder, "lines.bin", MAGIC, &damaged);
	enum ran_end end = in ? RAN_CUT : damaged ? RAN_DAMAGED : RAN_NONE;
	struct ran_call call = { 0 };
	uint8_t kind, why;

	free(damaged);
	while (in && unpack_u8(in, &kind) && kind == KIND_CALL && call_read(in, &call))
		if (!give(&call, data)) {
			end = RAN_WHOLE;
			break;
		}
	if (in && end == RAN_CUT && kind == KIND_END && unpack_u8(in, &why))
		end = why == END_FULL ? RAN_FULL : RAN_WHOLE;
	unpack_close(in);
	vec_free(&call.runs);
	vec_free(&call.branches);
	return end;
}

char *ran_end_said(enum ran_end end)
{
	static const char *const sentences[] = {
		[RAN_NONE] =
			N_("this run has no lines: make lab ENGINE=plugin, LINES=\"FUNCTION\" for "
			   "functions that the lab does not watch"),
		[RAN_DAMAGED] = N_("lines.bin is no file of this version"),
		[RAN_CUT] = N_("lines.bin is cut off: what ran until then is shown"),
		[RAN_WHOLE] = NULL,
		[RAN_FULL] = N_("lines.bin was full before the lab's end: LINES names too much"),
	};

	return sentences[end] ? xstrdup(_(sentences[end])) : NULL;
}

bool ran_at(const struct ran_call *call, uint32_t address, uint32_t *count, size_t *order)
{
	for (size_t i = 0; i < call->runs.n; i++) {
		const struct ran_run *run = &call->runs.v[i];

		if (address < run->first || address >= run->end)
			continue;
		*count = run->count;
		/* within a run the addresses are in order */
		*order = (i << 20) + (address - run->first);
		return true;
	}
	return false;
}
