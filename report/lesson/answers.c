// SPDX-License-Identifier: GPL-2.0-or-later
// What a student has said, kept in a file from one session to the next.
#include "lesson/lesson.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	COLUMNS = 5
};

static char *or_null(const char *text)
{
	return *text ? xstrdup(text) : NULL;
}

/* "right TAB 2 TAB client TAB server TAB Who is first" */
static void read_row(const struct lesson *lesson, struct said *said, char *line)
{
	const char *row[COLUMNS] = { "", "", "", "", "" };
	size_t i = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *cell; i < COLUMNS && (cell = strsep(&line, "\t")); i++)
		row[i] = cell;
	for (i = 0; i < lesson->steps.n; i++)
		if (text_is(lesson->steps.v[i].title, row[4]) && !said[i].tries)
			break;
	if (i == lesson->steps.n)
		return; /* of a step that the lesson does not have any more */
	said[i].tries = (int)strtol(row[1], NULL, 10);
	said[i].prediction = or_null(row[2]);
	said[i].answer = or_null(row[3]);
	if (said[i].answer && lesson_right(&lesson->steps.v[i], said[i].answer))
		said[i].verdict = "right";
	else if (text_is(row[0], "shown"))
		said[i].verdict = "shown";
}

struct said *answers_read(const struct lesson *lesson, const char *path)
{
	struct said *said = xcalloc(lesson->steps.n, sizeof(*said));
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	for (size_t i = 0; i < lesson->steps.n; i++)
		said[i].verdict = "open";
	while (file && getline(&line, &size, file) >= 0)
		if (*line != '#')
			read_row(lesson, said, line);
	if (file)
		fclose(file);
	free(line);
	return said;
}

/* A cell holds no tab and no line's end, whatever was typed. */
static void put_cell(FILE *file, const char *text)
{
	for (; text && *text; text++)
		fputc((unsigned char)*text < ' ' ? ' ' : *text, file);
}

bool answers_write(const struct lesson *lesson, const struct said *said, const char *path)
{
	char *new = xasprintf("%s.new", path);
	FILE *file = fopen(new, "w");
	bool good = file != NULL;

	if (file) {
		fprintf(file, "# verdict\ttries\tprediction\tanswer\tstep of %s\n", lesson->path);
		for (size_t i = 0; i < lesson->steps.n; i++) {
			fprintf(file, "%s\t%d\t", said[i].verdict, said[i].tries);
			put_cell(file, said[i].prediction);
			fputc('\t', file);
			put_cell(file, said[i].answer);
			fprintf(file, "\t%s\n", lesson->steps.v[i].title);
		}
		good = !ferror(file);
		good = fclose(file) == 0 && good;
		good = good && rename(new, path) == 0;
	}
	if (!good && file)
		unlink(new);
	free(new);
	return good;
}

void answers_free(const struct lesson *lesson, struct said *said)
{
	for (size_t i = 0; i < lesson->steps.n; i++) {
		free(said[i].prediction);
		free(said[i].answer);
	}
	free(said);
}
