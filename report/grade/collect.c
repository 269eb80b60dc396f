// SPDX-License-Identifier: GPL-2.0-or-later
// Reads what labs/grade.sh has made of each submission, and judges it.
#include "grade/grade.h"
#include "base/i18n.h"
#include "lesson/lesson.h"
#include "run/run.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SAID_MOST = 4000, /* bytes kept of what was said of a task */
	TASKS_MOST = 64, /* of one submission */
};

/* GRADES/NAME/TASK.outcome, as labs/grade-one.sh writes it. */
struct outcome {
	char *task, *lab, *run, *expect;
	long status;
	int64_t ms;
};

/* ---- files ---- */

static void read_setting(struct outcome *o, const char *key, const char *value)
{
	const struct {
		const char *key;
		char **text;
	} texts[] = { { "task", &o->task },
		      { "lab", &o->lab },
		      { "run", &o->run },
		      { "expect", &o->expect } };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (text_is(key, texts[i].key) && !*texts[i].text)
			*texts[i].text = xstrdup(value);
	if (text_is(key, "status"))
		o->status = strtol(value, NULL, 10);
	if (text_is(key, "ms"))
		o->ms = strtoll(value, NULL, 10);
}

static void read_outcome(struct outcome *o, const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL, *equals;
	size_t size = 0;

	*o = (struct outcome){ .status = -1 };
	while (file && getline(&line, &size, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		equals = strchr(line, '=');
		if (!equals)
			continue;
		*equals = '\0';
		read_setting(o, line, equals + 1);
	}
	free(line);
	if (file)
		fclose(file);
}

static void outcome_free(struct outcome *o)
{
	free(o->task);
	free(o->lab);
	free(o->run);
	free(o->expect);
}

/* The end of a file, or NULL. The caller frees it. */
static char *end_of(const char *path)
{
	FILE *file = fopen(path, "r");
	char text[SAID_MOST + 1];
	size_t len;

	if (!file)
		return NULL;
	if (fseek(file, -SAID_MOST, SEEK_END))
		rewind(file);
	len = fread(text, 1, SAID_MOST, file);
	fclose(file);
	text[len] = '\0';
	return xstrndup(text, len);
}

/* ---- a student's work ---- */

static void add_mark(struct student *s, const char *task, const char *what, enum verdict verdict,
		     char *why)
{
	*vec_add(&s->marks) = (struct mark){
		.task = xstrdup(task), .what = xstrdup(what), .verdict = verdict, .why = why
	};
	s->held += verdict == HELD;
	s->failed += verdict == FAILED;
	s->skipped += verdict == SKIPPED;
}

/* Only the first trouble is told: what comes after it may be its consequence. */
static void add_trouble(struct student *s, char *sentence, char *said)
{
	if (s->trouble) {
		free(sentence);
		free(said);
		return;
	}
	s->trouble = sentence;
	s->said = said;
}

static void mark_expectations(struct student *s, const struct outcome *o, struct expect *expect)
{
	for (size_t i = 0; i < expect->list.n; i++) {
		const struct expectation *e = &expect->list.v[i];

		add_mark(s, o->task, e->sentence, e->verdict, e->why ? xstrdup(e->why) : NULL);
	}
}

static void judge_run(struct student *s, const struct outcome *o, const char *folder)
{
	char *run = xasprintf("%s/%s", folder, o->run), *error = NULL;
	struct trace *trace = run_open(run, &error);
	struct expect *expect = trace ? expect_open(o->expect ? o->expect : "", &error) : NULL;

	if (expect) {
		expect_run(expect, trace);
		mark_expectations(s, o, expect);
		if (trace->problem_count)
			add_trouble(s, xstrdup(trace->problems.v[0]), NULL);
		free(s->digest);
		s->digest = trace->digest ? xstrdup(trace->digest) : NULL;
		free(s->report);
		s->report = xasprintf("%s/%s/report.html", s->name, o->run);
		expect_free(expect);
	} else {
		add_trouble(s, error, NULL);
	}
	trace_free(trace);
	free(run);
}

static void mark_answer(struct student *s, const struct step *step, const struct said *said)
{
	bool right = text_is(said->verdict, "right");
	char *why = NULL;

	if (!right && text_is(said->verdict, "shown"))
		why = xasprintf(_("the answer was shown: %s"), step->answer);
	else if (!right && said->answer)
		why = xasprintf(_("answered %s; it is %s"), said->answer, step->answer);
	else if (!right)
		why = xstrdup(_("not answered"));
	add_mark(s, "answers", _(step->ask), right ? HELD : FAILED, why);
}

/* Answers of `make lesson`, held against a run of the teacher's. */
static void judge_answers(struct student *s, const struct outcome *o, const char *folder)
{
	char *path = xasprintf("labs/%s/lesson", o->lab),
	     *answers = xasprintf("%s/%s.answers", folder, o->lab), *error = NULL;
	struct lesson *lesson = lesson_open(path, &error);
	struct trace *trace = lesson ? run_open(o->run, &error) : NULL;
	struct said *said;

	if (trace && lesson_run(lesson, trace)) {
		said = answers_read(lesson, answers);
		for (size_t i = 0; i < lesson->steps.n; i++)
			if (lesson->steps.v[i].answer)
				mark_answer(s, &lesson->steps.v[i], &said[i]);
		answers_free(lesson, said);
	} else {
		add_trouble(s,
			    error ? error
				  : xasprintf(_("'%s' answers none of the questions"), o->run),
			    xasprintf("make lab LAB=%s", o->lab));
	}
	trace_free(trace);
	if (lesson)
		lesson_free(lesson);
	free(path);
	free(answers);
}

/* What labs/grade-one.sh ended with that leaves nothing to judge; NULL: there is a run. */
static const char *trouble_of(const struct outcome *o)
{
	static const struct {
		long status;
		const char *sentence;
	} troubles[] = {
		{ -1, N_("it was interrupted") },
		{ 2, N_("it could not be made ready") },
		{ 3, N_("the run failed") },
		{ 124, N_("it was ended at its limit") },
		{ 137, N_("it was killed at its limit") },
	};

	if (o->status == 0 || o->status == 1)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++)
		if (troubles[i].status == o->status)
			return troubles[i].sentence;
	return N_("the run ended in an unknown way");
}

static void judge_outcome(struct student *s, const struct outcome *o, const char *folder)
{
	const char *trouble = trouble_of(o);

	s->ms = add_within(s->ms, o->ms);
	if (text_is(o->task, "none") || !o->task || !o->lab || !o->run) {
		add_trouble(s, xstrdup(_("nothing to run was handed in")), NULL);
	} else if (trouble) {
		char *path = xasprintf("%s/%s.said", folder, o->task);

		add_trouble(s, xasprintf("%s: %s", o->task, _(trouble)), end_of(path));
		free(path);
	} else if (text_is(o->task, "answers")) {
		judge_answers(s, o, folder);
	} else {
		judge_run(s, o, folder);
	}
}

static int is_outcome(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && text_is(dot, ".outcome");
}

/* False: the folder is none of a student's. */
static bool judge_student(struct student *s, const char *folder)
{
	struct dirent **found = NULL;
	int n = scandir(folder, &found, is_outcome, alphasort);

	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", folder, found[i]->d_name);
		struct outcome o;

		if (i < TASKS_MOST) {
			read_outcome(&o, path);
			judge_outcome(s, &o, folder);
			outcome_free(&o);
		}
		free(path);
		free(found[i]);
	}
	free(found);
	return n > 0;
}

/* ---- all of them ---- */

static int is_student(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN);
}

static void take_student(struct grades *g, const char *name)
{
	char *folder = xasprintf("%s/%s", g->folder, name);
	struct student student = { .name = xstrdup(name) };

	if (!judge_student(&student, folder)) {
		free(student.name);
	} else if (text_is(name, "teacher")) {
		g->teacher = xcalloc(1, sizeof(*g->teacher));
		*g->teacher = student;
	} else {
		*vec_add(&g->students) = student;
	}
	free(folder);
}

struct grades *grades_open(const char *folder, char **error)
{
	struct grades *g = xcalloc(1, sizeof(*g));
	struct dirent **found = NULL;
	int n = scandir(folder, &found, is_student, versionsort);

	g->folder = xstrdup(folder);
	for (int i = 0; i < n; i++) {
		take_student(g, found[i]->d_name);
		free(found[i]);
	}
	free(found);
	if (!g->students.n) {
		*error = n < 0 ? xasprintf("cannot read '%s': %s", folder, strerror(errno))
			       : xasprintf("'%s' has no graded submission\nmake grade "
					   "SUBMISSIONS=DIR makes them",
					   folder);
		grades_free(g);
		return NULL;
	}
	grades_compare(g);
	return g;
}

static void student_free(struct student *s)
{
	char *texts[] = { s->name,    s->trouble, s->said,    s->first, s->teacher,
			  s->differs, s->digest,  s->same_as, s->report };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(texts[i]);
	for (size_t i = 0; i < s->marks.n; i++) {
		free(s->marks.v[i].task);
		free(s->marks.v[i].what);
		free(s->marks.v[i].why);
	}
	vec_free(&s->marks);
}

void grades_free(struct grades *g)
{
	for (size_t i = 0; i < g->students.n; i++)
		student_free(&g->students.v[i]);
	if (g->teacher)
		student_free(g->teacher);
	free(g->teacher);
	vec_free(&g->students);
	free(g->folder);
	free(g);
}
