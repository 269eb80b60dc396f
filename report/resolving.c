// SPDX-License-Identifier: GPL-2.0-or-later
// What is asked of the kernel's debug information: once after a run, or before it for its plan.
#include "resolving.h"
#include "lines/resolve.h"
#include "run/tally.h"

int run_resolve(const struct options *options)
{
	char *error = NULL;
	long count = resolve_lines(options->words[1], options->words[2], options->source, &error);

	if (count < 0)
		return complain_taking(error);
	return tally_say((size_t)count, (size_t)count, "functions") ? EXIT_HELD : EXIT_BAD;
}

int run_folder(const struct options *options)
{
	char *error = NULL;

	if (!resolve_folder(stdout, options->words[1], options->words[2], &error))
		return complain_taking(error);
	return EXIT_HELD;
}
