// SPDX-License-Identifier: GPL-2.0-or-later
// labs/NAME/lesson is read, and its answers are found in a run.
#include "lesson/lesson.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct lesson *lesson;
	size_t line; /* of what is read now */
	char *error;
};

__attribute__((format(printf, 2, 3))) static void mistake(struct reader *r, const char *format, ...)
{
	va_list args;
	char *reason;

	if (r->error)
		return;
	va_start(args, format);
	reason = xvasprintf(format, args);
	va_end(args);
	r->error = xasprintf("%s:%zu: %s", r->lesson->path, r->line, reason);
	free(reason);
}

static struct step *last_step(const struct reader *r)
{
	return r->lesson->steps.n ? &r->lesson->steps.v[r->lesson->steps.n - 1] : NULL;
}

/* ---- keywords ---- */

static void set_text(struct reader *r, void *place, const char *text)
{
	char **it = place;

	if (*it)
		mistake(r, "a step has this once");
	else
		*it = xstrdup(text);
}

static void add_text(struct reader *r, void *place, const char *text)
{
	struct texts *list = place;

	(void)r;
	*vec_add(list) = xstrdup(text);
}

static void add_words(struct reader *r, void *place, const char *text)
{
	char *copy = xstrdup(text), *rest = copy, *word;

	while ((word = strsep(&rest, " ")))
		if (*word)
			add_text(r, place, word);
	free(copy);
}

/* Lines of labs/NAME/expect, where their mistakes have the line numbers of this file. */
static void add_find(struct reader *r, void *place, const char *text)
{
	struct str *find = place;
	size_t line = 1;

	for (const char *p = str_text(find); *p; p++)
		line += *p == '\n';
	str_fill(find, "\n", (int)(r->line - line));
	str_addf(find, "    %s", text);
}

/* "$first.netns or client" */
static void set_answer(struct reader *r, void *place, const char *text)
{
	struct step *step = place;
	const char *dot = strchr(text, '.'), *end = strstr(text, " or "), *next;

	if (step->name)
		mistake(r, "a step has this once");
	else if (*text != '$' || !dot || (end && dot > end))
		mistake(r, "an answer is $NAME.FIELD of an event that a find line names");
	if (r->error)
		return;
	step->name = xstrndup(text + 1, (size_t)(dot - text) - 1);
	step->field = end ? xstrndup(dot + 1, (size_t)(end - dot) - 1) : xstrdup(dot + 1);
	for (; end; end = next) {
		end += strlen(" or ");
		next = strstr(end, " or ");
		*vec_add(&step->also) = next ? xstrndup(end, (size_t)(next - end)) : xstrdup(end);
	}
}

static void add_look(struct reader *r, void *place, const char *text)
{
	char *name = xstrndup(text, strcspn(text, " "));

	if (view_find(name))
		add_text(r, place, text);
	else
		mistake(r, "there is no view '%s'; 'ktreport --help' lists them", name);
	free(name);
}

static void add_step(struct reader *r, void *place, const char *text)
{
	(void)place;
	*vec_add(&r->lesson->steps) = (struct step){ .title = xstrdup(text), .line = r->line };
	str_fill(&last_step(r)->find, "\n", (int)r->line - 1);
	str_add(&last_step(r)->find, "?");
}

static const struct keyword {
	const char *name;
	void (*read)(struct reader *r, void *place, const char *text);
	size_t offset; /* in the step */
} keywords[] = {
	{ "step", add_step, 0 },
	{ "say", add_text, offsetof(struct step, say) },
	{ "ask", set_text, offsetof(struct step, ask) },
	{ "find", add_find, offsetof(struct step, find) },
	{ "answer", set_answer, 0 },
	{ "choices", add_words, offsetof(struct step, choices) },
	{ "look", add_look, offsetof(struct step, look) },
	{ "event", set_text, offsetof(struct step, event) },
	{ "hint", add_text, offsetof(struct step, hints) },
	{ "right", set_text, offsetof(struct step, right) },
};

static const struct keyword *find_keyword(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (text_is(keywords[i].name, name))
			return &keywords[i];
	return NULL;
}

static void mistake_keyword(struct reader *r, const char *name)
{
	const char *names[ARRAY_SIZE(keywords) + 1] = { NULL }, *near;

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		names[i] = keywords[i].name;
	near = nearest_name(name, names);
	mistake(r, "no line begins with '%s'%s%s%s", name, near ? ", is it '" : "",
		near ? near : "", near ? "'?" : "");
}

/* One line, with those that go on with it. */
static void read_entry(struct reader *r, const char *text)
{
	size_t len = strcspn(text, " ");
	char *name = xstrndup(text, len);
	const struct keyword *keyword = find_keyword(name);

	text += len + strspn(text + len, " ");
	if (!keyword)
		mistake_keyword(r, name);
	else if (!*text)
		mistake(r, "'%s' says nothing", name);
	else if (keyword->read != add_step && !last_step(r))
		mistake(r, "'%s' stands before the first step", name);
	else
		keyword->read(r, (char *)last_step(r) + keyword->offset, text);
	free(name);
}

/* ---- steps ---- */

/* The item that has this name, or NULL. */
static const struct item *item_named(const struct expect *expect, const char *name)
{
	for (size_t i = 0; i < expect->list.v[0].items.n; i++)
		if (text_is(expect->list.v[0].items.v[i].name, name))
			return &expect->list.v[0].items.v[i];
	return NULL;
}

/* Whether a step is whole; its conditions are read for their mistakes. */
static void check_step(struct reader *r, const struct step *step)
{
	struct expect *expect;

	r->line = step->line;
	if (!step->ask || !step->name || !strchr(str_text(&step->find), '?')[1]) {
		mistake(r, "step '%s' needs the lines ask, find and answer", step->title);
		return;
	}
	if (r->error)
		return;
	expect = expect_parse(str_text(&step->find), r->lesson->path, &r->error);
	if (!expect)
		return;
	if (!item_named(expect, step->name) || (step->event && !item_named(expect, step->event)))
		mistake(r, "no find line of step '%s' is named '%s'", step->title,
			item_named(expect, step->name) ? step->event : step->name);
	expect_free(expect);
}

static void read_lines(struct reader *r, FILE *file)
{
	struct str entry = { 0 };
	char *line = NULL;
	size_t size = 0, number = 0, begun = 0;
	ssize_t len;

	do {
		len = getline(&line, &size, file);
		number++;
		while (len > 0 && strchr("\r\n \t", line[len - 1]))
			line[--len] = '\0';
		if (len > 0 && line[0] == ' ' && entry.len) {
			str_addf(&entry, " %s", line + strspn(line, " "));
			continue;
		}
		r->line = begun;
		if (entry.len && !r->error)
			read_entry(r, str_text(&entry));
		str_clear(&entry);
		begun = number;
		if (len > 0 && line[0] != '#')
			str_add(&entry, line);
	} while (len >= 0);
	free(line);
	str_free(&entry);
}

struct lesson *lesson_open(const char *path, char **error)
{
	struct reader r = { .lesson = xcalloc(1, sizeof(*r.lesson)) };
	FILE *file = fopen(path, "r");

	r.lesson->path = xstrdup(path);
	if (file) {
		read_lines(&r, file);
		for (size_t i = 0; i < r.lesson->steps.n && !r.error; i++)
			check_step(&r, &r.lesson->steps.v[i]);
		if (!r.lesson->steps.n)
			mistake(&r, "no step in it");
		fclose(file);
	} else {
		r.error = xasprintf("cannot open '%s': %s", path, strerror(errno));
	}
	*error = r.error;
	if (!r.error)
		return r.lesson;
	lesson_free(r.lesson);
	return NULL;
}

static void free_texts(struct texts *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	vec_free(list);
}

void lesson_free(struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->steps.n; i++) {
		struct step *s = &lesson->steps.v[i];
		char *texts[] = {
			s->title, s->ask, s->name, s->field, s->event, s->right, s->answer
		};
		struct texts *lists[] = { &s->say, &s->also, &s->choices, &s->look, &s->hints };

		for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
			free(texts[k]);
		for (size_t k = 0; k < ARRAY_SIZE(lists); k++)
			free_texts(lists[k]);
		str_free(&s->find);
	}
	vec_free(&lesson->steps);
	free(lesson->path);
	free(lesson);
}

/* ---- answers ---- */

static char *answer_of(const struct step *step, const struct item *item)
{
	if (item->counts)
		return xasprintf("%lld", (long long)item->count);
	return item->found ? event_dup(item->found, step->field) : xstrdup("");
}

static bool find_answer(struct step *step, const char *path, const struct trace *trace)
{
	char *error;
	struct expect *expect = expect_parse(str_text(&step->find), path, &error);
	const struct item *event;

	expect_run(expect, trace);
	step->answer = answer_of(step, item_named(expect, step->name));
	event = step->event ? item_named(expect, step->event) : NULL;
	step->event_n = event && event->found ? event->found->n : 0;
	if (expect->list.v[0].verdict != HELD || !*step->answer) {
		free(step->answer);
		step->answer = NULL;
	}
	expect_free(expect);
	return step->answer != NULL;
}

size_t lesson_run(struct lesson *lesson, const struct trace *trace)
{
	size_t answered = 0;

	for (size_t i = 0; i < lesson->steps.n; i++)
		answered += find_answer(&lesson->steps.v[i], lesson->path, trace);
	return answered;
}

/* Letters, digits and signs in one case, without spaces around them, without () at the end. */
static char *bare(const char *text)
{
	char *word = xstrdup(text + strspn(text, " "));
	size_t len = strlen(word);

	while (len && strchr(" ()", word[len - 1]))
		word[--len] = '\0';
	for (char *p = word; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return word;
}

static bool same_words(const char *a, const char *b)
{
	char *x = bare(a), *y = bare(b);
	bool same = *x && strcmp(x, y) == 0;

	free(x);
	free(y);
	return same;
}

bool lesson_right(const struct step *step, const char *words)
{
	if (!step->answer)
		return false;
	if (same_words(words, step->answer))
		return true;
	for (size_t i = 0; i < step->also.n; i++)
		if (same_words(words, step->also.v[i]))
			return true;
	return false;
}
