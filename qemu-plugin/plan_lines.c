// SPDX-License-Identifier: GPL-2.0-or-later
// Reads which functions' instructions a plan wants recorded, and answers by address.
#include "plan_parts.h"

#include <stdlib.h>

#include "plan_value.h"

enum {
	STACK_BYTES_MAX = 1 << 20,
	TEXT_BYTES_MAX = 1 << 20
};

/* [NAME, FIRST, END] or, with what was split off, [NAME, FIRST, END, FIRST, END]. */
static bool text_read(struct plan *plan, const json_t *value, struct plan_text *text)
{
	size_t count = (json_array_size(value) - 1) / 2;

	if (json_array_size(value) % 2 == 0 || !count || count > TEXT_PARTS)
		return false;
	for (; text->part_count < count; text->part_count++) {
		struct range *part = &text->parts[text->part_count];

		if (!range_read(value, 1 + 2 * text->part_count, part) ||
		    part->end - part->first > TEXT_BYTES_MAX)
			return false;
		plan->parts[plan->part_count++] =
			(struct plan_part){ part->first, part->end, (uint32_t)(text - plan->texts),
					    (uint32_t)text->bytes };
		text->bytes += part->end - part->first;
	}
	return true;
}

static int part_order(const void *one, const void *other)
{
	const struct plan_part *a = one, *b = other;

	return (a->first > b->first) - (a->first < b->first);
}

/* No two parts share a byte. */
static bool parts_order(struct plan *plan)
{
	qsort(plan->parts, plan->part_count, sizeof(*plan->parts), part_order);
	for (size_t i = 1; i < plan->part_count; i++)
		if (plan->parts[i].first < plan->parts[i - 1].end)
			return false;
	return true;
}

/* {"functions", "stack_bytes"}; a plan may be without. */
bool lines_read(struct plan *plan, const json_t *json)
{
	const json_t *functions = json_object_get(json, "functions");
	size_t count = json_array_size(functions);

	if (!json)
		return true;
	plan->texts = calloc(count + 1, sizeof(*plan->texts));
	plan->parts = calloc(count * TEXT_PARTS + 1, sizeof(*plan->parts));
	if (!plan->texts || !plan->parts ||
	    !number_read(json_object_get(json, "stack_bytes"), STACK_BYTES_MAX,
			 &plan->stack_bytes) ||
	    !plan->stack_bytes)
		return false;
	for (; plan->text_count < count; plan->text_count++)
		if (!text_read(plan, json_array_get(functions, plan->text_count),
			       &plan->texts[plan->text_count]))
			return false;
	return parts_order(plan);
}

static int part_side(const void *address, const void *part)
{
	uint64_t wanted = *(const uint64_t *)address;
	const struct plan_part *here = part;

	return wanted < here->first ? -1 : wanted >= here->end;
}

const struct plan_part *plan_part(const struct plan *plan, uint64_t address)
{
	return plan->part_count ? bsearch(&address, plan->parts, plan->part_count,
					  sizeof(*plan->parts), part_side)
				: NULL;
}
