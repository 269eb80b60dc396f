// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's own counters beside what the run has for them.
#include "base/i18n.h"
#include "views/view.h"

#include <stdlib.h>

static const char *const verdict_words[] = {
	[AGREES] = N_("agrees"), [DIFFERS] = N_("differs"), [NOT_KNOWN] = N_("not known")
};

static void add_row(struct table *t, const struct counted *row)
{
	table_text(t, row->node ? row->node : _("the kernel"));
	table_text(t, row->counter);
	table_int(t, row->kernel);
	if (row->verdict == NOT_KNOWN)
		table_null(t);
	else
		table_take(t, counters_wanted(row));
	table_text(t, _(verdict_words[row->verdict]));
	table_take(t, row->unwatched ? xasprintf(_("%s is not watched in this run"), row->unwatched)
				     : NULL);
	table_text(t, row->place);
}

void view_counters(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "node", .title = N_("node") },
		{ .key = "counter", .title = N_("counter") },
		{ .key = "kernel", .title = N_("the kernel counted") },
		{ .key = "run", .title = N_("by events and frames") },
		{ .key = "verdict", .title = "" },
		{ .key = "why", .title = N_("why") },
		{ .key = "place", .title = N_("where Linux 5.4 counts") },
	};
	struct table *t = DOC_TABLE(doc, "counters", columns, N_("The kernel's counters"));
	const struct counters *counters = rq->counters;

	for (size_t i = 0; counters && i < counters->rows.n; i++)
		add_row(t, &counters->rows.v[i]);
	if (counters && counters->rows.n)
		table_note(t, _("%zu agree, %zu differ, %zu not known"), counters->verdicts[AGREES],
			   counters->verdicts[DIFFERS], counters->verdicts[NOT_KNOWN]);
	else
		table_note(t, _("not known: the run has no counters"));
}
