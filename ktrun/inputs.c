// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads what a run starts from. */
#define _GNU_SOURCE
#include "inputs.h"

#include <dirent.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "tool.h"

enum {
	NAME_MAX_LENGTH = 63,
	SUM_LENGTH = 64,
	WORD_MAX_LENGTH = 63
};

static int min3(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters must be added, removed or replaced to get from a to b (Levenshtein). */
static int name_distance(const char *a, const char *b)
{
	int row[NAME_MAX_LENGTH + 1], length = (int)strnlen(b, NAME_MAX_LENGTH);

	for (int j = 0; j <= length; j++)
		row[j] = j;
	for (int i = 1; a[i - 1]; i++) {
		int diagonal = row[0];

		row[0] = i;
		for (int j = 1; j <= length; j++) {
			int above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[length];
}

struct near {
	int distance;
	char *name;
};

static int near_compare(const void *a, const void *b)
{
	const struct near *x = a, *y = b;

	return x->distance != y->distance ? x->distance - y->distance : strcmp(x->name, y->name);
}

/* The names of the labs in a folder with their distance to `wanted`; returns how many. */
static size_t labs_list(const char *folder, const char *wanted, struct near *labs, size_t max)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);
	size_t count = 0;

	while (dir && count < max && (entry = readdir(dir))) {
		char *script = text_format("%s/%s/guest.sh", folder, entry->d_name);

		if (entry->d_name[0] != '.' && file_readable(script))
			labs[count++] = (struct near){ name_distance(wanted, entry->d_name),
						       text_copy(entry->d_name) };
		free(script);
	}
	if (dir)
		closedir(dir);
	return count;
}

char *labs_known(const char *lab_dir)
{
	char *folder = text_copy(lab_dir), *name = text_copy(lab_dir), *line = text_copy("");
	struct near labs[64];
	size_t count = labs_list(dirname(folder), basename(name), labs, 64);

	qsort(labs, count, sizeof(labs[0]), near_compare);
	for (size_t i = 0; i < count; i++) {
		char *longer = text_format("%s%s%s", line, i ? " " : "", labs[i].name);

		free(line);
		free(labs[i].name);
		line = longer;
	}
	free(folder);
	free(name);
	return line;
}

char *lab_topology(const char *lab_dir)
{
	char *path = text_format("%s/topology", lab_dir), *text = file_tail(path, WORD_MAX_LENGTH);
	char *name = text_copy("two-nodes");

	if (text && strtok(text, " \t\n")) {
		free(name);
		name = text_copy(strtok(text, " \t\n"));
	}
	free(text);
	free(path);
	return name;
}

json_t *topology_read(const char *path)
{
	FILE *file = fopen(path, "re");
	json_t *nics = json_array();
	char line[512];

	if (!file) {
		json_decref(nics);
		return NULL;
	}
	while (fgets(line, sizeof(line), file)) {
		char node[WORD_MAX_LENGTH + 1], nic[WORD_MAX_LENGTH + 1];
		char mac[WORD_MAX_LENGTH + 1], address[WORD_MAX_LENGTH + 1];
		char address6[WORD_MAX_LENGTH + 1];
		int hub, found;

		found = sscanf(line, "%63s %63s %d %63s %63s %63s", node, nic, &hub, mac, address,
			       address6);
		if (found < 5 || node[0] == '#')
			continue;
		/* what has no address of IPv6 says nothing of it */
		json_array_append_new(nics,
				      json_pack("{ss ss si ss ss ss*}", "node", node, "nic", nic,
						"hub", hub, "mac", mac, "address", address,
						"address6", found == 6 ? address6 : NULL));
	}
	fclose(file);
	return nics;
}

/* Takes one level of shell quotes from a value, in place: 'it'\''s' and "it's" become it's. */
static void unquote(char *value)
{
	char quote = 0, *to = value;

	for (const char *from = value; *from; from++) {
		if (quote ? *from == quote : *from == '\'' || *from == '"')
			quote = quote ? 0 : *from;
		else if (*from == '\\' && from[1] && quote != '\'')
			*to++ = *++from;
		else
			*to++ = *from;
	}
	*to = '\0';
}

json_t *kernel_env_read(const char *path)
{
	FILE *file = fopen(path, "re");
	json_t *env = json_object();
	char line[4096];

	if (!file) {
		json_decref(env);
		return NULL;
	}
	while (fgets(line, sizeof(line), file)) {
		char *equals = strchr(line, '='), *value;

		if (line[0] == '#' || !equals)
			continue;
		line[strcspn(line, "\n")] = '\0';
		*equals = '\0';
		unquote(equals + 1);
		value = text_utf8(equals + 1);
		json_object_set_new(env, line, json_string(value));
		free(value);
	}
	fclose(file);
	return env;
}

/* What a command prints on stdout, if it ends well, else ""; the caller frees it. */
static char *command_output(struct run *run, const char *const *argv)
{
	struct tally tally;
	char *text;

	if (!end_is_exit(tool_run(run, argv, CHILD_PIPE, &text, &tally), 0))
		*text = '\0';
	return text;
}

char *program_version(struct run *run, const char *program)
{
	const char *const argv[] = { program, "--version", NULL };
	char *text = command_output(run, argv), *version = text_copy("");
	char *line = strtok(text, "\n");

	/* "GNU gdb (Debian 13.1-3) 13.1": the package's version in parentheses is not meant */
	for (char *word = line ? strtok(line, " ") : NULL; word; word = strtok(NULL, " ")) {
		if (word[0] < '0' || word[0] > '9' || strchr(word, ')'))
			continue;
		free(version);
		version = text_copy(word);
	}
	free(text);
	return version;
}

json_t *files_sha256(struct run *run, const char *const *paths, size_t count)
{
	const char *argv[16] = { "sha256sum", "--" };
	json_t *sums = json_object();
	size_t lines = 0;
	char *text, *rest;

	for (size_t i = 0; i < count && i + 3 < sizeof(argv) / sizeof(argv[0]); i++)
		argv[i + 2] = paths[i];
	text = rest = command_output(run, argv);
	for (char *line; (line = strsep(&rest, "\n")) && lines < count;) {
		/* "SUM  PATH" in the order of the files; a backslash in front says that PATH is quoted */
		const char *sum = line + (*line == '\\');
		char *path = text_utf8(paths[lines]);

		if (strspn(sum, "0123456789abcdef") == SUM_LENGTH &&
		    !json_object_set_new(sums, path, json_stringn(sum, SUM_LENGTH)))
			lines++;
		free(path);
	}
	/* one is missing: which is whose is not known */
	if (lines < count)
		json_object_clear(sums);
	free(text);
	return sums;
}

bool program_found(const char *name)
{
	char *path = text_copy(getenv("PATH") ? getenv("PATH") : ""), *rest = path, *folder;
	bool found = strchr(name, '/') && access(name, X_OK) == 0;

	while (!found && !strchr(name, '/') && (folder = strsep(&rest, ":"))) {
		char *candidate = text_format("%s/%s", folder, name);

		found = access(candidate, X_OK) == 0;
		free(candidate);
	}
	free(path);
	return found;
}
