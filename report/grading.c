// SPDX-License-Identifier: GPL-2.0-or-later
// The command `grade`: a class's submissions, judged, and their tables written.
#include "grading.h"
#include "grade/grade.h"
#include "run/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	void (*write)(FILE *out, const struct grades *grades);
} files[] = {
	{ "grades.csv", grades_csv },
	{ "junit.xml", grades_junit },
	{ "grades.html", grades_html },
};

/* A new file in place of the old one, whole or not at all. */
static bool write_table(const struct grades *g, size_t i)
{
	char *path = xasprintf("%s/%s", g->folder, files[i].name), *new = xasprintf("%s.new", path);
	FILE *out = fopen(new, "w");
	bool good = out != NULL;

	if (out) {
		files[i].write(out, g);
		good = !ferror(out);
		good = fclose(out) == 0 && good;
		good = good && rename(new, path) == 0;
	}
	if (!good) {
		complain("cannot write '%s': %s", path, strerror(errno));
		unlink(new);
	}
	free(new);
	free(path);
	return good;
}

int run_grade(const struct options *options)
{
	struct style style = choose_style(options);
	char *error = NULL;
	struct grades *g = grades_open(options->words[1], &error);
	size_t written = 0;

	if (!g)
		return complain_taking(error);
	grades_text(stdout, g, &style);
	while (written < ARRAY_SIZE(files) && write_table(g, written))
		written++;
	if (written == ARRAY_SIZE(files))
		printf("%s/%s %s/%s %s/%s\n", g->folder, files[0].name, g->folder, files[1].name,
		       g->folder, files[2].name);
	grades_free(g);
	return tally_say(written, ARRAY_SIZE(files), "files") && written == ARRAY_SIZE(files)
		       ? EXIT_HELD
		       : EXIT_BAD;
}
