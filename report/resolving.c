// SPDX-License-Identifier: GPL-2.0-or-later
// What is asked of the kernel's debug information: once after a run, or before it for its plan.
#include "resolving.h"
#include "lines/places.h"
#include "lines/resolve.h"
#include "run/tally.h"

int run_resolve(const struct options *options)
{
	char *error = NULL;
	const char *folder = options->words[1], *vmlinux = options->words[2];
	long count = resolve_lines(folder, vmlinux, options->source, &error),
	     placed = count < 0 ? -1 : places_resolve(folder, vmlinux, options->source, &error);

	if (placed < 0)
		return complain_taking(error);
	count += placed;
	return tally_say((size_t)count, (size_t)count, "functions and places") ? EXIT_HELD
									       : EXIT_BAD;
}

int run_folder(const struct options *options)
{
	char *error = NULL;

	if (!resolve_folder(stdout, options->words[1], options->words[2], &error))
		return complain_taking(error);
	return EXIT_HELD;
}
