/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run, opened as the options say: with its filter and its expectations, judged. */
#ifndef KTREPORT_SESSION_H
#define KTREPORT_SESSION_H

#include "options.h"
#include "views/view.h"

struct session {
	struct trace *trace;
	struct expr *filter;
	struct expect *expect;
	struct counters counters;
	struct request request;
};

/* False after a complaint. `expect` may be NULL: then that of the run's lab, if there is one. */
bool session_open(struct session *s, const struct options *options, const char *run,
		  const char *expect);
void session_close(struct session *s);

/* A file of the run's lab, if it lies where a clone has it. The caller frees it. */
char *usual_file(const struct trace *trace, const char *name);

/* Says what is wrong with the input; a damaged run is shown nevertheless, but ends with 2. */
int report_problems(const struct trace *trace);

#endif
