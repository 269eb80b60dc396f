// SPDX-License-Identifier: GPL-2.0-or-later
// Grades for programs and for the terminal: CSV (RFC 4180), JUnit's XML, a line a student.
#include "grade/grade.h"
#include "base/i18n.h"
#include "base/text.h"
#include "forms/form.h"

#include <stdlib.h>
#include <string.h>

const char *grade_word(const struct student *s)
{
	return s->trouble  ? N_("not judged")
	       : s->failed ? N_("failed")
	       : s->held   ? N_("held")
			   : N_("not judged");
}

static const char *verdict_word(enum verdict verdict)
{
	static const char *const words[] = {
		[HELD] = "held", [FAILED] = "failed", [SKIPPED] = "skipped"
	};

	return words[verdict] ? words[verdict] : "";
}

/* ---- CSV ---- */

/* A cell that begins like a formula would be one for a spreadsheet: an apostrophe before it makes it a text. */
static void put_cell(FILE *out, const char *text, bool last)
{
	fputc('"', out);
	if (text && *text && strchr("=+-@\t\r", *text))
		fputc('\'', out);
	for (; text && *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text == '\n' || *text == '\r' ? ' ' : *text, out);
	}
	fputs(last ? "\"\r\n" : "\",", out);
}

/* A row a check, so that each has its column in no more than one student's table. */
static void put_row(FILE *out, const struct student *s, const struct mark *mark)
{
	put_cell(out, s->name, false);
	put_cell(out, grade_word(s), false);
	fprintf(out, "%zu,%zu,%zu,%.1f,", s->held, s->failed, s->skipped, (double)s->ms / 1000);
	put_cell(out, mark ? mark->task : "", false);
	put_cell(out, mark ? mark->what : "", false);
	put_cell(out, mark ? verdict_word(mark->verdict) : "", false);
	put_cell(out, mark ? mark->why : s->trouble, false);
	put_cell(out, s->same_as, true);
}

void grades_csv(FILE *out, const struct grades *g)
{
	fputs("name,grade,held,failed,skipped,seconds,task,check,verdict,why,same as\r\n", out);
	for (size_t i = 0; i < g->students.n; i++) {
		const struct student *s = &g->students.v[i];

		for (size_t j = 0; j < s->marks.n; j++)
			put_row(out, s, &s->marks.v[j]);
		if (!s->marks.n || s->trouble)
			put_row(out, s, NULL);
	}
}

/* ---- JUnit ---- */

static void put_attribute(FILE *out, const char *name, const char *value)
{
	struct str escaped = { 0 };

	escape_markup(&escaped, value ? value : "");
	fprintf(out, " %s=\"%s\"", name, str_text(&escaped));
	str_free(&escaped);
}

static void put_element(FILE *out, const char *element, const char *message)
{
	fprintf(out, ">\n      <%s", element);
	put_attribute(out, "message", message);
	fputs("/>\n    </testcase>\n", out);
}

static void put_mark(FILE *out, const struct student *s, const struct mark *mark)
{
	fputs("    <testcase", out);
	put_attribute(out, "classname", s->name);
	put_attribute(out, "name", mark->what);
	if (mark->verdict == HELD)
		fputs("/>\n", out);
	else
		put_element(out, mark->verdict == FAILED ? "failure" : "skipped", mark->why);
}

static void put_suite(FILE *out, const struct student *s)
{
	fputs("  <testsuite", out);
	put_attribute(out, "name", s->name);
	fprintf(out,
		" tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"%zu\" time=\"%.3f\">\n",
		s->marks.n + (s->trouble != NULL), s->failed, s->trouble != NULL, s->skipped,
		(double)s->ms / 1000);
	for (size_t i = 0; i < s->marks.n; i++)
		put_mark(out, s, &s->marks.v[i]);
	if (s->trouble) {
		fputs("    <testcase", out);
		put_attribute(out, "classname", s->name);
		put_attribute(out, "name", "is judged");
		put_element(out, "error", s->trouble);
	}
	fputs("  </testsuite>\n", out);
}

void grades_junit(FILE *out, const struct grades *g)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ktlab.grades\">\n",
	      out);
	for (size_t i = 0; i < g->students.n; i++)
		put_suite(out, &g->students.v[i]);
	fputs("</testsuites>\n", out);
}

/* ---- the terminal ---- */

static void put_padded(FILE *out, const char *text, int columns, const struct style *style)
{
	struct str safe = { 0 };
	int width;

	text_safe(&safe, text, style->utf8);
	width = text_width(str_text(&safe));
	fprintf(out, "%s%*s", str_text(&safe), width < columns ? columns - width : 0, "");
	str_free(&safe);
}

static int name_columns(const struct grades *g)
{
	int most = 4;

	for (size_t i = 0; i < g->students.n; i++) {
		int width = text_width(g->students.v[i].name);

		most = width > most ? width : most;
	}
	return most < 40 ? most : 40;
}

/* What is said of a student behind the grade: what kept it from being judged, or the first check that failed. */
static const char *reason_of(const struct student *s)
{
	for (size_t i = 0; !s->trouble && i < s->marks.n; i++)
		if (s->marks.v[i].verdict == FAILED)
			return s->marks.v[i].what;
	return s->trouble ? s->trouble : "";
}

void grades_text(FILE *out, const struct grades *g, const struct style *style)
{
	const int columns = name_columns(g);

	for (size_t i = 0; i < g->students.n; i++) {
		const struct student *s = &g->students.v[i];
		char *count = xasprintf(_("%zu of %zu"), s->held, s->held + s->failed);

		put_padded(out, s->name, columns, style);
		fprintf(out, "  %s",
			color_on(style, s->trouble  ? YELLOW
					: s->failed ? RED
						    : GREEN));
		put_padded(out, _(grade_word(s)), 10, style);
		fprintf(out, "%s  ", color_on(style, PLAIN));
		put_padded(out, s->held + s->failed ? count : "-", 10, style);
		put_padded(out, reason_of(s), 0, style);
		fputc('\n', out);
		if (s->same_as) {
			fprintf(out, "%*s  ", columns, "");
			put_padded(out, _("captures the same to the byte as: "), 0, style);
			put_padded(out, s->same_as, 0, style);
			fputc('\n', out);
		}
		free(count);
	}
}
