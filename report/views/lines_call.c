// SPDX-License-Identifier: GPL-2.0-or-later
// From an event to the call that it is of.
#include "views/lines_call.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

struct search {
	const struct event *ev;
	int64_t icount;
	const struct lines_table *table;
	struct lines_found *found;
};

/* Whether a call is that of the event: it begins there, or ends, or the event lies in it. The innermost one is taken. */
static bool is_of(const struct search *search, const struct ran_call *ran)
{
	if (text_is(search->ev->at, "enter"))
		return ran->enter == search->icount;
	if (text_is(search->ev->at, "return"))
		return ran->leave == search->icount;
	return ran->enter <= search->icount && (ran->leave < 0 || search->icount <= ran->leave);
}

static bool call_look(const struct ran_call *ran, void *data)
{
	struct search *search = data;
	struct lines_call call;

	if (!is_of(search, ran) || (search->found->is && ran->enter < search->found->enter))
		return true;
	if (!lines_of(search->table, ran, &call) ||
	    (!text_is(search->ev->at, "line") && !text_is(call.name, search->ev->fn))) {
		lines_call_free(&call);
		return true;
	}
	if (search->found->is)
		lines_call_free(&search->found->call);
	*search->found = (struct lines_found){ true, call, ran->enter, ran->leave };
	return text_is(search->ev->at, "line");
}

enum ran_end lines_find(const struct trace *trace, const struct lines_table *table,
			const struct event *ev, struct lines_found *found)
{
	struct search search = { ev, event_int(ev, "icount", -1), table, found };

	*found = (struct lines_found){ 0 };
	return ran_walk(trace->folder, call_look, &search);
}

const struct event *lines_event(const struct trace *trace, const char *text, size_t len)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	for (size_t i = 0; len && end == text + len && i < trace->events.n; i++)
		if (trace->events.v[i].n == n)
			return &trace->events.v[i];
	return NULL;
}

char *lines_missing(const struct event *ev)
{
	return xasprintf(_("event %lld (%s) lies in no call whose lines were recorded: make lab "
			   "LINES=%s"),
			 (long long)ev->n, ev->fn, ev->fn);
}

const struct lines_line *lines_line_find(const struct lines_call *call, size_t scope, size_t file,
					 int line)
{
	for (size_t i = 0; i < call->lines.n; i++) {
		const struct lines_line *here = &call->lines.v[i];

		if (here->scope == scope && here->file == file && here->line == line)
			return here;
	}
	return NULL;
}

char *lines_source(const struct source *source, int line)
{
	struct str out = { 0 };
	char *text = source_line(source, line);

	for (const char *c = text; text && *c; c++)
		str_add(&out, *c == '\t' ? "    " : (const char[]){ *c, '\0' });
	free(text);
	return str_take(&out);
}

void lines_source_note(struct table *t, const struct source *source, const char *path)
{
	if (source->state == SOURCE_GONE)
		table_note(t,
			   _("the kernel's source is not at hand (%s): lines are shown by their "
			     "numbers; --source=DIR names it"),
			   path);
	if (source->state == SOURCE_CHANGED)
		table_note(t,
			   _("%s has changed since the kernel was built, or is another's: its "
			     "lines are shown by their numbers"),
			   path);
}
