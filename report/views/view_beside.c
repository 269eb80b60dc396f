// SPDX-License-Identifier: GPL-2.0-or-later
// Calls of one function beside each other: which lines ran in which, and where they differ.
#include "views/lines_call.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum {
	CALLS_MOST = 8,
	FIXED = 3 /* columns in front of those of the calls */
};

struct beside {
	const struct lines_table *table;
	const struct event *events[CALLS_MOST];
	struct lines_found calls[CALLS_MOST];
	size_t n, more; /* and how many calls there are besides */
	bool of_function; /* it was asked for by its name: the lines that ran are what is told */
	struct column *columns;
	char *words; /* their names */
};

static void beside_free(struct beside *b)
{
	for (size_t i = 0; i < b->n; i++)
		lines_call_free(&b->calls[i].call);
}

/* The events that are listed; NULL, or why they cannot stand beside each other. */
static char *events_listed(struct beside *b, const struct request *rq)
{
	size_t len;

	for (const char *word = rq->argument; *word; word += len + (word[len] == ',')) {
		const struct event *ev;

		len = strcspn(word, ",");
		ev = lines_event(rq->trace, word, len);
		if (!ev)
			return xasprintf(_("no event '%.*s' in this run, which has %zu"), (int)len,
					 word, rq->trace->events.n);
		if (b->n == CALLS_MOST)
			return xasprintf(_("more than %d calls do not stand beside each other"),
					 CALLS_MOST);
		b->events[b->n++] = ev;
	}
	return NULL;
}

/* The entries of a function; NULL, or that there are none. */
static char *events_of(struct beside *b, const struct request *rq)
{
	b->of_function = true;
	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (!text_is(ev->fn, rq->argument) || !text_is(ev->at, "enter") ||
		    !request_wants(rq, ev))
			continue;
		if (b->n < CALLS_MOST)
			b->events[b->n++] = ev;
		else
			b->more++;
	}
	return b->n ? NULL
		    : xasprintf(_("no event is at an entry of '%s' in this run"), rq->argument);
}

/* NULL, or why the calls cannot stand beside each other. */
static char *calls_find(struct beside *b, const struct request *rq)
{
	char *why = rq->argument[strspn(rq->argument, "0123456789, ")] ? events_of(b, rq)
								       : events_listed(b, rq);
	size_t wanted = b->n;

	b->n = 0;
	for (size_t i = 0; i < wanted && !why; i++) {
		const struct event *ev = b->events[i];

		lines_find(rq->trace, b->table, ev, &b->calls[i]);
		if (!b->calls[i].is)
			return lines_missing(ev);
		b->n++;
		if (!text_is(b->calls[0].call.name, b->calls[i].call.name))
			why = xasprintf(_("event %lld is of another function: %s(), not %s()"),
					(long long)ev->n, b->calls[i].call.name,
					b->calls[0].call.name);
	}
	return why;
}

/* The columns: what the line is, whether the calls differ, and how often it ran in each. */
static void columns_make(struct beside *b)
{
	static const struct column fixed[FIXED] = {
		{ .key = "line", .title = N_("line") },
		{ .key = "differs", .title = N_("differs") },
		{ .key = "source", .title = N_("source") },
	};
	struct str words = { 0 };
	char *word;

	for (size_t i = 0; i < b->n; i++)
		str_addf(&words, "%lld,", (long long)b->events[i]->n);
	word = b->words = str_take(&words);
	b->columns = xcalloc(FIXED + b->n, sizeof(*b->columns));
	memcpy(b->columns, fixed, sizeof(fixed));
	for (size_t i = 0; i < b->n; i++, word += strlen(word) + 1) {
		word[strcspn(word, ",")] = '\0';
		b->columns[FIXED + i] = (struct column){ .key = word, .title = word };
	}
}

/* In how many of the calls it ran; *code: in how many it has code. */
static size_t calls_ran(const struct beside *b, int line, size_t *code)
{
	size_t ran = 0;

	*code = 0;
	for (size_t i = 0; i < b->n; i++) {
		const struct lines_line *here =
			lines_line_find(&b->calls[i].call, 0, b->calls[0].call.file, line);

		*code += here != NULL;
		ran += here && here->count;
	}
	return ran;
}

/* Whether it ran in some of the calls; a line without code ran in none, and that says nothing. */
static void differs_add(struct table *t, const struct beside *b, int line)
{
	size_t code, ran = calls_ran(b, line, &code);

	if (code)
		table_bool(t, ran && ran < b->n);
	else
		table_null(t);
}

/* Of a function that was asked for by its name, what ran; else the whole source, if it is at hand. */
static bool is_told(const struct beside *b, const struct source *source, int line)
{
	size_t code;

	if (b->of_function)
		return calls_ran(b, line, &code) > 0;
	return source->state == SOURCE_SAME ||
	       lines_line_find(&b->calls[0].call, 0, b->calls[0].call.file, line);
}

static void line_add(struct table *t, const struct beside *b, const struct source *source, int line)
{
	size_t file = b->calls[0].call.file;

	table_int(t, line);
	differs_add(t, b, line);
	table_take(t, lines_source(source, line));
	for (size_t i = 0; i < b->n; i++) {
		const struct lines_line *here = lines_line_find(&b->calls[i].call, 0, file, line);

		if (here)
			table_int(t, here->count);
		else
			table_null(t);
	}
}

static void beside_show(struct doc *doc, const struct request *rq, struct beside *b)
{
	const struct lines_call *call = &b->calls[0].call;
	const char *path = lines_path(b->table, call->file);
	struct table *t;
	struct source source;

	columns_make(b);
	t = doc_table(doc, "beside", b->columns, FIXED + b->n, "");
	t->own = b->columns;
	t->words = b->words;
	free(t->title);
	t->title = xasprintf(_("%s (%s): how often each line ran in the calls of these events"),
			     call->name, path);
	source_open(&source, rq->source, path, lines_sum(b->table, call->file));
	for (int line = call->first; line <= call->last; line++)
		if (is_told(b, &source, line))
			line_add(t, b, &source, line);
	lines_source_note(t, &source, path);
	if (b->more)
		table_note(t, _("and %zu more calls: -f with an expression chooses among them"),
			   b->more);
	source_free(&source);
}

void lines_beside(struct doc *doc, const struct request *rq, const struct lines_table *table)
{
	static const struct column columns[] = { { .key = "line", .title = N_("line") } };
	struct beside b = { .table = table };
	char *why = calls_find(&b, rq);

	if (why)
		table_note(DOC_TABLE(doc, "beside", columns, N_("Lines")), "%s", why);
	else
		beside_show(doc, rq, &b);
	free(why);
	beside_free(&b);
}
