/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labs/NAME/lesson: ten minutes with a run, question by question; the run itself knows the answers. */
#ifndef KTREPORT_LESSON_H
#define KTREPORT_LESSON_H

#include "views/view.h"

/*
 *	# a comment
 *	step Who is first
 *	say The client calls connect().
 *	  A line that is indented goes on with the text above it.
 *	ask Which end is ESTABLISHED first?
 *	find first: tcp.state new=ESTABLISHED
 *	answer $first.netns
 *	choices client server
 *	look states
 *	look fields 'netns,old,new' -f 'tcp.state'
 *	event first
 *	hint The rows stand in the order in which they came.
 *	right The SYN-ACK is all that the client waits for.
 *
 * A step has one question. "find" lines are what labs/NAME/expect has under a sentence; "answer" is a field of an
 * event that they find, or the number of those counted ($name.count), and after "or" other words for it. "look" is a
 * view of the run with its options, "event" an event that one may stand at in GDB. Texts are shown in the reader's
 * language where the lab's lesson.zh.po has them.
 */
struct texts {
	char **v;
	size_t n, cap;
};

struct step {
	char *title;
	size_t line;
	char *ask;
	struct str
		find; /* the lines, each indented, at the line numbers that they have in the file */
	char *name, *field; /* of the answer: $name.field */
	char *event; /* or NULL */
	char *right; /* what is said of the right answer, or NULL */
	struct texts say;
	struct texts also; /* other words for the answer */
	struct texts choices;
	struct texts look;
	struct texts hints;
	/* of a run */
	char *answer; /* NULL: the run has none */
	int64_t event_n; /* 0: none */
};

struct lesson {
	char *path;
	VEC(struct step) steps;
};

/* NULL on a mistake, with "PATH:LINE: reason" in *error, which the caller frees. */
struct lesson *lesson_open(const char *path, char **error);
void lesson_free(struct lesson *lesson);

/* Finds the answers in the run: to how many steps it has one. A release may not have them all. */
size_t lesson_run(struct lesson *lesson, const struct trace *trace);

/* Whether these words are the answer: letters of either case, with or without () behind a function's name. */
bool lesson_right(const struct step *step, const char *words);

/* What a student has said to a step. */
struct said {
	const char *verdict; /* "right", "shown", "open" */
	int tries;
	char *prediction, *answer; /* or NULL */
};

/*
 * The answers so far, one for each step, from a file of lines "VERDICT TAB TRIES TAB PREDICTION TAB ANSWER TAB STEP".
 * Nothing is trusted: a verdict is found again from the answer. The caller frees them with answers_free().
 */
struct said *answers_read(const struct lesson *lesson, const char *path);
/* Writes them whole or not at all. Returns false with errno set. */
bool answers_write(const struct lesson *lesson, const struct said *said, const char *path);
void answers_free(const struct lesson *lesson, struct said *said);

/* Where the session takes place. */
struct walk {
	struct lesson *lesson;
	const struct trace *trace;
	const struct style *style;
	const char *answers; /* the file that keeps what was said */
	FILE *in, *out;
};

/* Walks through the steps until all are answered or the student leaves. Returns false if the answers cannot be kept. */
bool lesson_walk(const struct walk *walk);

#endif
