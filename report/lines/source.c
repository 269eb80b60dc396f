// SPDX-License-Identifier: GPL-2.0-or-later
// Reads files of the source tree. Their names come from a run, so they lead nowhere outside of it.
#include "lines/source.h"

#include <stdlib.h>
#include <string.h>

char *text_of_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "r");
	struct str text = { 0 };
	char part[65536];
	size_t got;

	if (!file)
		return NULL;
	while ((got = fread(part, 1, sizeof(part), file)))
		str_addn(&text, part, got);
	fclose(file);
	*len = text.len;
	return str_take(&text);
}

static char *file_text(const char *tree, const char *path, size_t *len)
{
	char *whole, *text;

	if (!tree || !*tree || *path == '/' || strstr(path, ".."))
		return NULL;
	whole = xasprintf("%s/%s", tree, path);
	text = text_of_file(whole, len);
	free(whole);
	return text;
}

static void sum_of(const char *text, size_t len, char sum[SHA256_TEXT])
{
	struct sha256 state;

	sha256_start(&state);
	sha256_add(&state, text, len);
	sha256_end(&state, sum);
}

bool source_sum(const char *tree, const char *path, char sum[SHA256_TEXT])
{
	size_t len;
	char *text = file_text(tree, path, &len);

	if (text)
		sum_of(text, len, sum);
	free(text);
	return text != NULL;
}

void source_open(struct source *source, const char *tree, const char *path, const char *sum)
{
	char now[SHA256_TEXT];
	size_t len = 0;

	*source = (struct source){ .text = file_text(tree, path, &len) };
	if (!source->text)
		return;
	sum_of(source->text, len, now);
	source->state = sum && !strcmp(sum, now) ? SOURCE_SAME : SOURCE_CHANGED;
	for (const char *line = source->text; line && *line;) {
		const char *end = strchr(line, '\n');

		*vec_add(&source->lines) = line;
		line = end ? end + 1 : NULL;
	}
}

void source_free(struct source *source)
{
	vec_free(&source->lines);
	free(source->text);
}

char *source_line(const struct source *source, int line)
{
	const char *text;

	if (source->state != SOURCE_SAME || line < 1 || (size_t)line > source->lines.n)
		return NULL;
	text = source->lines.v[line - 1];
	return xstrndup(text, strcspn(text, "\r\n"));
}

/* What begins in the first column within a function: labels, and what is for the preprocessor. */
static bool is_within(const char *text)
{
	size_t word =
		strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return strchr(" \t\r\n#", *text) || (word && text[word] == ':');
}

int source_closing(const struct source *source, int line)
{
	if (source->state != SOURCE_SAME || line < 1)
		return line;
	for (size_t i = (size_t)line - 1; i < source->lines.n; i++) {
		const char *text = source->lines.v[i];

		if (*text == '}')
			return (int)i + 1;
		if (i + 1 > (size_t)line && !is_within(text))
			break;
	}
	return line;
}

const struct source *shelf_take(struct shelf *shelf, const char *tree, const char *path,
				const char *sum)
{
	struct shelf_file *file;

	for (size_t i = 0; i < shelf->files.n; i++)
		if (text_is(shelf->files.v[i].path, path))
			return &shelf->files.v[i].source;
	file = vec_add(&shelf->files);
	file->path = xstrdup(path);
	source_open(&file->source, tree, path, sum);
	return &file->source;
}

void shelf_free(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->files.n; i++) {
		free(shelf->files.v[i].path);
		source_free(&shelf->files.v[i].source);
	}
	vec_free(&shelf->files);
}
