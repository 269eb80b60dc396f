// SPDX-License-Identifier: GPL-2.0-or-later
// The command `lesson`: a walk through the questions of a run's lab.
#include "walking.h"
#include "lesson/lesson.h"
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int walk_lesson(const struct options *options, struct session *s, struct lesson *lesson)
{
	struct style style = choose_style(options);
	char *answers = xasprintf("%s.answers", s->trace->folder);
	const struct walk walk = { .lesson = lesson,
				   .trace = s->trace,
				   .style = &style,
				   .answers = answers,
				   .in = stdin,
				   .out = stdout };
	int status = EXIT_HELD;

	if (!lesson_run(lesson, s->trace))
		status = complain("'%s' answers none of the questions of '%s'\n"
				  "run the lab again: make lab LAB=%s",
				  s->trace->folder, lesson->path, s->trace->lab);
	else if (!lesson_walk(&walk))
		status = complain("cannot write '%s': %s", answers, strerror(errno));
	free(answers);
	return status;
}

int run_lesson(const struct options *options)
{
	char *usual = NULL, *error = NULL;
	struct lesson *lesson = NULL;
	struct session s;
	int status;

	if (!session_open(&s, options, options->words[1], NULL))
		return EXIT_BAD;
	if (options->word_count < 3)
		usual = usual_file(s.trace, "lesson");
	if (usual || options->word_count > 2)
		lesson = lesson_open(usual ? usual : options->words[2], &error);
	if (lesson)
		status = walk_lesson(options, &s, lesson);
	else if (error)
		status = complain_taking(error);
	else
		status = complain("lab '%s' has no lesson to walk through\n"
				  "labs with one: ls labs/*/lesson",
				  s.trace->lab);
	if (lesson)
		lesson_free(lesson);
	free(usual);
	session_close(&s);
	return status;
}
