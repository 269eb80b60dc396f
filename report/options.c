// SPDX-License-Identifier: GPL-2.0-or-later
// The command line's options, and how ktreport complains.
#include "options.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	LEAST_WIDTH = 60,
	MOST_WIDTH = 10000
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

int complain(const char *format, ...)
{
	va_list args;

	fputs("ktreport: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_BAD;
}

int complain_taking(char *sentence)
{
	complain("%s", sentence);
	free(sentence);
	return EXIT_BAD;
}

static int terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col)
		return PIPED_WIDTH;
	return size.ws_col < LEAST_WIDTH ? LEAST_WIDTH : size.ws_col;
}

struct style choose_style(const struct options *options)
{
	bool terminal = isatty(STDOUT_FILENO);
	const char *no_color = getenv("NO_COLOR"); /* https://no-color.org: set, and not empty */
	struct style style = {
		.width = options->columns ? options->columns : terminal_width(),
		.color = terminal && !(no_color && *no_color),
		.utf8 = options->utf8,
	};

	if (text_is(options->color, "always"))
		style.color = true;
	else if (text_is(options->color, "never"))
		style.color = false;
	return style;
}

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

bool read_command_line(struct options *options, char **words)
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
	return arguments_fit(options);
}

void print_options(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(option_rows); i++) {
		const struct option_row *row = &option_rows[i];
		char *left = xasprintf("%s%c%s --%s%s%s", row->letter ? "-" : " ",
				       row->letter ? row->letter : ' ', row->letter ? "," : " ",
				       row->name, row->argument ? "=" : "",
				       row->argument ? row->argument : "");

		printf("  %-22s %s\n", left, _(row->help));
		free(left);
	}
}
