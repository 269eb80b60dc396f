// SPDX-License-Identifier: GPL-2.0-or-later
// The engines that there are.
#define _GNU_SOURCE
#include "engines.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static const struct engine engines[] = {
	{ "gdb", "GDB", "gdb-scripts/trace-gdb.sh" },
	{ "plugin", "QEMU", NULL },
};

const struct engine *engine_find(const char *name)
{
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (!strcmp(engines[i].name, name))
			return &engines[i];
	return NULL;
}

/* What only an engine inside QEMU can do: at each call, or each line, another one would stop the guest. */
static void inside_only(struct run *run, const char *engine)
{
	if (*run->settings.tree)
		run_fail(run, STATUS_SETUP,
			 text_format(
				 "the engine '%s' cannot follow a tree of calls: each call would "
				 "stop the guest twice",
				 engine),
			 text_copy("ENGINE=plugin, or a few of its functions: POINTS=\"...\""));
	else
		run_fail(
			run, STATUS_SETUP,
			text_format("the engine '%s' cannot record lines: each line would stop the "
				    "guest",
				    engine),
			text_copy("ENGINE=plugin"));
}

bool engine_check(struct run *run)
{
	const struct engine *engine;
	char *known = text_copy("known:");

	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		char *longer = text_format("%s %s", known, engines[i].name);

		free(known);
		known = longer;
	}
	engine = engine_find(run->settings.engine);
	if (engine && engine->script && (*run->settings.tree || *run->settings.lines)) {
		inside_only(run, engine->name);
		free(known);
		return false;
	}
	if (engine) {
		setenv("TREE", run->settings.tree, 1);
		setenv("KTLAB_LINES", run->settings.lines, 1);
		run->mode = engine->script && (*run->settings.exact || *run->settings.from)
				    ? "replay"
				    : "live";
		free(known);
		return true;
	}
	run_fail(run, STATUS_SETUP, text_format("unknown engine '%s'", run->settings.engine),
		 known);
	return false;
}
