// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the checksums that were noted when the kernel was built.
#include "lines/built.h"
#include "lines/dwarf.h"
#include "lines/source.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

enum {
	SUM_DIGITS = SHA256_TEXT - 1,
	PATH_AT = SUM_DIGITS + 2 /* in a line of sha256sum's */
};

struct built {
	char *text; /* NULL: there is none */
	VEC(char *) lines; /* "SHA256  PATH", by path */
};

static int line_order(const void *one, const void *other)
{
	return strcmp(*(char *const *)one + PATH_AT, *(char *const *)other + PATH_AT);
}

static int path_side(const void *path, const void *line)
{
	return strcmp(path, *(char *const *)line + PATH_AT);
}

static void built_open(struct built *built, const char *vmlinux)
{
	const char *slash = strrchr(vmlinux, '/');
	char *path =
		xasprintf("%.*ssources.sha256", slash ? (int)(slash + 1 - vmlinux) : 0, vmlinux);
	size_t len;

	*built = (struct built){ .text = text_of_file(path, &len) };
	for (char *line = built->text; line && *line;) {
		char *end = line + strcspn(line, "\n");

		if (end - line > PATH_AT)
			*vec_add(&built->lines) = line;
		line = *end ? end + 1 : end;
		*end = '\0';
	}
	if (built->lines.n)
		qsort(built->lines.v, built->lines.n, sizeof(*built->lines.v), line_order);
	free(path);
}

static bool built_sum(const struct built *built, const char *path, char sum[SHA256_TEXT])
{
	char **line = built->lines.n ? bsearch(path, built->lines.v, built->lines.n,
					       sizeof(*built->lines.v), path_side)
				     : NULL;

	if (line)
		snprintf(sum, SHA256_TEXT, "%.*s", SUM_DIGITS, *line);
	return line != NULL;
}

void built_put(FILE *out, struct dwarf *dwarf, const char *vmlinux, const char *source)
{
	struct built built;

	built_open(&built, vmlinux);
	fputs("[", out);
	for (size_t i = 0; i < dwarf_file_count(dwarf); i++) {
		const char *path = dwarf_file(dwarf, i);
		char sum[SHA256_TEXT];
		bool known =
			built.text ? built_sum(&built, path, sum) : source_sum(source, path, sum);

		fputs(i ? ",\n{\"path\":" : "\n{\"path\":", out);
		json_put(out, path);
		fputs(",\"sha256\":", out);
		json_put(out, known ? sum : NULL);
		fputs("}", out);
	}
	fputs("]", out);
	vec_free(&built.lines);
	free(built.text);
}
