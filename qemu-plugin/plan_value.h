/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values that a plan's JSON is made of; false is: it is something else. For the files that read a plan. */
#ifndef PLUGIN_PLAN_VALUE_H
#define PLUGIN_PLAN_VALUE_H

#include <jansson.h>

#include "plan.h"

enum {
	BLOCK_BYTES_MAX = 65536,
	COUNT_MAX = 65535, /* a capture has 16 bits for a site and for a count of blocks */
};

/* The place of a name in a table, or count. */
unsigned int name_find(const char *const *names, unsigned int count, const char *name);

/* A number from 0 to max. */
bool number_read(const json_t *value, unsigned int max, unsigned int *number);

/* An address: a text such as "0xffffffff81000000". */
bool address_read(const json_t *value, uint64_t *address);

/* [..., FIRST, END, ...], from that place on. */
bool range_read(const json_t *value, size_t place, struct range *range);

/* Two hexadecimal digits a byte; returns NULL if it is something else. The caller frees it. */
uint8_t *hex_read(const char *text, size_t *bytes);

#endif
