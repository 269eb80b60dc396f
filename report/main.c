// SPDX-License-Identifier: GPL-2.0-or-later
// ktreport: reads a run's events and captures, shows, checks and writes reports.
#include "session.h"
#include "resolving.h"
#include "grading.h"
#include "walking.h"
#include "views/diff.h"
#include "forms/form.h"
#include "base/i18n.h"
#include "run/tally.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct command {
	const char *name;
	const char *arguments;
	const char *help;
	size_t least, most; /* arguments */
	int (*run)(const struct options *options);
};

/* ---- commands ---- */

/* False if there is nothing of the name that was asked for. */
static bool print_view(FILE *out, const struct view *view, const struct request *rq,
		       const struct style *style)
{
	struct doc doc = { 0 };
	bool good;

	if (view->print) {
		view->print(out, rq, style);
		return true;
	}
	view->fill(&doc, rq);
	form_text(out, &doc, style);
	good = !doc.refused;
	doc_free(&doc);
	return good;
}

static const struct view *find_view(const char *name)
{
	const char *names[32], *near;
	const struct view *view = view_find(name);
	size_t n = 0;

	if (view)
		return view;
	for (view = views; view->name && n < ARRAY_SIZE(names) - 1; view++)
		names[n++] = view->name;
	names[n] = NULL;
	near = nearest_name(name, names);
	complain("no view '%s'%s%s%s; 'ktreport --help' lists them", name, near ? ", is it '" : "",
		 near ? near : "", near ? "'?" : "");
	return NULL;
}

/* A view with an argument takes one word more: "show packet 5 RUN". */
static bool count_fits(const struct view *view, size_t words)
{
	size_t wanted = view->argument ? 4 : 3;

	if (words == wanted || (words == 2 && !view->argument))
		return true;
	complain("usage: ktreport show %s%s%s RUN", view->name, view->argument ? " " : "",
		 view->argument ? view->argument : "");
	return false;
}

static bool show_view(const struct options *options, const struct view *view,
		      const struct request *rq)
{
	struct style style = choose_style(options);
	struct doc doc = { 0 };
	bool good;

	if (!options->json) {
		good = print_view(stdout, view, rq, &style);
		if (view == views && programs_any(rq)) {
			putchar('\n');
			print_view(stdout, view_find("programs"), rq, &style);
		}
		return good;
	}
	view->fill(&doc, rq);
	form_json(stdout, &doc, view, rq);
	good = !doc.refused;
	doc_free(&doc);
	return good;
}

static int run_show(const struct options *options)
{
	bool named = options->word_count > 2;
	const struct view *view = named ? find_view(options->words[1]) : views;
	struct session s;
	int status;
	bool good;

	if (!view || !count_fits(view, options->word_count))
		return EXIT_BAD;
	if (!session_open(&s, options, options->words[options->word_count - 1], options->expect))
		return EXIT_BAD;
	if (view->argument)
		s.request.argument = options->words[2];
	good = show_view(options, view, &s.request);
	status = report_problems(s.trace);
	if (!tally_say(1, 1, "views") || !good)
		status = EXIT_BAD;
	session_close(&s);
	return status;
}

static int check_syntax(const char *path)
{
	char *error;
	struct expect *expect = expect_open(path, &error);
	size_t count;

	if (!expect)
		return complain_taking(error);
	printf("%s: %zu expectations, no mistake in the form\n", path, expect->list.n);
	count = expect->list.n;
	expect_free(expect);
	return tally_say(count, count, "expectations") ? EXIT_HELD : EXIT_BAD;
}

static void print_checks(const struct session *s, const struct style *style)
{
	static const struct {
		const char *word;
		enum color color;
	} verdicts[] = { [HELD] = { N_("held   "), GREEN },
			 [FAILED] = { N_("FAILED "), RED },
			 [SKIPPED] = { N_("skipped"), YELLOW } };
	const struct expect *expect = s->expect;

	for (size_t i = 0; i < expect->list.n; i++) {
		const struct expectation *e = &expect->list.v[i];
		const char *line, *end;

		printf("%s%s%s %s\n", color_on(style, verdicts[e->verdict].color),
		       _(verdicts[e->verdict].word), color_on(style, PLAIN), e->sentence);
		if (e->verdict == FAILED && e->culprit)
			printf("        %s:%zu: %s\n", expect->path, e->culprit->line,
			       e->culprit->text);
		for (line = e->why ? e->why : ""; *line; line = *end ? end + 1 : end) {
			struct str safe = { 0 };
			char *piece;

			end = line + strcspn(line, "\n");
			piece = xstrndup(line, (size_t)(end - line));
			text_safe(&safe, piece, style->utf8);
			printf("        %s\n", str_text(&safe));
			free(piece);
			str_free(&safe);
		}
	}
	printf(_("%zu held, %zu failed, %zu skipped\n"), expect->held, expect->failed,
	       expect->skipped);
}

static int run_check(const struct options *options)
{
	struct style style = choose_style(options);
	const char *path = options->word_count > 2 ? options->words[2] : options->expect;
	struct session s;
	int status;

	if (options->syntax)
		return check_syntax(options->words[options->word_count - 1]);
	if (!session_open(&s, options, options->words[1], path))
		return EXIT_BAD;
	if (!s.expect) {
		session_close(&s);
		return complain("no expectations given\n"
				"write 'ktreport check RUN EXPECT'");
	}
	print_checks(&s, &style);
	status = report_problems(s.trace);
	if (status == EXIT_HELD && s.expect->failed)
		status = EXIT_FAILED;
	if (!tally_say(s.expect->held + s.expect->failed + s.expect->skipped, s.expect->list.n,
		       "expectations"))
		status = EXIT_BAD;
	session_close(&s);
	return status;
}

static void write_text(FILE *out, const struct request *rq)
{
	const struct style style = { .width = PIPED_WIDTH, .utf8 = true };

	for (const struct view *view = views; view->name; view++) {
		if (view->argument)
			continue;
		print_view(out, view, rq, &style);
		fputc('\n', out);
	}
}

/* The files that "write" makes, and of how many events: what a person reads must open. */
static const struct {
	const char *name;
	size_t most_events; /* 0: all */
	void (*write)(FILE *out, const struct request *rq);
} files[] = {
	{ "report.txt", 20000, write_text }, { "report.md", 2000, form_markdown },
	{ "report.html", 50000, form_html }, { "wire.pcapng", 0, form_pcapng },
	{ "junit.xml", 0, form_junit },	     { "report.tap", 0, form_tap },
	{ "trace.json", 0, form_trace },
};

/* A new file in place of the old one: a link that came with a run's folder leads nowhere. */
static bool write_file(struct session *s, size_t i)
{
	char *path = xasprintf("%s/%s", s->trace->folder, files[i].name);
	FILE *out = unlink(path) && errno != ENOENT ? NULL : fopen(path, "wx");
	bool good = out != NULL;

	if (out) {
		s->request.most = files[i].most_events;
		files[i].write(out, &s->request);
		good = !ferror(out);
		good = fclose(out) == 0 && good;
	}
	if (!good)
		complain("cannot write '%s': %s", path, strerror(errno));
	free(path);
	return good;
}

static int run_write(const struct options *options)
{
	struct session s;
	size_t written = 0;

	if (!session_open(&s, options, options->words[1],
			  options->word_count > 2 ? options->words[2] : options->expect))
		return EXIT_BAD;
	while (written < ARRAY_SIZE(files) && write_file(&s, written))
		written++;
	/* said here, judged by check: the files are there */
	report_problems(s.trace);
	session_close(&s);
	return tally_say(written, ARRAY_SIZE(files), "files") && written == ARRAY_SIZE(files)
		       ? EXIT_HELD
		       : EXIT_BAD;
}

static const struct view diff_view = { .name = "diff" };

static int print_diff(const struct options *options, struct session *first, struct session *second)
{
	struct style style = choose_style(options);
	struct doc doc = { 0 };
	size_t count = diff_runs(&doc, first->trace, second->trace, first->filter, options->exact);

	if (options->json)
		form_json(stdout, &doc, &diff_view, &second->request);
	else
		form_text(stdout, &doc, &style);
	doc_free(&doc);
	return count ? EXIT_FAILED : EXIT_HELD;
}

static int run_diff(const struct options *options)
{
	struct session first, second;
	int status, damaged;

	if (!session_open(&first, options, options->words[1], NULL))
		return EXIT_BAD;
	if (!session_open(&second, options, options->words[2], NULL)) {
		session_close(&first);
		return EXIT_BAD;
	}
	status = print_diff(options, &first, &second);
	damaged = report_problems(first.trace) | report_problems(second.trace);
	if (!tally_say(2, 2, "runs"))
		damaged = EXIT_BAD;
	session_close(&first);
	session_close(&second);
	return damaged ? damaged : status;
}

static int run_format(const struct options *options)
{
	(options->json ? form_format_schema : form_format)(stdout);
	return tally_say(1, 1, "formats") ? EXIT_HELD : EXIT_BAD;
}

static const struct command commands[] = {
	{ "show", "[VIEW] RUN", N_("print a view of the run (default: ladder)"), 1, 3, run_show },
	{ "check", "RUN [EXPECT]", N_("judge the run by a lab's expectations"), 1, 2, run_check },
	{ "write", "RUN [EXPECT]", N_("write all reports into the run's folder"), 1, 2, run_write },
	{ "lesson", "RUN [LESSON]", N_("walk through the lab's questions: predict, look, answer"),
	  1, 2, run_lesson },
	{ "grade", "GRADES", N_("judge a class's submissions, as make grade has run them"), 1, 1,
	  run_grade },
	{ "diff", "RUN1 RUN2", N_("compare two runs by meaning"), 2, 2, run_diff },
	{ "resolve", "RUN VMLINUX",
	  N_("note for RUN's recorded functions what VMLINUX says of their lines"), 2, 2,
	  run_resolve },
	{ "folder", "VMLINUX FOLDER", N_("print where the code of a source folder's files lies"), 2,
	  2, run_folder },
	{ "format", "", N_("how events are written: the types and their keys; --json: as a schema"),
	  0, 0, run_format },
};

static void print_help(void)
{
	printf("usage: ktreport COMMAND [OPTIONS] ...\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-6s %-14s %s\n", commands[i].name, commands[i].arguments,
		       _(commands[i].help));
	printf("\nRUN is a run's folder, or its events.jsonl. Options:\n");
	print_options();
	printf("\nViews:\n");
	for (const struct view *view = views; view->name; view++)
		printf("  %-11s %-8s %s\n", view->name, view->argument ? view->argument : "",
		       _(view->help));
	printf("\nExit status: 0 all expectations held; 1 one failed; 2 usage or bad input\n");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (text_is(commands[i].name, name))
			return &commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	const struct command *command;

	(void)argc;
	if (!read_command_line(&options, argv + 1))
		return EXIT_BAD;
	options.utf8 = i18n_start(options.chinese);
	if (options.help) {
		print_help();
		return EXIT_HELD;
	}
	command = options.word_count ? find_command(options.words[0]) : NULL;
	if (!command)
		return complain("%s%s%s; 'ktreport --help' lists the commands",
				options.word_count ? "no command '" : "no command given",
				options.word_count ? options.words[0] : "",
				options.word_count ? "'" : "");
	if (options.word_count - 1 < command->least || options.word_count - 1 > command->most)
		return complain("usage: ktreport %s %s", command->name, command->arguments);
	return command->run(&options);
}
