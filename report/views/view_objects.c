// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's objects whose stores were recorded: where each lay, from when to when.
#include "base/i18n.h"
#include "judge/lived.h"
#include "views/view.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct column columns[] = {
	{ .key = "number", .title = N_("number") },
	{ .key = "kind", .title = N_("kind") },
	{ .key = "object", .title = N_("object") },
	{ .key = "address", .title = N_("address") },
	{ .key = "bytes", .title = N_("bytes") },
	{ .key = "after", .title = N_("after event") },
	{ .key = "until", .title = N_("until event") },
	{ .key = "born", .title = N_("instructions") },
	{ .key = "died", .title = N_("until") },
	{ .key = "stores", .title = N_("stores") },
};

/* What has not happened in this run has no number. */
static void table_since(struct table *t, int64_t number)
{
	if (number < 0)
		table_null(t);
	else
		table_int(t, number);
}

static void row_add(const struct lived_row *row, void *data)
{
	struct table *t = data;

	table_int(t, row->number);
	table_text(t, row->kind);
	table_text(t, row->whose);
	table_take(t, xasprintf("%#" PRIx64, row->address));
	table_int(t, row->bytes);
	table_events(t, row->born_event, 0);
	table_events(t, row->died_event, 0);
	table_int(t, row->born);
	table_since(t, row->died);
	table_int(t, row->stores);
}

void view_objects(struct doc *doc, const struct request *rq)
{
	struct table *t =
		DOC_TABLE(doc, "objects", columns, _("The kernel's objects, as they came"));
	char *why = lived_walk(rq->trace, row_add, t);

	if (why)
		table_note(t, "%s", why);
	free(why);
}
