// SPDX-License-Identifier: GPL-2.0-or-later
// The page's events, each stack and each meaning once, and the lines of the source that the stacks name.
#include "forms/page.h"
#include "base/i18n.h"
#include "run/follow.h"
#include "types/story.h"
#include "types/tell.h"

#include <stdlib.h>
#include <string.h>

/* JSON as it stands in the event; "<" only occurs in strings, and must not end the script. */
static void put_raw(FILE *out, const char *p, const char *end)
{
	for (; p < end; p++)
		if (*p == '<')
			fputs("\\u003c", out);
		else
			fputc(*p, out);
}

static size_t stack_index(struct page *page, struct json stack)
{
	const char *text = names_get(page->names, stack.p, (size_t)(stack.end - stack.p));
	size_t near = page->stacks.n < 64 ? page->stacks.n : 64;

	for (size_t i = 0; i < near; i++)
		if (page->stacks.v[page->stacks.n - 1 - i] == text)
			return page->stacks.n - 1 - i;
	for (size_t i = 0; i < page->stacks.n; i++)
		if (page->stacks.v[i] == text)
			return i;
	*vec_add(&page->stacks) = text;
	return page->stacks.n - 1;
}

static int meaning_index(struct page *page, const struct meaning *meaning)
{
	size_t i = 0;

	if (!meaning)
		return -1;
	while (i < page->meanings.n && page->meanings.v[i] != meaning)
		i++;
	if (i == page->meanings.n)
		*vec_add(&page->meanings) = meaning;
	return (int)i;
}

static const char *const runs_names[] = {
	[RUNS_TASK] = "task",
	[RUNS_THREAD] = "thread",
	[RUNS_INTERRUPTING] = "interrupting",
};

static void put_event(struct page *page, const struct event *ev)
{
	struct json stack = event_get(ev, "stack");
	char *options = event_options(ev);
	const char *end = ev->text + ev->len;

	fputs("{\"_options\":", page->out);
	json_put(page->out, options);
	fprintf(page->out, ",\"_meaning\":%d", meaning_index(page, meaning_of(ev)));
	fprintf(page->out, ",\"_peer\":%zu,\"_story\":%d,\"_runs\":\"%s\",\"_own\":%zu,", ev->peer,
		story_index(ev), runs_names[event_runs(ev)], event_own_frames(ev));
	if (stack.kind == JSON_ARRAY) {
		put_raw(page->out, ev->text + 1, stack.p);
		fprintf(page->out, "%zu", stack_index(page, stack));
		put_raw(page->out, stack.end, end);
	} else {
		put_raw(page->out, ev->text + 1, end);
	}
	free(options);
}

void put_events(struct page *page)
{
	const struct trace *trace = page->rq->trace;
	bool first = true;

	fputs("\"events\":[", page->out);
	for (size_t i = 0; i < request_events(page->rq); i++) {
		fputs(first ? "\n" : ",\n", page->out);
		put_event(page, &trace->events.v[i]);
		first = false;
	}
	fputs("],\n\"stacks\":[", page->out);
	for (size_t i = 0; i < page->stacks.n; i++) {
		const char *text = page->stacks.v[i];

		fputs(i ? ",\n" : "\n", page->out);
		put_raw(page->out, text, text + strlen(text));
	}
	fputs("],\n", page->out);
}

enum {
	AROUND = 2,
	MOST_PLACES = 5000,
};

static void want_places(struct page *page)
{
	struct json_iter it;
	struct json frame;

	for (size_t i = 0; i < page->stacks.n; i++) {
		json_parse(page->stacks.v[i], strlen(page->stacks.v[i]), &frame);
		for (it = json_iter(frame); json_next(&it);) {
			char *file = json_dup(json_path(it.value, "file"));
			int64_t line = 0;
			char *place;
			const char *name;
			size_t known = 0;

			if (file && json_int(json_path(it.value, "line"), &line)) {
				place = xasprintf("%s:%lld", file, (long long)line);
				name = names_get(page->names, place, strlen(place));
				while (known < page->places.n && page->places.v[known] != name)
					known++;
				if (known == page->places.n && known < MOST_PLACES)
					*vec_add(&page->places) = name;
				free(place);
			}
			free(file);
		}
	}
}

/* Only files inside of the source folder: the names come from the events. */
static FILE *open_source(const char *folder, const char *place, long *line)
{
	const char *colon = strrchr(place, ':');
	char *path;
	FILE *file;

	if (!colon || *place == '/' || strstr(place, "..") || !source_is_plain(place))
		return NULL;
	*line = strtol(colon + 1, NULL, 10);
	path = xasprintf("%s/%.*s", folder, (int)(colon - place), place);
	file = fopen(path, "r");
	free(path);
	return file;
}

static bool put_source(struct page *page, const char *place, bool first)
{
	char text[512];
	long line = 0;
	FILE *file = open_source(page->rq->source, place, &line);

	if (!file)
		return false;
	fputs(first ? "\n" : ",\n", page->out);
	json_put(page->out, place);
	fprintf(page->out, ":{\"from\":%ld,\"lines\":[", line > AROUND ? line - AROUND : 1);
	first = true;
	for (long n = 1; n <= line + AROUND && fgets(text, sizeof(text), file); n++) {
		text[strcspn(text, "\r\n")] = '\0';
		if (n < line - AROUND)
			continue;
		fputs(first ? "" : ",", page->out);
		json_put(page->out, text);
		first = false;
	}
	fputs("]}", page->out);
	fclose(file);
	return true;
}

void put_sources(struct page *page)
{
	size_t found = 0;

	want_places(page);
	fputs("\"sources\":{", page->out);
	for (size_t i = 0; page->rq->source && i < page->places.n; i++)
		found += put_source(page, page->places.v[i], found == 0);
	fputs("},\n", page->out);
}

void put_meanings(struct page *page)
{
	fputs("\"meanings\":[", page->out);
	for (size_t i = 0; i < page->meanings.n; i++) {
		fputs(i ? ",\n{" : "\n{", page->out);
		put_member(page->out, "source", page->meanings.v[i]->source);
		fputs("\"text\":", page->out);
		json_put(page->out, _(page->meanings.v[i]->text));
		fputs("}", page->out);
	}
	fputs("],\n", page->out);
}
