// SPDX-License-Identifier: GPL-2.0-or-later
// Reads which objects' writes a plan wants recorded, and where they begin and end to live.
#include "plan_parts.h"

#include <stdlib.h>
#include <string.h>

#include "plan_value.h"

enum {
	OBJECT_BYTES_MAX = 65536
};

/* {"offset", "values"}: of which kind the object at an address is. Without it there is but one. */
static bool sign_read(const json_t *json, struct plan_kind *kind)
{
	const json_t *values = json_object_get(json, "values");

	if (!json)
		return true;
	if (!number_read(json_object_get(json, "offset"), OBJECT_BYTES_MAX, &kind->sign_at) ||
	    !json_array_size(values) || json_array_size(values) > KIND_SIGNS)
		return false;
	for (; kind->sign_count < json_array_size(values); kind->sign_count++)
		if (!address_read(json_array_get(values, kind->sign_count),
				  &kind->signs[kind->sign_count]))
			return false;
	return kind->sign_at + sizeof(kind->signs[0]) <= kind->bytes;
}

/* {"kind", "head", "end", "behind"}: where a packet says where its data are. */
static bool buffer_read(const struct plan *plan, const json_t *json, struct plan_kind *kind)
{
	if (!json)
		return true;
	kind->has_data = true;
	return number_read(json_object_get(json, "kind"), (unsigned int)plan->kind_count - 1,
			   &kind->data_kind) &&
	       number_read(json_object_get(json, "head"), kind->bytes - 8, &kind->head_at) &&
	       number_read(json_object_get(json, "end"), kind->bytes - 4, &kind->end_at) &&
	       number_read(json_object_get(json, "behind"), OBJECT_BYTES_MAX, &kind->behind);
}

static bool kind_read(const struct plan *plan, const json_t *json, struct plan_kind *kind)
{
	return number_read(json_object_get(json, "bytes"), OBJECT_BYTES_MAX, &kind->bytes) &&
	       (kind->bytes >= 8 || !kind->bytes) && sign_read(json_object_get(json, "is"), kind) &&
	       buffer_read(plan, json_object_get(json, "data"), kind);
}

/* [ADDRESS, KIND, "born" or "dies", REGISTER or null]. */
static bool life_read(const struct plan *plan, const json_t *json, struct plan_life *life)
{
	const char *what = json_string_value(json_array_get(json, 2));
	const char *reg = json_string_value(json_array_get(json, 3));

	if (!what || !address_read(json_array_get(json, 0), &life->address) ||
	    !number_read(json_array_get(json, 1), (unsigned int)plan->kind_count - 1, &life->kind))
		return false;
	life->dies = !strcmp(what, "dies");
	life->reg = reg ? name_find(reg_names, REG_COUNT, reg) : REG_COUNT;
	return reg ? life->reg < REG_COUNT : life->dies;
}

static int life_order(const void *one, const void *other)
{
	const struct plan_life *a = one, *b = other;

	return (a->address > b->address) - (a->address < b->address);
}

/* {"kinds", "lives"}; a plan may be without. */
bool writes_read(struct plan *plan, const json_t *json)
{
	const json_t *kinds = json_object_get(json, "kinds"),
		     *lives = json_object_get(json, "lives");

	if (!json)
		return true;
	if (!json_array_size(kinds) || !json_array_size(lives))
		return false;
	plan->kind_count = json_array_size(kinds);
	plan->kinds = calloc(plan->kind_count, sizeof(*plan->kinds));
	plan->lives = calloc(json_array_size(lives), sizeof(*plan->lives));
	if (!plan->kinds || !plan->lives)
		return false;
	for (size_t i = 0; i < plan->kind_count; i++)
		if (!kind_read(plan, json_array_get(kinds, i), &plan->kinds[i]))
			return false;
	for (; plan->life_count < json_array_size(lives); plan->life_count++)
		if (!life_read(plan, json_array_get(lives, plan->life_count),
			       &plan->lives[plan->life_count]))
			return false;
	qsort(plan->lives, plan->life_count, sizeof(*plan->lives), life_order);
	return true;
}

const struct plan_life *plan_life(const struct plan *plan, uint64_t address)
{
	size_t low = 0, high = plan->life_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plan->lives[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < plan->life_count && plan->lives[low].address == address ? plan->lives + low
									     : NULL;
}
