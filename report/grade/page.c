// SPDX-License-Identifier: GPL-2.0-or-later
// Grades as a page that opens from disk: a table of all, and what is to be said of each.
#include "grade/grade.h"
#include "base/i18n.h"
#include "forms/form.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
	"<!doctype html>\n<html lang=\"%s\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
	"content=\"width=device-width\">\n"
	"<title>%s</title>\n<style>\n"
	":root { color-scheme: light dark; --text: #1d2125; --soft: #5b6167; --line: #c9c7be; "
	"--back: #fdfdfb;\n"
	"	--accent: #0b5cad; --good: #1a7f37; --bad: #c62828; }\n"
	"@media (prefers-color-scheme: dark) { :root { --text: #e4e6e8; --soft: #9aa3ab; --line: "
	"#3d444c; --back: #16191d;\n"
	"	--accent: #6cb2ff; --good: #57c774; --bad: #ff7b72; } }\n"
	"body { margin: 0 auto; max-width: 75em; padding: 0 16px 32px; font: 15px/1.45 system-ui, "
	"sans-serif; color: var(--text);\n"
	"	background: var(--back); }\n"
	"table { border-collapse: collapse; width: 100%%; } th { text-align: left; font-weight: "
	"normal; color: var(--soft); }\n"
	"th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); vertical-align: "
	"top; overflow-wrap: anywhere; }\n"
	"a { color: var(--accent); } .good { color: var(--good); } .bad { color: var(--bad); } "
	".soft { color: var(--soft); }\n"
	"pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--line); "
	"padding-left: 10px; }\n"
	"h2 { margin: 28px 0 4px; font-size: 1.1em; } ul { margin: 4px 0; padding-left: 1.4em; }\n"
	"</style>\n<h1>%s</h1>\n";

/* Lines stay lines: only what is on them is made safe. */
static void put(FILE *out, const char *text)
{
	const char *end;

	for (; text && *text; text = *end ? end + 1 : end) {
		struct str escaped = { 0 };
		char *line;

		end = text + strcspn(text, "\n");
		line = xstrndup(text, (size_t)(end - text));
		escape_markup(&escaped, line);
		fprintf(out, "%s%s", str_text(&escaped), *end ? "\n" : "");
		free(line);
		str_free(&escaped);
	}
}

/* A folder's name as part of a web address. */
static void put_address(FILE *out, const char *path)
{
	for (; *path; path++)
		if (isalnum((unsigned char)*path) || strchr("/._-", *path))
			fputc(*path, out);
		else
			fprintf(out, "%%%02X", (unsigned char)*path);
}

static const char *class_of(const struct student *s)
{
	return s->trouble ? "soft" : s->failed ? "bad" : "good";
}

/* Held and failed checks as marks, in their order; what each is stands in its title. */
static void put_marks(FILE *out, const struct student *s)
{
	static const struct {
		const char *mark, *class;
	} looks[] = { [UNJUDGED] = { "?", "soft" },
		      [HELD] = { "✓", "good" },
		      [FAILED] = { "✗", "bad" },
		      [SKIPPED] = { "–", "soft" } };

	for (size_t i = 0; i < s->marks.n; i++) {
		const struct mark *mark = &s->marks.v[i];

		fprintf(out, "<span class=\"%s\" title=\"", looks[mark->verdict].class);
		put(out, mark->what);
		fprintf(out, "\">%s</span> ", looks[mark->verdict].mark);
	}
}

static void put_row(FILE *out, size_t number, const struct student *s)
{
	fprintf(out, "<tr><td><a href=\"#s%zu\">", number);
	put(out, s->name);
	fprintf(out, "</a><td class=\"%s\">", class_of(s));
	put(out, _(grade_word(s)));
	fprintf(out, "<td>%zu / %zu<td>", s->held, s->held + s->failed);
	put_marks(out, s);
	fprintf(out, "<td>%.1f s<td>", (double)s->ms / 1000);
	put(out, s->same_as);
	fputs("\n", out);
}

static void put_line(FILE *out, const char *label, const char *text)
{
	if (!text)
		return;
	fputs("<p class=\"soft\">", out);
	put(out, label);
	fputs("<pre>", out);
	put(out, text);
	fputs("</pre>\n", out);
}

static void put_failed(FILE *out, const struct student *s)
{
	if (!s->failed)
		return;
	fputs("<ul>\n", out);
	for (size_t i = 0; i < s->marks.n; i++) {
		const struct mark *mark = &s->marks.v[i];

		if (mark->verdict != FAILED)
			continue;
		fputs("<li>", out);
		put(out, mark->what);
		if (mark->why) {
			fputs("<pre>", out);
			put(out, mark->why);
			fputs("</pre>", out);
		}
		fputs("\n", out);
	}
	fputs("</ul>\n", out);
}

static void put_student(FILE *out, size_t number, const struct student *s)
{
	fprintf(out, "<h2 id=\"s%zu\">", number);
	put(out, s->name);
	fprintf(out, " <span class=\"%s\">", class_of(s));
	put(out, _(grade_word(s)));
	fputs("</span></h2>\n", out);
	if (s->report) {
		fputs("<a href=\"", out);
		put_address(out, s->report);
		fprintf(out, "\">%s</a>\n", _("the run's report"));
	}
	if (s->trouble) {
		fputs("<p>", out);
		put(out, s->trouble);
		fputs("\n", out);
		put_line(out, _("What was said then:"), s->said);
	}
	put_failed(out, s);
	if (s->first || s->teacher) {
		put_line(out, _("The first event that is not the teacher's:"),
			 s->first ? s->first : _("(none)"));
		put_line(out, _("The teacher's in its place:"),
			 s->teacher ? s->teacher : _("(none)"));
		put_line(out, _("What differs:"), s->differs);
	}
	put_line(out, _("Its captures are the same to the byte as those of:"), s->same_as);
}

void grades_html(FILE *out, const struct grades *g)
{
	static const char *const titles[] = { N_("name"),   N_("grade"), N_("held"),
					      N_("checks"), N_("took"),	 N_("same captures as") };

	fprintf(out, head, i18n_is_chinese() ? "zh-CN" : "en", _("Grades"), _("Grades"));
	fputs("<table><tr>", out);
	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		fprintf(out, "<th scope=\"col\">%s", _(titles[i]));
	fputs("\n", out);
	for (size_t i = 0; i < g->students.n; i++)
		put_row(out, i + 1, &g->students.v[i]);
	fputs("</table>\n", out);
	for (size_t i = 0; i < g->students.n; i++)
		put_student(out, i + 1, &g->students.v[i]);
	fputs("</html>\n", out);
}
