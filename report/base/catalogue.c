// SPDX-License-Identifier: GPL-2.0-or-later
// Finds texts in a catalogue of translations (GNU gettext manual, "The Format of GNU MO Files").
#include "base/util.h"
#include "base/catalogue.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x950412deu
/* places of the file's words, in bytes: what it is, how many texts, where the two tables are */
#define AT_MAGIC 0
#define AT_COUNT 8
#define AT_TEXTS 12
#define AT_TRANSLATIONS 16
#define HEADER_BYTES 20
/* an entry of a table: how long a text is, and where it lies */
#define ENTRY_BYTES 8
#define ENTRY_PLACE 4

/* The word at a place of which the caller knows that it is in the file. */
static uint32_t word(const struct catalogue *catalogue, uint64_t at)
{
	uint32_t value;

	memcpy(&value, catalogue->bytes + at, sizeof(value));
	return value;
}

/* A text of a table; NULL where it does not lie in the file with the zero byte behind it. */
static const char *entry(const struct catalogue *catalogue, uint32_t table, uint32_t index)
{
	uint64_t at = table + (uint64_t)index * ENTRY_BYTES;
	uint64_t end;

	if (at + ENTRY_BYTES > catalogue->size)
		return NULL;
	end = (uint64_t)word(catalogue, at + ENTRY_PLACE) + word(catalogue, at);
	if (end >= catalogue->size || catalogue->bytes[end] != '\0')
		return NULL;
	return catalogue->bytes + word(catalogue, at + ENTRY_PLACE);
}

bool catalogue_open(struct catalogue *catalogue, const char *path)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = MAP_FAILED;

	if (fd >= 0 && fstat(fd, &info) == 0 && info.st_size >= HEADER_BYTES)
		map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED)
		return false;
	catalogue->bytes = map;
	catalogue->size = (size_t)info.st_size;
	if (word(catalogue, AT_MAGIC) != MAGIC) {
		munmap(map, catalogue->size);
		catalogue->bytes = NULL;
		return false;
	}
	catalogue->count = word(catalogue, AT_COUNT);
	catalogue->texts = word(catalogue, AT_TEXTS);
	catalogue->translations = word(catalogue, AT_TRANSLATIONS);
	return true;
}

const char *catalogue_find(const struct catalogue *catalogue, const char *text)
{
	uint32_t first = 0, end = catalogue->count;

	/* the texts are sorted */
	while (first < end) {
		uint32_t middle = first + (end - first) / 2;
		const char *found = entry(catalogue, catalogue->texts, middle);
		int order = found ? strcmp(text, found) : -1;

		if (order == 0)
			return entry(catalogue, catalogue->translations, middle);
		if (order < 0)
			end = middle;
		else
			first = middle + 1;
	}
	return NULL;
}
