// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The plugin's tracer without QEMU: take PLAN FOLDER reads a script from stdin and takes the hits in it into
 * FOLDER/captures.bin. A line `m ADDRESS HEX` is memory that is there; `h SITE REGISTERS…` is a hit of the plan's site with
 * that number, the registers in the order of enum reg.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tracer.h"
#include "writes.h"

enum {
	REGIONS_MAX = 4096,
	LINE_BYTES = 1 << 20
};

static struct region {
	uint64_t address;
	size_t bytes;
	uint8_t *data;
} regions[REGIONS_MAX];
static size_t region_count;
static uint64_t now_regs[REG_COUNT], now_ns;

int qemu_plugin_read_register(struct qemu_plugin_register *handle, GByteArray *buf)
{
	g_byte_array_set_size(buf, sizeof(uint64_t));
	memcpy(buf->data, &now_regs[(uintptr_t)handle - 1], sizeof(uint64_t));
	return sizeof(uint64_t);
}

bool qemu_plugin_read_memory_vaddr(uint64_t addr, GByteArray *data, size_t len)
{
	for (size_t i = 0; i < region_count; i++) {
		const struct region *region = &regions[i];

		if (addr < region->address || addr - region->address + len > region->bytes)
			continue;
		g_byte_array_set_size(data, (unsigned int)len);
		memcpy(data->data, region->data + (addr - region->address), len);
		return true;
	}
	return false;
}

GArray *qemu_plugin_get_registers(void)
{
	return NULL;
}

uint64_t clock_ns(const struct clock *clock)
{
	(void)clock;
	return now_ns;
}

uint64_t clock_instructions(const struct clock *clock)
{
	(void)clock;
	return UINT64_MAX;
}

/* stores are recorded elsewhere */
void writes_begin(void)
{
}
void writes_compare(uint64_t address, const uint8_t *data, size_t bytes)
{
	(void)address;
	(void)data;
	(void)bytes;
}

void clock_uncount(struct clock *clock, uint64_t number)
{
	(void)clock;
	(void)number;
}

static void memory_add(char *line)
{
	struct region *region = &regions[region_count++];
	char *hex;

	region->address = strtoull(line, &hex, 16);
	hex += strspn(hex, " ");
	region->bytes = strcspn(hex, "\n") / 2;
	region->data = calloc(1, region->bytes + 1);
	for (size_t i = 0; i < region->bytes; i++)
		sscanf(hex + 2 * i, "%2hhx", &region->data[i]);
}

static void hit(struct tracer *tracer, char *line)
{
	unsigned int number = (unsigned int)strtoul(line, &line, 10);

	for (int reg = 0; reg < REG_COUNT; reg++)
		now_regs[reg] = strtoull(line, &line, 16);
	now_ns++;
	for (size_t i = 0; i < tracer->plan->site_count; i++)
		if (tracer->plan->sites[i].number == number)
			tracer_hit(tracer, &tracer->plan->sites[i]);
}

int main(int argc, char **argv)
{
	struct tracer tracer = { 0 };
	char reason[256], *path = NULL;
	static char line[LINE_BYTES];

	if (argc != 3 || !(tracer.plan = plan_new(argv[1], reason, sizeof(reason)))) {
		fprintf(stderr, "take: %s\n", argc == 3 ? reason : "PLAN FOLDER");
		return 2;
	}
	for (uintptr_t reg = 0; reg < REG_COUNT; reg++)
		tracer.guest.regs[reg] = (void *)(reg + 1);
	tracer.guest.bytes = g_byte_array_new();
	if (asprintf(&path, "%s/captures.bin", argv[2]) < 0 ||
	    !record_open(&tracer.record, path, tracer.plan->sha256))
		return 2;
	while (fgets(line, LINE_BYTES, stdin))
		if (*line == 'm')
			memory_add(line + 1);
		else
			hit(&tracer, line + 1);
	record_close(&tracer.record);
	entries_free(&tracer.entries);
	guest_free(&tracer.guest);
	plan_free(tracer.plan);
	for (size_t i = 0; i < region_count; i++)
		free(regions[i].data);
	free(path);
	return 0;
}
