// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads a plan. Every number in it is checked here, so that those who execute it need not look again:
 * a term names a register or a field that lies within a block before, a block has at most BLOCK_BYTES_MAX bytes.
 */
#define _GNU_SOURCE
#include "plan.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

enum {
	FORMAT = 2,
	BLOCK_BYTES_MAX = 65536,
	SCALE_MAX = 4096,
	STACK_BYTES_MAX = 1 << 20,
	COUNT_MAX = 65535, /* a capture has 16 bits for a site and for a count of blocks */
	PLAN_BYTES_MAX = 64 << 20
};

const char *const reg_names[REG_COUNT] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8",
	"r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip",
};

static const char *const term_names[] = {
	[TERM_REG] = "reg",
	[TERM_IN] = "in",
	[TERM_FIELD] = "field",
	[TERM_INDEX] = "index",
};

/* The place of a name in a table, or count. */
static unsigned int name_find(const char *const *names, unsigned int count, const char *name)
{
	unsigned int i = 0;

	while (i < count && strcmp(names[i], name))
		i++;
	return i;
}

/* A number from 0 to max. */
static bool number_read(const json_t *value, unsigned int max, unsigned int *number)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > max)
		return false;
	*number = (unsigned int)json_integer_value(value);
	return true;
}

/* An address: a text such as "0xffffffff81000000". */
static bool address_read(const json_t *value, uint64_t *address)
{
	const char *text = json_string_value(value);
	char *end;

	if (!text || strncmp(text, "0x", 2))
		return false;
	errno = 0;
	*address = strtoull(text, &end, 16);
	return !errno && !*end && end > text + 2;
}

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

static bool lists_read(struct plan *plan, const json_t *takes, const json_t *sites)
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

/* [ADDRESS, FETCH_MASK] each. */
static bool faults_read(struct plan *plan, const json_t *faults)
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

/* Two hexadecimal digits a byte; returns NULL if it is something else. The caller frees it. */
static uint8_t *hex_read(const char *text, size_t *bytes)
{
	uint8_t *data = calloc(strlen(text) / 2 + 1, 1);

	*bytes = strlen(text) / 2;
	for (size_t i = 0; data && i < *bytes; i++)
		if (sscanf(text + 2 * i, "%2hhx", &data[i]) != 1) {
			free(data);
			return NULL;
		}
	return data;
}

/* What tells one kernel from another: {"address", "bytes"}; a plan may be without. */
static bool notes_read(struct plan *plan, const json_t *notes)
{
	const char *text = json_string_value(json_object_get(notes, "bytes"));

	if (!notes)
		return true;
	if (!text || !address_read(json_object_get(notes, "address"), &plan->notes_address))
		return false;
	plan->notes = hex_read(text, &plan->notes_bytes);
	return plan->notes && plan->notes_bytes && plan->notes_bytes <= BLOCK_BYTES_MAX;
}

static bool range_read(const json_t *value, size_t place, struct range *range)
{
	return address_read(json_array_get(value, place), &range->first) &&
	       address_read(json_array_get(value, place + 1), &range->end) &&
	       range->first < range->end;
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

static bool facts_read(const json_t *json, struct facts *facts)
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
static bool tree_read(struct plan_tree *tree, const json_t *json)
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

/* The whole file; NULL with errno. The caller frees it. */
static char *file_read(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "re");
	char *text = file ? calloc(1, PLAN_BYTES_MAX) : NULL;

	if (text) {
		*bytes = fread(text, 1, PLAN_BYTES_MAX, file);
		if (ferror(file)) {
			free(text);
			text = NULL;
		}
	}
	if (file) {
		int error = errno;

		fclose(file);
		errno = error;
	}
	return text;
}

static void sha256(const char *text, size_t bytes, uint8_t *sum)
{
	char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const uint8_t *)text, bytes);

	for (size_t i = 0; i < 32; i++)
		sscanf(hex + 2 * i, "%2hhx", &sum[i]);
	g_free(hex);
}

static bool plan_read(struct plan *plan, const json_t *json)
{
	const char *arm = json_string_value(json_object_get(json, "arm"));
	unsigned int format;

	plan->from_boot = arm && !strcmp(arm, "boot");
	plan->most = (unsigned int)json_integer_value(json_object_get(json, "most"));
	return number_read(json_object_get(json, "format"), FORMAT, &format) && format == FORMAT &&
	       facts_read(json_object_get(json, "facts"), &plan->facts) &&
	       lists_read(plan, json_object_get(json, "takes"), json_object_get(json, "sites")) &&
	       faults_read(plan, json_object_get(json, "faults")) &&
	       notes_read(plan, json_object_get(json, "notes")) &&
	       tree_read(&plan->tree, json_object_get(json, "tree"));
}

struct plan *plan_new(const char *path, char *reason, size_t reason_size)
{
	struct plan *plan = calloc(1, sizeof(*plan));
	size_t bytes = 0;
	char *text = plan ? file_read(path, &bytes) : NULL;
	json_t *json = text ? json_loadb(text, bytes, 0, NULL) : NULL;

	if (text)
		sha256(text, bytes, plan->sha256);
	if (!text)
		snprintf(reason, reason_size, "cannot read the plan '%s': %s", path,
			 strerror(errno));
	else if (!json || !plan_read(plan, json))
		snprintf(reason, reason_size, "'%s' is not a plan of format %d", path, FORMAT);
	else
		reason[0] = '\0';
	if (plan)
		plan->json = json;
	free(text);
	if (!reason[0])
		return plan;
	plan_free(plan);
	return NULL;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; plan->takes && i < plan->takes_count; i++) {
		/* the last may be half read */
		for (size_t j = 0; plan->takes[i].blocks && j <= plan->takes[i].count; j++)
			free(plan->takes[i].blocks[j].terms);
		free(plan->takes[i].blocks);
	}
	free(plan->takes);
	free(plan->sites);
	free(plan->faults);
	free(plan->notes);
	free(plan->tree.functions);
	free(plan->tree.names);
	json_decref(plan->json);
	free(plan);
}

const struct site *plan_site(const struct plan *plan, uint64_t address)
{
	size_t low = 0, high = plan->site_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plan->sites[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return plan->sites + low;
}

const struct fault *plan_fault(const struct plan *plan, uint64_t address)
{
	for (size_t i = 0; i < plan->fault_count; i++)
		if (plan->faults[i].address == address)
			return &plan->faults[i];
	return NULL;
}

static int function_order(const void *address, const void *function)
{
	uint64_t wanted = *(const uint64_t *)address,
		 here = ((const struct function *)function)->address;

	return (wanted > here) - (wanted < here);
}

const struct function *plan_function(const struct plan *plan, uint64_t address)
{
	const struct plan_tree *tree = &plan->tree;

	return tree->count ? bsearch(&address, tree->functions, tree->count,
				     sizeof(*tree->functions), function_order)
			   : NULL;
}

static bool within(const struct range *range, uint64_t address)
{
	return range->first <= address && address < range->end;
}

bool plan_is_text(const struct plan *plan, uint64_t address)
{
	return within(&plan->tree.text[0], address) || within(&plan->tree.text[1], address);
}

bool plan_is_entry(const struct plan *plan, uint64_t address)
{
	return within(&plan->tree.entry, address);
}
