// SPDX-License-Identifier: GPL-2.0-or-later
/* Packs records and writes them: one write() each, so that a QEMU that is killed loses none that was complete. */
#define _GNU_SOURCE
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint8_t magic[12] = "ktlabcap\1\0\0";

enum {
	BLOCKS_OFFSET = 6, /* of the count of blocks, after the record's length and its site */
	CLOCK_OFFSET = 12,
	SIZE_FIRST = 65536
};

static void put(struct record *record, const void *data, size_t bytes)
{
	if (record->used + bytes > record->size) {
		size_t size = (record->used + bytes) * 2;
		uint8_t *grown = realloc(record->bytes, size);

		if (!grown) {
			fputs("ktlab-plugin: out of memory\n", stderr);
			abort();
		}
		record->bytes = grown;
		record->size = size;
	}
	if (bytes)
		memcpy(record->bytes + record->used, data, bytes);
	record->used += bytes;
}

static void put_u16(struct record *record, uint16_t value)
{
	put(record, &value, sizeof(value));
}

static void put_u32(struct record *record, uint32_t value)
{
	put(record, &value, sizeof(value));
}

static void put_u64(struct record *record, uint64_t value)
{
	put(record, &value, sizeof(value));
}

/* All bytes, or false with errno. */
static bool write_all(int fd, const uint8_t *data, size_t bytes)
{
	while (bytes) {
		ssize_t written = write(fd, data, bytes);

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			data += written;
			bytes -= (size_t)written;
		}
	}
	return true;
}

bool record_open(struct record *record, const char *path, const uint8_t *plan_sha256)
{
	*record = (struct record){ .path = path };
	record->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return record->fd >= 0 && write_all(record->fd, magic, sizeof(magic)) &&
	       write_all(record->fd, plan_sha256, 32);
}

void record_close(struct record *record)
{
	if (record->fd >= 0)
		close(record->fd);
	record->fd = -1;
	free(record->bytes);
	record->bytes = NULL;
	record->size = 0;
}

void record_begin(struct record *record, const struct site *site, uint32_t entry, uint64_t clock_ns,
		  uint64_t instructions, const unsigned int *order, const uint64_t *regs)
{
	record->used = 0;
	put_u32(record, 0);
	put_u16(record, (uint16_t)site->number);
	put_u16(record, 0);
	put_u32(record, entry);
	put_u64(record, clock_ns);
	put_u64(record, instructions);
	for (size_t i = 0; i < REG_COUNT; i++)
		put_u64(record, regs[order[i]]);
}

size_t record_block(struct record *record, uint64_t address, const void *data, uint32_t bytes)
{
	uint16_t count;

	put_u64(record, address);
	put_u32(record, data ? bytes : 0);
	put(record, data, data ? bytes : 0);
	memcpy(&count, record->bytes + BLOCKS_OFFSET, sizeof(count));
	count++;
	memcpy(record->bytes + BLOCKS_OFFSET, &count, sizeof(count));
	return record->used - (data ? bytes : 0);
}

bool record_end(struct record *record)
{
	uint32_t length = (uint32_t)(record->used - sizeof(length));

	memcpy(record->bytes, &length, sizeof(length));
	record->count++;
	return write_all(record->fd, record->bytes, record->used);
}

void record_mark(struct record *record)
{
	record->mark = lseek(record->fd, 0, SEEK_CUR);
}

bool record_later(struct record *record, uint64_t ns)
{
	off_t end = lseek(record->fd, 0, SEEK_CUR), place = record->mark;

	while (place < end) {
		uint32_t length;
		uint64_t clock_ns;

		if (pread(record->fd, &length, sizeof(length), place) != sizeof(length) ||
		    pread(record->fd, &clock_ns, sizeof(clock_ns), place + CLOCK_OFFSET) !=
			    sizeof(clock_ns))
			return false;
		clock_ns += ns;
		if (pwrite(record->fd, &clock_ns, sizeof(clock_ns), place + CLOCK_OFFSET) !=
		    sizeof(clock_ns))
			return false;
		place += (off_t)(sizeof(length) + length);
	}
	return true;
}
