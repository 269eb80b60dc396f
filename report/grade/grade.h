/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a class handed in, judged: labs/grade.sh has run it. */
#ifndef KTREPORT_GRADE_H
#define KTREPORT_GRADE_H

#include "judge/expect.h"

/* One thing that was looked for: an expectation, or a question of a lesson. */
struct mark {
	char *task; /* "programs", "exercise", "answers" */
	char *what; /* its sentence, in the reader's language */
	enum verdict verdict;
	char *why; /* or NULL */
};

/* One folder of GRADES. */
struct student {
	char *name;
	VEC(struct mark) marks;
	size_t held, failed, skipped;
	char *trouble; /* why a task could not be judged, or NULL */
	char *said; /* what was said then, the end of it; or NULL */
	char *first,
		*teacher; /* the first event that differs from the teacher's, and the teacher's; or NULL */
	char *differs; /* what about it, or NULL */
	char *digest; /* of the run of its programs, or NULL */
	char *same_as; /* who else has that digest, or NULL */
	char *report; /* report.html of its run, as GRADES knows it; or NULL */
	int64_t ms; /* that its runs took */
};

struct grades {
	char *folder;
	VEC(struct student) students; /* by name; without the teacher */
	struct student *teacher; /* the folder of that name, or NULL */
};

/* The word for a student's work as a whole. */
const char *grade_word(const struct student *student);

/* Reads and judges GRADES. NULL with a sentence in *error, which the caller frees. */
struct grades *grades_open(const char *folder, char **error);
void grades_free(struct grades *grades);

/* Finds each one's first event that is not the teacher's, and whose runs are the same: grades_open() does it. */
void grades_compare(struct grades *grades);

/* The tables: each cell of a spreadsheet, a test suite of JUnit's, and a page. */
void grades_csv(FILE *out, const struct grades *grades);
void grades_junit(FILE *out, const struct grades *grades);
void grades_html(FILE *out, const struct grades *grades);
/* A line a student, for the terminal. */
void grades_text(FILE *out, const struct grades *grades, const struct style *style);

#endif
