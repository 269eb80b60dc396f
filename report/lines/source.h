/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the kernel's source tree: their lines, and their checksums, which tell whether they are those of the kernel. */
#ifndef KTREPORT_SOURCE_H
#define KTREPORT_SOURCE_H

#include "base/sha256.h"
#include "base/util.h"

/* A whole file in memory that the caller frees; NULL with errno. */
char *text_of_file(const char *path, size_t *len);

/* The checksum of a file of the tree; false if there is no such tree or file. */
bool source_sum(const char *tree, const char *path, char sum[SHA256_TEXT]);

enum source_state {
	SOURCE_GONE,
	SOURCE_CHANGED, /* since the kernel was built, or of another kernel */
	SOURCE_SAME
};

struct source {
	enum source_state state;
	char *text;
	VEC(const char *) lines; /* where each begins; of a text that is the same */
};

/* Opens a file that must have this checksum; without a checksum nothing is known, and it counts as changed. */
void source_open(struct source *source, const char *tree, const char *path, const char *sum);
void source_free(struct source *source);

/* A line, from 1 on, without its newline, in memory that the caller frees; NULL where there is none. */
char *source_line(const struct source *source, int line);

/* The line of the brace that ends a function, of which one of the last lines is given; that one where none is found. */
int source_closing(const struct source *source, int line);

/* Files that are looked at again and again, each opened once. */
struct shelf_file {
	char *path;
	struct source source;
};

struct shelf {
	VEC(struct shelf_file) files;
};

/* The file, as source_open() has it; good until the next call. */
const struct source *shelf_take(struct shelf *shelf, const char *tree, const char *path,
				const char *sum);
void shelf_free(struct shelf *shelf);

#endif
