// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of options: it reads the environment and the command line, and prints the help. */
#include "settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row {
	const char *name;
	const char *value_name; /* NULL: a switch, which sets "1" */
	const char *variable;
	const char *fallback;
	size_t offset;
	const char *help;
} options[] = {
/* clang-format off */
#define ROW(field, name, value_name, variable, fallback, help) \
	{ name, value_name, variable, fallback, offsetof(struct settings, field), help }
	/* clang-format on */
	ROW(kernel_dir, "kernel", "DIR", "KTLAB_KDIR", "", "built kernel, as kernel.sh prints it"),
	ROW(initrd, "initrd", "FILE", "KTLAB_INITRD", "build/initramfs.cpio", "the guest's files"),
	ROW(out, "out", "DIR", "OUT", "out", "where DIR/LAB with the files of the run is made"),
	ROW(engine, "engine", "NAME", "ENGINE", "gdb", "what takes the hits: gdb or plugin"),
	ROW(tree, "tree", "FUNCTION", "TREE", "",
	    "follow every call below this function, too; the engine must be plugin"),
	ROW(lines, "lines", "FUNCTION", "KTLAB_LINES", "",
	    "record which lines of these functions, and of those in FOLDER/, run; the engine must "
	    "be "
	    "plugin"),
	ROW(exercise, "exercise", "N", "EXERCISE", "", "the lab's exercise N"),
	ROW(exact, "exact", NULL, "EXACT", "",
	    "prove that tracing changed nothing: run untraced, too"),
	ROW(from, "from", "RUN", "FROM", "",
	    "trace the recording of that exact run again, into OUT/LAB-again"),
	ROW(qemu, "qemu", "PROGRAM", "QEMU", "qemu-system-x86_64", "which QEMU"),
	ROW(accel, "accel", "NAME", "ACCEL", "tcg", "how QEMU runs the guest: tcg or kvm"),
	ROW(limit, "limit", "SECONDS", "LIMIT", "120",
	    "how long a phase may take, but for what others had the processors"),
	ROW(verbose, "verbose", NULL, "V", "", "print each command that is run"),
#undef ROW
};

#define OPTIONS_COUNT (sizeof(options) / sizeof(options[0]))

static const char **option_value(struct settings *settings, const struct option_row *row)
{
	return (const char **)((char *)settings + row->offset);
}

static void help_print(void)
{
	puts("usage: ktrun [options] LABDIR\n"
	     "Runs one lab: plans, boots, traces, decodes, reports and checks it.\n\noptions:");
	for (const struct option_row *row = options; row < options + OPTIONS_COUNT; row++) {
		char left[32];

		snprintf(left, sizeof(left), "--%s %s", row->name,
			 row->value_name ? row->value_name : "");
		printf("  %-18s %s (%s", left, row->help, row->variable);
		printf(*row->fallback ? ", default %s)\n" : ")\n", row->fallback);
	}
	puts("  --help             this text; in parentheses the environment variable\n\n"
	     "exit status: 0 all expectations held, 1 one failed, 2 usage or set-up, 3 the run "
	     "failed");
}

__attribute__((noreturn)) static void usage_error(const char *what, const char *subject,
						  const char *reason)
{
	fprintf(stderr, "ktrun: %s '%s'%s\ntry 'ktrun --help'\n", what, subject, reason);
	exit(2);
}

static const struct option_row *option_find(const char *word)
{
	for (const struct option_row *row = options; row < options + OPTIONS_COUNT; row++)
		if (!strncmp(word, "--", 2) && !strcmp(word + 2, row->name))
			return row;
	usage_error("unknown option", word, "");
}

static void environment_read(struct settings *settings)
{
	for (const struct option_row *row = options; row < options + OPTIONS_COUNT; row++) {
		const char *value = getenv(row->variable);

		*option_value(settings, row) = value && *value ? value : row->fallback;
	}
}

static int limit_parse(const char *text)
{
	char *end;
	long seconds;

	errno = 0;
	seconds = strtol(text, &end, 10);
	if (errno || end == text || *end || seconds < 1 || seconds > 86400)
		usage_error("bad limit", text, ": not a number of seconds from 1 to 86400");
	return (int)seconds;
}

void settings_parse(struct settings *settings, int argc, char **argv)
{
	*settings = (struct settings){ 0 };
	environment_read(settings);
	for (int i = 1; i < argc; i++) {
		const struct option_row *row;

		if (!strcmp(argv[i], "--help")) {
			help_print();
			exit(0);
		}
		if (argv[i][0] != '-') {
			if (settings->lab_dir)
				usage_error("more than one lab:", argv[i], "");
			settings->lab_dir = argv[i];
			continue;
		}
		row = option_find(argv[i]);
		if (row->value_name && ++i == argc)
			usage_error("option", row->name, " needs a value");
		*option_value(settings, row) = row->value_name ? argv[i] : "1";
	}
	if (!settings->lab_dir)
		usage_error("no lab named, such as", "labs/handshake", "");
	settings->limit_s = limit_parse(settings->limit);
}
