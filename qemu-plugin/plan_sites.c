// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads where a plan takes what. A term names a register, or a field that lies within a block before; a block has at most
 * BLOCK_BYTES_MAX bytes.
 */
#include "plan_parts.h"

#include <stdlib.h>
#include <string.h>

#include "plan_value.h"

enum {
	SCALE_MAX = 4096,
};

static const char *const term_names[] = {
	[TERM_REG] = "reg",
	[TERM_IN] = "in",
	[TERM_FIELD] = "field",
	[TERM_INDEX] = "index",
};

/* What a term is multiplied by: nothing, if it is not there. */
static bool scale_read(const json_t *value, struct term *term)
{
	term->scale = 1;
	return !value || number_read(value, SCALE_MAX, &term->scale);
}

/* ["reg", NAME], ["in", NAME], ["field", BLOCK, OFFSET, BYTES] or ["index", BLOCK, OFFSET, BYTES], perhaps with a scale
 * behind; `before` are the blocks that there are. */
static bool term_read(const json_t *value, const struct block *before, size_t count,
		      struct term *term)
{
	const char *kind = json_string_value(json_array_get(value, 0));
	const char *reg = json_string_value(json_array_get(value, 1));

	term->kind = kind ? name_find(term_names, TERM_COUNT, kind) : TERM_COUNT;
	switch (term->kind) {
	case TERM_REG:
	case TERM_IN:
		term->reg = reg ? name_find(reg_names, REG_COUNT, reg) : REG_COUNT;
		return term->reg < REG_COUNT && scale_read(json_array_get(value, 2), term);
	case TERM_FIELD:
	case TERM_INDEX:
		return scale_read(json_array_get(value, 4), term) &&
		       number_read(json_array_get(value, 1), COUNT_MAX, &term->block) &&
		       term->block < count &&
		       number_read(json_array_get(value, 2), BLOCK_BYTES_MAX, &term->offset) &&
		       number_read(json_array_get(value, 3), 8, &term->bytes) && term->bytes > 0 &&
		       term->offset + term->bytes <= before[term->block].bytes;
	case TERM_COUNT:
		break;
	}
	return false;
}

static bool block_read(const json_t *value, const struct block *before, size_t count,
		       struct block *block)
{
	const json_t *terms = json_object_get(value, "terms");
	const char *name = json_string_value(json_object_get(value, "name"));
	json_int_t mask = json_integer_value(json_object_get(value, "mask"));
	const json_t *bytes = json_object_get(value, "len"), *top = json_object_get(value, "top");
	const json_t *end = json_object_get(value, "end");

	if (!name || !json_is_array(terms) ||
	    !address_read(json_object_get(value, "add"), &block->add) ||
	    (end && !address_read(end, &block->end)))
		return false;
	block->is_text = !strcmp(name, "text") || !strcmp(name, "more");
	block->is_stack = json_is_true(json_object_get(value, "stack"));
	block->mask = (uint64_t)mask;
	if (bytes ? !number_read(bytes, BLOCK_BYTES_MAX, &block->bytes) || !block->bytes
		  : !number_read(top, BLOCK_BYTES_MAX, &block->top) || !block->top)
		return false;
	block->terms = calloc(json_array_size(terms) + 1, sizeof(*block->terms));
	if (!block->terms)
		return false;
	for (size_t i = 0; i < json_array_size(terms); i++)
		if (!term_read(json_array_get(terms, i), before, count,
			       &block->terms[block->term_count++]))
			return false;
	return true;
}

static bool takes_read(const json_t *value, struct takes *takes)
{
	size_t count = json_array_size(value);

	if (!json_is_array(value) || count > COUNT_MAX)
		return false;
	takes->blocks = calloc(count + 1, sizeof(*takes->blocks));
	if (!takes->blocks)
		return false;
	for (takes->count = 0; takes->count < count; takes->count++)
		if (!block_read(json_array_get(value, takes->count), takes->blocks, takes->count,
				&takes->blocks[takes->count]))
			return false;
	return true;
}

/* Functions are told apart by the first site that has their name. */
static unsigned int function_number(const json_t *sites, const char *name)
{
	unsigned int i = 0;

	while (strcmp(json_string_value(json_object_get(json_array_get(sites, i), "fn")), name))
		i++;
	return i;
}

static bool site_read(const struct plan *plan, const json_t *sites, size_t number,
		      struct site *site)
{
	const json_t *value = json_array_get(sites, number);
	const char *point = json_string_value(json_object_get(value, "point"));
	const char *fn = json_string_value(json_object_get(value, "fn"));
	const char *at = json_string_value(json_object_get(value, "at"));
	unsigned int takes;

	if (!point || !fn || !at || !address_read(json_object_get(value, "addr"), &site->address) ||
	    !number_read(json_object_get(value, "takes"), COUNT_MAX, &takes) ||
	    takes >= plan->takes_count)
		return false;
	site->number = (unsigned int)number;
	site->function = function_number(sites, fn);
	site->is_marker = !strcmp(point, "comm_write");
	site->is_return = !strcmp(at, "return");
	site->takes = &plan->takes[takes];
	return true;
}

static void returns_mark(struct plan *plan)
{
	for (size_t i = 0; i < plan->site_count; i++)
		for (size_t j = 0; j < plan->site_count && plan->sites[i].is_return; j++)
			if (plan->sites[j].function == plan->sites[i].function)
				plan->sites[j].has_return = true;
}

static int site_order(const void *one, const void *other)
{
	const struct site *a = one, *b = other;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

bool sites_read(struct plan *plan, const json_t *takes, const json_t *sites)
{
	if (!json_array_size(takes) || !json_array_size(sites) ||
	    json_array_size(sites) > COUNT_MAX)
		return false;
	plan->takes = calloc(json_array_size(takes), sizeof(*plan->takes));
	plan->sites = calloc(json_array_size(sites), sizeof(*plan->sites));
	if (!plan->takes || !plan->sites)
		return false;
	plan->takes_count = json_array_size(takes);
	plan->site_count = json_array_size(sites);
	for (size_t i = 0; i < plan->takes_count; i++)
		if (!takes_read(json_array_get(takes, i), &plan->takes[i]))
			return false;
	for (size_t i = 0; i < plan->site_count; i++)
		if (!site_read(plan, sites, i, &plan->sites[i]))
			return false;
	returns_mark(plan);
	qsort(plan->sites, plan->site_count, sizeof(*plan->sites), site_order);
	return true;
}
