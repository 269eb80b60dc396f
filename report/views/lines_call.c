// SPDX-License-Identifier: GPL-2.0-or-later
// From an event, or a call's number, to the call.
#include "views/lines_call.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

struct search {
	const struct lines_asked *asked;
	int64_t icount;
	const struct lines_table *table;
	struct lines_found *found;
};

/* Whether a call is that of the event: it begins there, or ends, or the event lies in it. The innermost one is taken. */
static bool is_of(const struct search *search, const struct ran_call *ran)
{
	const struct event *ev = search->asked->ev;

	if (!ev || text_is(ev->at, "enter"))
		return ran->enter == search->icount;
	if (text_is(ev->at, "return"))
		return ran->leave == search->icount;
	return ran->enter <= search->icount && (ran->leave < 0 || search->icount <= ran->leave);
}

/* Whether its function is the one that was asked for: an event between the lines may be of what is inlined. */
static bool is_its(const struct lines_asked *asked, const char *name)
{
	return asked->ev ? text_is(asked->ev->at, "line") || text_is(name, asked->ev->fn)
			 : text_is(name, asked->function);
}

static bool call_look(const struct ran_call *ran, void *data)
{
	struct search *search = data;
	struct lines_call call;

	if (!is_of(search, ran) || (search->found->is && ran->enter < search->found->enter))
		return true;
	if (!lines_of(search->table, ran, &call) || !is_its(search->asked, call.name)) {
		lines_call_free(&call);
		return true;
	}
	if (search->found->is)
		lines_call_free(&search->found->call);
	*search->found = (struct lines_found){ true, call, ran->enter, ran->leave };
	return search->asked->ev && text_is(search->asked->ev->at, "line");
}

enum ran_end lines_find(const struct trace *trace, const struct lines_table *table,
			const struct lines_asked *asked, struct lines_found *found)
{
	struct search search = { asked,
				 asked->ev ? event_int(asked->ev, "icount", -1) : asked->enter,
				 table, found };

	*found = (struct lines_found){ 0 };
	return ran_walk(trace->folder, call_look, &search);
}

static const struct event *event_numbered(const struct trace *trace, const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	return *text && !*end ? trace_event(trace, n) : NULL;
}

/* "tcp_ack#3" */
static char *numbered_read(struct lines_asked *asked, const struct trace *trace,
			   const struct lines_table *table)
{
	size_t len = strcspn(asked->word, "#");
	char *end, *why = NULL;
	long long n = strtoll(asked->word + len + 1, &end, 10);
	struct lines_spans spans;

	asked->function = xstrndup(asked->word, len);
	lines_spans(&spans, trace, table, asked->function);
	if (!spans.list.n)
		why = lines_unknown(table, asked->function);
	else if (end == asked->word + len + 1 || *end || n < 1 || (size_t)n > spans.list.n)
		why = xasprintf(_("no call '%s' in this run, which has %zu of %s()"), asked->word,
				spans.list.n, asked->function);
	else
		asked->enter = spans.list.v[n - 1].enter;
	vec_free(&spans.list);
	return why;
}

char *lines_asked_read(struct lines_asked *asked, const struct trace *trace,
		       const struct lines_table *table, const char *text, size_t len)
{
	*asked = (struct lines_asked){ .word = xstrndup(text, len) };
	if (strchr(asked->word, '#'))
		return numbered_read(asked, trace, table);
	asked->ev = event_numbered(trace, asked->word);
	return asked->ev ? NULL
			 : xasprintf(_("no event '%s' in this run, which has %zu"), asked->word,
				     trace->events.n);
}

void lines_asked_free(struct lines_asked *asked)
{
	free(asked->word);
	free(asked->function);
}

char *lines_missing(const struct lines_asked *asked)
{
	const struct event *ev = asked->ev;

	if (!ev)
		return xasprintf(_("lines.json does not know the lines of %s()"), asked->function);
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
