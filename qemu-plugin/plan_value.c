// SPDX-License-Identifier: GPL-2.0-or-later
// One value of a plan: a number, an address, a range, a name of a table. It is checked here and nowhere else.
#define _GNU_SOURCE
#include "plan_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const reg_names[REG_COUNT] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8",
	"r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip",
};

unsigned int name_find(const char *const *names, unsigned int count, const char *name)
{
	unsigned int i = 0;

	while (i < count && strcmp(names[i], name))
		i++;
	return i;
}

bool number_read(const json_t *value, unsigned int max, unsigned int *number)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > max)
		return false;
	*number = (unsigned int)json_integer_value(value);
	return true;
}

bool address_read(const json_t *value, uint64_t *address)
{
	const char *text = json_string_value(value);
	char *end;

	if (!text || strncmp(text, "0x", 2))
		return false;
	errno = 0;
	*address = strtoull(text, &end, 16);
	return !errno && !*end && end > text + 2;
}

bool range_read(const json_t *value, size_t place, struct range *range)
{
	return address_read(json_array_get(value, place), &range->first) &&
	       address_read(json_array_get(value, place + 1), &range->end) &&
	       range->first < range->end;
}

uint8_t *hex_read(const char *text, size_t *bytes)
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
