// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads a plan and answers by address. Every number in it is checked when it is read, so that those who execute it need
 * not look again.
 */
#define _GNU_SOURCE
#include "plan.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api.h"
#include "plan_parts.h"
#include "plan_value.h"

enum {
	FORMAT = 2,
	PLAN_BYTES_MAX = 64 << 20,
	RECORD_MIB_MAX = 1 << 20
};

/* The whole file; NULL with errno. The caller frees it. */
static char *file_read(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "re");
	struct stat about;
	size_t most = file && !fstat(fileno(file), &about) && about.st_size < PLAN_BYTES_MAX
			      ? (size_t)about.st_size
			      : PLAN_BYTES_MAX;
	char *text = file ? calloc(1, most + 1) : NULL;

	if (text) {
		*bytes = fread(text, 1, most, file);
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

/* A plan that has neither lines nor writes to record may be without. */
static bool room_read(struct plan *plan, const json_t *json)
{
	if (!plan->texts && !plan->kinds)
		return true;
	return number_read(json_object_get(json, "record_mib"), RECORD_MIB_MAX,
			   &plan->record_mib) &&
	       plan->record_mib;
}

static bool plan_read(struct plan *plan, const json_t *json)
{
	const char *arm = json_string_value(json_object_get(json, "arm"));
	unsigned int format;

	plan->from_boot = arm && !strcmp(arm, "boot");
	plan->most = (unsigned int)json_integer_value(json_object_get(json, "most"));
	return number_read(json_object_get(json, "format"), FORMAT, &format) && format == FORMAT &&
	       facts_read(&plan->facts, json_object_get(json, "facts")) &&
	       sites_read(plan, json_object_get(json, "takes"), json_object_get(json, "sites")) &&
	       faults_read(plan, json_object_get(json, "faults")) &&
	       notes_read(plan, json_object_get(json, "notes")) &&
	       tree_read(&plan->tree, json_object_get(json, "tree")) &&
	       lines_read(plan, json_object_get(json, "lines")) &&
	       writes_read(plan, json_object_get(json, "writes")) && room_read(plan, json);
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
	free(plan->texts);
	free(plan->parts);
	free(plan->kinds);
	free(plan->lives);
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
