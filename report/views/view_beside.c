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
	struct lines_asked asked[CALLS_MOST];
	struct lines_found calls[CALLS_MOST];
	size_t n, wanted,
		more; /* those that were found, those that were asked for, and how many there are besides */
	bool of_function; /* it was asked for by its name: the lines that ran are what is told */
	bool refused; /* there are no such calls */
	struct column *columns;
	char *words; /* their names */
};

static void beside_free(struct beside *b)
{
	for (size_t i = 0; i < b->n; i++)
		lines_call_free(&b->calls[i].call);
	for (size_t i = 0; i < b->wanted; i++)
		lines_asked_free(&b->asked[i]);
}

/* The calls that are listed; NULL, or why they cannot stand beside each other. */
static char *calls_listed(struct beside *b, const struct request *rq)
{
	char *why = NULL;
	size_t len;

	for (const char *word = rq->argument; *word && !why; word += len + (word[len] == ',')) {
		len = strcspn(word, ",");
		why = b->wanted < CALLS_MOST
			      ? lines_asked_read(&b->asked[b->wanted++], rq->trace, b->table, word,
						 len)
			      : xasprintf(_("more than %d calls do not stand beside each other"),
					  CALLS_MOST);
	}
	return why;
}

/* A call of the function, if there is room. */
static void call_add(struct beside *b, struct lines_asked asked)
{
	if (b->wanted < CALLS_MOST) {
		b->asked[b->wanted++] = asked;
		return;
	}
	b->more++;
	lines_asked_free(&asked);
}

/* The calls of a function that have an event at their entry; those that have none, too, where no event is at one. */
static char *calls_of(struct beside *b, const struct request *rq)
{
	const char *function = rq->argument;
	struct lines_spans spans;
	bool has_events = false;

	b->of_function = true;
	lines_spans(&spans, rq->trace, b->table, function);
	for (size_t i = 0; spans.list.n && i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (!text_is(ev->fn, function) || !text_is(ev->at, "enter"))
			continue;
		has_events = true;
		if (request_wants(rq, ev))
			call_add(b,
				 (struct lines_asked){ .word = xasprintf("%lld", (long long)ev->n),
						       .ev = ev });
	}
	for (size_t i = 0; !has_events && i < spans.list.n; i++)
		call_add(b, (struct lines_asked){ .word = xasprintf("%s#%zu", function, i + 1),
						  .function = xstrdup(function),
						  .enter = spans.list.v[i].enter });
	b->refused = !spans.list.n;
	vec_free(&spans.list);
	if (b->refused)
		return lines_unknown(b->table, function);
	return b->wanted ? NULL : xasprintf(_("-f lets no call of '%s' pass"), function);
}

/* NULL, or why the calls cannot stand beside each other. */
static char *calls_find(struct beside *b, const struct request *rq)
{
	char *why = strpbrk(rq->argument, ",#") ? calls_listed(b, rq) : calls_of(b, rq);

	if (why && !b->of_function)
		b->refused = true;
	for (size_t i = 0; i < b->wanted && !why; i++) {
		lines_find(rq->trace, b->table, &b->asked[i], &b->calls[i]);
		if (!b->calls[i].is)
			return lines_missing(&b->asked[i]);
		b->n++;
		if (text_is(b->calls[0].call.name, b->calls[i].call.name))
			continue;
		b->refused = true;
		why = xasprintf(_("'%s' is of another function: %s(), not %s()"), b->asked[i].word,
				b->calls[i].call.name, b->calls[0].call.name);
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
		str_addf(&words, "%s,", b->asked[i].word);
	word = b->words = str_take(&words);
	b->columns = xcalloc(FIXED + b->n, sizeof(*b->columns));
	memcpy(b->columns, fixed, sizeof(fixed));
	for (size_t i = 0; i < b->n; i++, word += strlen(word) + 1) {
		word[strcspn(word, ",")] = '\0';
		/* the function is named above */
		b->columns[FIXED + i] =
			(struct column){ .key = word,
					 .title = strchr(word, '#') ? strchr(word, '#') : word };
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
	t->title =
		xasprintf(_("%s (%s): how often each line ran in these calls"), call->name, path);
	source_open(&source, rq->source, path, lines_sum(b->table, call->file));
	for (int line = call->first, last = source_closing(&source, call->last); line <= last;
	     line++)
		if (is_told(b, &source, line))
			line_add(t, b, &source, line);
	lines_source_note(t, &source, path);
	if (b->more)
		table_note(t,
			   b->asked[0].ev ? _("and %zu more calls: -f with an expression chooses "
					      "among them")
					  : _("and %zu more calls"),
			   b->more);
	source_free(&source);
}

bool lines_beside(struct doc *doc, const struct request *rq, const struct lines_table *table)
{
	static const struct column columns[] = { { .key = "line", .title = N_("line") } };
	struct beside b = { .table = table };
	char *why = calls_find(&b, rq);

	if (why)
		table_note(DOC_TABLE(doc, "beside", columns, N_("Lines")), "%s", why);
	else
		beside_show(doc, rq, &b);
	doc->refused = doc->refused || b.refused;
	free(why);
	beside_free(&b);
	return !b.refused;
}
