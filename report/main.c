// SPDX-License-Identifier: GPL-2.0-or-later
// ktreport: reads a run's events and captures, shows, checks and writes reports.
#include "views/diff.h"
#include "forms/form.h"
#include "base/i18n.h"
#include "lesson/lesson.h"
#include "run/run.h"
#include "run/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	EXIT_HELD = 0,
	EXIT_FAILED = 1,
	EXIT_BAD = 2
};

enum {
	PIPED_WIDTH = 100,
	LEAST_WIDTH = 60,
	MOST_WIDTH = 10000
};

struct options {
	const char *filter;
	const char *packets;
	const char *expect;
	const char *source;
	const char *color;
	const char *width;
	int columns; /* what width says; 0: nothing */
	bool json;
	bool taps;
	bool exact;
	bool syntax;
	bool chinese;
	bool help;
	bool utf8; /* no option: what the environment says */
	const char *words[4]; /* what is no option */
	size_t word_count;
};

/* One row an option: its letter, name, argument, where it goes, and the help. */
static const struct option_row {
	char letter;
	const char *name;
	const char *argument; /* NULL: a switch */
	size_t offset;
	const char *help;
} option_rows[] = {
	{ 'f', "filter", "EXPR", offsetof(struct options, filter),
	  N_("only events for which EXPR holds: 'tcp.tx and dport=8080 and flags~S'") },
	{ 'p', "packets", "FILTER", offsetof(struct options, packets),
	  N_("only packets that pcap-filter(7) lets through: 'tcp port 8080'") },
	{ 'e', "expect", "FILE", offsetof(struct options, expect),
	  N_("judge the run by these expectations; default: labs/LAB/expect") },
	{ 's', "source", "DIR", offsetof(struct options, source),
	  N_("the kernel's source, for lines in report.html; default: as the run says") },
	{ 'j', "json", NULL, offsetof(struct options, json), N_("show a view as JSON") },
	{ 0, "taps", NULL, offsetof(struct options, taps),
	  N_("with write: both taps' copies of each frame in wire.pcapng") },
	{ 0, "exact", NULL, offsetof(struct options, exact),
	  N_("with diff: addresses, ports, sequence numbers and times count too") },
	{ 0, "syntax", NULL, offsetof(struct options, syntax),
	  N_("with check: only look whether the expectations can be read") },
	{ 0, "color", "WHEN", offsetof(struct options, color), N_("auto, always or never") },
	{ 0, "width", "COLUMNS", offsetof(struct options, width),
	  N_("of the output; default: the terminal's, 100 when piped") },
	{ 0, "zh", NULL, offsetof(struct options, chinese),
	  N_("in Chinese, as with LANG=zh_CN.UTF-8") },
	{ 'h', "help", NULL, offsetof(struct options, help), N_("this text") },
};

struct command {
	const char *name;
	const char *arguments;
	const char *help;
	size_t least, most; /* arguments */
	int (*run)(const struct options *options);
};

__attribute__((format(printf, 1, 2))) static int complain(const char *format, ...)
{
	va_list args;

	fputs("ktreport: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_BAD;
}

static int complain_taking(char *sentence)
{
	complain("%s", sentence);
	free(sentence);
	return EXIT_BAD;
}

/* ---- the terminal ---- */

static int terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col)
		return PIPED_WIDTH;
	return size.ws_col < LEAST_WIDTH ? LEAST_WIDTH : size.ws_col;
}

static struct style choose_style(const struct options *options)
{
	bool terminal = isatty(STDOUT_FILENO);
	struct style style = {
		.width = options->columns ? options->columns : terminal_width(),
		.color = terminal && !getenv("NO_COLOR"),
		.utf8 = options->utf8,
	};

	if (text_is(options->color, "always"))
		style.color = true;
	else if (text_is(options->color, "never"))
		style.color = false;
	return style;
}

/* ---- a run, opened ---- */

struct session {
	struct trace *trace;
	struct expr *filter;
	struct expect *expect;
	struct request request;
};

static void session_close(struct session *s)
{
	trace_free(s->trace);
	expr_free(s->filter);
	expect_free(s->expect);
}

static bool open_filter(struct session *s, const char *text)
{
	char *error = NULL;

	if (!text)
		return true;
	s->filter = expr_parse(text, NULL, &error);
	if (error)
		complain("filter: %s", error);
	free(error);
	return s->filter != NULL;
}

static bool open_expect(struct session *s, const char *path)
{
	char *error;

	if (!path)
		return true;
	s->expect = expect_open(path, &error);
	if (!s->expect)
		complain_taking(error);
	return s->expect != NULL;
}

static bool session_fail(struct session *s, char *error)
{
	if (error)
		complain_taking(error);
	session_close(s);
	return false;
}

/* A file of the run's lab, if it lies where a clone has it. The caller frees it. */
static char *usual_file(const struct trace *trace, const char *name)
{
	char *path;

	if (!trace->lab || strchr(trace->lab, '/'))
		return NULL;
	path = xasprintf("labs/%s/%s", trace->lab, name);
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* A run may come from anybody: only a folder that is a kernel's source is read because a run says so. */
static const char *source_named(const struct trace *trace)
{
	char *path = xasprintf("%s/net/ipv4/tcp_ipv4.c", trace->source ? trace->source : "");
	bool is_kernel = !access(path, R_OK);

	free(path);
	return is_kernel ? trace->source : NULL;
}

static bool session_open(struct session *s, const struct options *options, const char *run,
			 const char *expect)
{
	char *error = NULL, *usual = NULL;

	*s = (struct session){ 0 };
	if (!open_filter(s, options->filter))
		return session_fail(s, NULL);
	s->trace = run_open(run, &error);
	if (!s->trace)
		return session_fail(s, error);
	if (options->packets && (error = run_filter_packets(s->trace, options->packets)))
		return session_fail(s, error);
	if (!expect)
		usual = usual_file(s->trace, "expect");
	if (!open_expect(s, expect ? expect : usual)) {
		free(usual);
		return session_fail(s, NULL);
	}
	free(usual);
	if (s->expect)
		expect_run(s->expect, s->trace);
	s->request = (struct request){
		.trace = s->trace,
		.filter = s->filter,
		.expect = s->expect,
		.narrowed = options->filter || options->packets,
		.source = options->source ? options->source : source_named(s->trace),
		.taps = options->taps,
	};
	return true;
}

/* Says what is wrong with the input; a damaged run is shown nevertheless, but ends with 2. */
static int report_problems(const struct trace *trace)
{
	for (size_t i = 0; i < trace->problems.n; i++) {
		bool placed = starts_with(trace->problems.v[i], "events.jsonl:");

		complain("%s%s%s", placed ? trace->folder : "", placed ? "/" : "",
			 trace->problems.v[i]);
	}
	if (trace->problem_count > trace->problems.n)
		complain("%zu more problems", trace->problem_count - trace->problems.n);
	return trace->problem_count ? EXIT_BAD : EXIT_HELD;
}

/* ---- commands ---- */

static void print_view(FILE *out, const struct view *view, const struct request *rq,
		       const struct style *style)
{
	struct doc doc = { 0 };

	if (view->print) {
		view->print(out, rq, style);
		return;
	}
	view->fill(&doc, rq);
	form_text(out, &doc, style);
	doc_free(&doc);
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

static void show_view(const struct options *options, const struct view *view,
		      const struct request *rq)
{
	struct style style = choose_style(options);
	struct doc doc = { 0 };

	if (!options->json) {
		print_view(stdout, view, rq, &style);
		if (view == views && programs_any(rq)) {
			putchar('\n');
			print_view(stdout, view_find("programs"), rq, &style);
		}
		return;
	}
	view->fill(&doc, rq);
	form_json(stdout, &doc, view, rq);
	doc_free(&doc);
}

static int run_show(const struct options *options)
{
	bool named = options->word_count > 2;
	const struct view *view = named ? find_view(options->words[1]) : views;
	struct session s;
	int status;

	if (!view || !count_fits(view, options->word_count))
		return EXIT_BAD;
	if (!session_open(&s, options, options->words[options->word_count - 1], options->expect))
		return EXIT_BAD;
	if (view->argument)
		s.request.argument = options->words[2];
	show_view(options, view, &s.request);
	status = report_problems(s.trace);
	if (!tally_say(1, 1, "views"))
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

static int run_lesson(const struct options *options)
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

static const struct command commands[] = {
	{ "show", "[VIEW] RUN", N_("print a view of the run (default: ladder)"), 1, 3, run_show },
	{ "check", "RUN [EXPECT]", N_("judge the run by a lab's expectations"), 1, 2, run_check },
	{ "write", "RUN [EXPECT]", N_("write all reports into the run's folder"), 1, 2, run_write },
	{ "lesson", "RUN [LESSON]", N_("walk through the lab's questions: predict, look, answer"),
	  1, 2, run_lesson },
	{ "diff", "RUN1 RUN2", N_("compare two runs by meaning"), 2, 2, run_diff },
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
	for (size_t i = 0; i < ARRAY_SIZE(option_rows); i++) {
		const struct option_row *row = &option_rows[i];
		char *left = xasprintf("%s%c%s --%s%s%s", row->letter ? "-" : " ",
				       row->letter ? row->letter : ' ', row->letter ? "," : " ",
				       row->name, row->argument ? "=" : "",
				       row->argument ? row->argument : "");

		printf("  %-22s %s\n", left, _(row->help));
		free(left);
	}
	printf("\nViews:\n");
	for (const struct view *view = views; view->name; view++)
		printf("  %-11s %-8s %s\n", view->name, view->argument ? view->argument : "",
		       _(view->help));
	printf("\nExit status: 0 all expectations held; 1 one failed; 2 usage or bad input\n");
}

/* ---- the command line ---- */

static const struct option_row *find_option(const char *word, const char **value)
{
	size_t len = strcspn(word, "=");

	*value = word[len] ? word + len + 1 : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(option_rows); i++) {
		const struct option_row *row = &option_rows[i];

		if (starts_with(word, "--") && strlen(row->name) == len - 2 &&
		    strncmp(row->name, word + 2, len - 2) == 0)
			return row;
		if (row->letter && word[1] == row->letter && len == 2)
			return row;
	}
	return NULL;
}

/* Reads the option at words[0]; gives how many words it took, 0 on a mistake. */
static int read_option(struct options *options, char **words)
{
	const char *value;
	const struct option_row *row = find_option(words[0], &value);
	char *place;

	if (!row) {
		complain("unknown option '%s'; 'ktreport --help' lists them", words[0]);
		return 0;
	}
	place = (char *)options + row->offset;
	if (!row->argument) {
		*(bool *)place = true;
		return 1;
	}
	if (!value && !words[1]) {
		complain("option '--%s' needs %s", row->name, row->argument);
		return 0;
	}
	*(const char **)place = value ? value : words[1];
	return value ? 1 : 2;
}

/* Options whose argument is none that they can have. */
static bool arguments_fit(struct options *options)
{
	char *end = "";

	if (options->width)
		options->columns = (int)strtoul(options->width, &end, 10);
	if (options->width && (*end || strlen(options->width) > 5 ||
			       options->columns < LEAST_WIDTH || options->columns > MOST_WIDTH)) {
		complain("--width needs a number of columns from %d to %d, not '%s'", LEAST_WIDTH,
			 MOST_WIDTH, options->width);
		return false;
	}
	if (options->color && !text_is(options->color, "auto") &&
	    !text_is(options->color, "always") && !text_is(options->color, "never")) {
		complain("--color needs auto, always or never, not '%s'", options->color);
		return false;
	}
	return true;
}

static bool read_command_line(struct options *options, char **words)
{
	int took;

	while (*words) {
		if ((*words)[0] == '-' && (*words)[1]) {
			took = read_option(options, words);
			if (!took)
				return false;
			words += took;
		} else if (options->word_count == ARRAY_SIZE(options->words)) {
			complain("too many arguments: '%s'", *words);
			return false;
		} else {
			options->words[options->word_count++] = *words++;
		}
	}
	return true;
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
	if (!arguments_fit(&options))
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
