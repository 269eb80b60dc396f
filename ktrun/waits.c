// SPDX-License-Identifier: GPL-2.0-or-later
/* How long programs stood ready and had no processor. */
#include "waits.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The process group by /proc/PID/stat, behind the name, which may have anything in it; 0: it has ended. */
static pid_t group_of(const char *pid)
{
	char path[64], text[512], *rest;
	FILE *file;
	int group = 0;
	size_t length;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	rest = strrchr(text, ')');
	return rest && sscanf(rest, ") %*c %*d %d", &group) == 1 ? group : 0;
}

static double thread_waits_s(const char *tasks, const char *tid)
{
	unsigned long long waited_ns = 0;
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%.20s/schedstat", tasks, tid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%*u %llu", &waited_ns) != 1)
		waited_ns = 0;
	fclose(file);
	return (double)waited_ns / 1e9;
}

static double process_waits_s(const char *pid)
{
	char tasks[64];
	const struct dirent *entry;
	double sum_s = 0;
	DIR *folder;

	snprintf(tasks, sizeof(tasks), "/proc/%.20s/task", pid);
	folder = opendir(tasks);
	while (folder && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]))
			sum_s += thread_waits_s(tasks, entry->d_name);
	if (folder)
		closedir(folder);
	return sum_s;
}

static bool is_of(pid_t group, const pid_t *groups, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (group && groups[i] == group)
			return true;
	return false;
}

double waits_s(const pid_t *groups, size_t count)
{
	const struct dirent *entry;
	DIR *folder = opendir("/proc");
	double sum_s = 0;

	while (folder && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    is_of(group_of(entry->d_name), groups, count))
			sum_s += process_waits_s(entry->d_name);
	if (folder)
		closedir(folder);
	return sum_s;
}
