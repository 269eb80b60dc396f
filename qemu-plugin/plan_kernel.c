// SPDX-License-Identifier: GPL-2.0-or-later
// Reads what a plan knows of the kernel and of the machine: facts, faults, notes, and the functions of a tree of calls.
#include "plan_parts.h"

#include <stdlib.h>
#include <string.h>

#include "plan_value.h"

enum {
	STACK_BYTES_MAX = 1 << 20,
};

/* [ADDRESS, FETCH_MASK] each. */
bool faults_read(struct plan *plan, const json_t *faults)
{
	plan->fault_count = json_array_size(faults);
	plan->faults = calloc(plan->fault_count + 1, sizeof(*plan->faults));
	for (size_t i = 0; plan->faults && i < plan->fault_count; i++) {
		const json_t *fault = json_array_get(faults, i);

		if (!address_read(json_array_get(fault, 0), &plan->faults[i].address) ||
		    !number_read(json_array_get(fault, 1), COUNT_MAX, &plan->faults[i].fetch_mask))
			return false;
	}
	return plan->faults && plan->fault_count <= COUNT_MAX;
}

/* What tells one kernel from another: {"address", "bytes"}; a plan may be without. */
bool notes_read(struct plan *plan, const json_t *notes)
{
	const char *text = json_string_value(json_object_get(notes, "bytes"));

	if (!notes)
		return true;
	if (!text || !address_read(json_object_get(notes, "address"), &plan->notes_address))
		return false;
	plan->notes = hex_read(text, &plan->notes_bytes);
	return plan->notes && plan->notes_bytes && plan->notes_bytes <= BLOCK_BYTES_MAX;
}

/* [[FIRST, END], ...] */
static bool spans_read(const json_t *value, struct spans *spans)
{
	spans->count = json_array_size(value);
	if (!spans->count || spans->count > SPANS_MAX)
		return false;
	for (size_t i = 0; i < spans->count; i++)
		if (!range_read(json_array_get(value, i), 0, &spans->v[i]))
			return false;
	return true;
}

/* Names of registers, each once. */
static bool registers_read(const json_t *names, unsigned int *registers)
{
	bool seen[REG_COUNT + 1] = { false };

	for (size_t i = 0; i < REG_COUNT; i++) {
		const char *name = json_string_value(json_array_get(names, i));

		registers[i] = name ? name_find(reg_names, REG_COUNT, name) : REG_COUNT;
		if (registers[i] == REG_COUNT || seen[registers[i]])
			return false;
		seen[registers[i]] = true;
	}
	return json_array_size(names) == REG_COUNT;
}

bool facts_read(struct facts *facts, const json_t *json)
{
	return registers_read(json_object_get(json, "registers"), facts->registers) &&
	       spans_read(json_object_get(json, "memory"), &facts->memory) &&
	       spans_read(json_object_get(json, "devices"), &facts->devices) &&
	       number_read(json_object_get(json, "near_bytes"), STACK_BYTES_MAX,
			   &facts->near_bytes) &&
	       facts->near_bytes;
}

/* [ADDRESS, NAME] each, by address. */
static bool functions_read(struct plan_tree *tree, const json_t *functions)
{
	tree->count = json_array_size(functions);
	tree->functions = calloc(tree->count + 1, sizeof(*tree->functions));
	tree->names = calloc(tree->count + 1, sizeof(*tree->names));
	if (!tree->functions || !tree->names)
		return false;
	for (size_t i = 0; i < tree->count; i++) {
		const json_t *function = json_array_get(functions, i);
		const char *name = json_string_value(json_array_get(function, 1));

		/* it is written into the tree as it stands */
		if (!name || strpbrk(name, "\"\\") ||
		    !address_read(json_array_get(function, 0), &tree->functions[i].address) ||
		    (i && tree->functions[i].address <= tree->functions[i - 1].address))
			return false;
		tree->names[i] = name;
	}
	return true;
}

/* {"root", "functions", "stack_bytes", "interrupt_stack", "text", "entry"}; a plan may be without. */
bool tree_read(struct plan_tree *tree, const json_t *json)
{
	return !json ||
	       (functions_read(tree, json_object_get(json, "functions")) &&
		number_read(json_object_get(json, "root"), INT32_MAX, &tree->root) &&
		tree->root < tree->count &&
		number_read(json_object_get(json, "stack_bytes"), STACK_BYTES_MAX,
			    &tree->stack_bytes) &&
		tree->stack_bytes &&
		address_read(json_object_get(json, "interrupt_stack"), &tree->interrupt_stack) &&
		range_read(json_object_get(json, "text"), 0, &tree->text[0]) &&
		range_read(json_object_get(json, "text"), 2, &tree->text[1]) &&
		range_read(json_object_get(json, "entry"), 0, &tree->entry));
}
