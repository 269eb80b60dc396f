// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a fuzz target where the compiler brings no libFuzzer: blind SECONDS SEED-FOLDER feeds it the seeds, then seeds
 * with some bytes changed, cut, doubled or moved. Each input is in FOLDER/last until the next one, for the finding.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	SEEDS = 64,
	BYTES = 20000,
	CHANGES = 6
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* a target may have it */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct seed {
	uint8_t bytes[BYTES];
	size_t size;
} seeds[SEEDS];

static size_t seeds_read(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	while (dir && count < SEEDS && (entry = readdir(dir))) {
		char path[4096];
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (!file)
			continue;
		seeds[count].size = fread(seeds[count].bytes, 1, BYTES, file);
		count += seeds[count].size > 0;
		fclose(file);
	}
	if (dir)
		closedir(dir);
	return count;
}

static size_t below(size_t limit)
{
	return (size_t)rand() % limit;
}

/* One change at a random place; the size stays within 1 to BYTES. */
static void change(struct seed *input)
{
	static const char words[] = "\0\xff\"{}[],:\\\n-09eE.";
	size_t at = below(input->size), length = 1 + below(input->size - at),
	       room = BYTES - input->size;

	switch (below(5)) {
	case 0:
		input->bytes[at] ^= (uint8_t)(1 << below(8));
		break;
	case 1:
		input->bytes[at] = (uint8_t)words[below(sizeof(words) - 1)];
		break;
	case 2:
		input->size = at + 1;
		break;
	case 3:
		length = length < room ? length : room;
		memmove(input->bytes + at + length, input->bytes + at, input->size - at);
		input->size += length;
		break;
	case 4:
		memmove(input->bytes + at, input->bytes + at + length, input->size - at - length);
		input->size -= length;
		input->size += !input->size;
		break;
	}
}

static void keep(const char *folder, const struct seed *input)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/../last", folder);
	file = fopen(path, "w");
	if (file) {
		fwrite(input->bytes, 1, input->size, file);
		fclose(file);
	}
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 2 ? atol(argv[1]) : 0);
	size_t count = argc > 2 ? seeds_read(argv[2]) : 0, runs = 0;

	if (!count) {
		fputs("usage: blind SECONDS SEED-FOLDER\n", stderr);
		return 2;
	}
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	srand(1);
	for (; runs < count || time(NULL) < end; runs++) {
		struct seed input = seeds[runs < count ? runs : below(count)];
		/* exactly as large as the input, so that a read beyond it is found */
		uint8_t *data;

		for (size_t changes = runs < count ? 0 : 1 + below(CHANGES); changes; changes--)
			change(&input);
		keep(argv[2], &input);
		data = malloc(input.size);
		memcpy(data, input.bytes, input.size);
		LLVMFuzzerTestOneInput(data, input.size);
		free(data);
	}
	printf("Done %zu runs in %s second(s)\n", runs, argv[1]);
	return 0;
}
