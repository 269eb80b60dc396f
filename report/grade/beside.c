// SPDX-License-Identifier: GPL-2.0-or-later
// Submissions beside each other: what first differs from the teacher's run, and whose runs are the same.
#include "grade/grade.h"
#include "run/run.h"
#include "types/tell.h"
#include "views/diff.h"

#include <stdlib.h>
#include <string.h>

static const struct event *event_of(const struct trace *trace, const struct cell *number)
{
	for (size_t i = 0; number->kind == CELL_NUMBER && i < trace->events.n; i++)
		if (trace->events.v[i].n == number->number)
			return &trace->events.v[i];
	return NULL;
}

/* "12 client tcp.tx: SYN ...", or NULL. */
static char *event_words(const struct trace *trace, const struct event *ev)
{
	char *sentence = ev ? event_sentence(trace, ev) : NULL, *words = NULL;

	if (ev)
		words = xasprintf("%lld %s %s %s: %s", (long long)ev->n, ev->netns ? ev->netns : "",
				  ev->type, ev->fn, sentence ? sentence : "");
	free(sentence);
	return words;
}

static void set_first(struct student *s, const struct trace *own, const struct trace *teacher)
{
	struct doc doc = { 0 };
	const struct table *t;

	if (diff_runs(&doc, teacher, own, NULL, false)) {
		t = &doc.tables.v[0];
		s->teacher = event_words(teacher, event_of(teacher, table_cell(t, 0, DIFF_FIRST)));
		s->first = event_words(own, event_of(own, table_cell(t, 0, DIFF_SECOND)));
		if (table_cell(t, 0, DIFF_DIFFERS)->kind == CELL_TEXT)
			s->differs = xstrdup(table_cell(t, 0, DIFF_DIFFERS)->text);
	}
	doc_free(&doc);
}

/* "anna/programs/report.html" names the run "anna/programs". */
static struct trace *open_run_of(const struct grades *g, const struct student *s)
{
	char *path, *error = NULL;
	struct trace *trace;

	if (!s->report)
		return NULL;
	path = xasprintf("%s/%.*s", g->folder, (int)(strrchr(s->report, '/') - s->report),
			 s->report);
	trace = run_open(path, &error);
	free(path);
	free(error);
	return trace;
}

static void compare_with_teacher(struct grades *g)
{
	struct trace *teacher = g->teacher ? open_run_of(g, g->teacher) : NULL;

	for (size_t i = 0; teacher && i < g->students.n; i++) {
		struct student *s = &g->students.v[i];
		struct trace *own = s->failed ? open_run_of(g, s) : NULL;

		if (own)
			set_first(s, own, teacher);
		trace_free(own);
	}
	trace_free(teacher);
}

/* The same program runs the same instructions: then captures are the same to the byte. */
static void find_same(struct grades *g)
{
	for (size_t i = 0; i < g->students.n; i++) {
		struct student *s = &g->students.v[i];
		struct str same = { 0 };

		for (size_t j = 0; s->digest && j < g->students.n; j++)
			if (j != i && text_is(g->students.v[j].digest, s->digest))
				str_addf(&same, "%s%s", same.len ? ", " : "",
					 g->students.v[j].name);
		s->same_as = str_take_or_null(&same);
	}
}

void grades_compare(struct grades *g)
{
	compare_with_teacher(g);
	find_same(g);
}
