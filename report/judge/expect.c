// SPDX-License-Identifier: GPL-2.0-or-later
// Judges a run by what labs/NAME/expect says must be seen in it.
#include "judge/judging.h"
#include "base/i18n.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct event *bound_event(const struct judge *j, const char *name)
{
	for (size_t i = 0; name && i < j->names.n; i++)
		if (strcmp(j->names.v[i].name, name) == 0)
			return j->names.v[i].event;
	return NULL;
}

/* Of an event of the run its index; of a fact between two events that of the second. */
static size_t index_of(const struct judge *j, const struct event *ev)
{
	if (ev >= j->trace->events.v && ev < j->trace->events.v + j->trace->events.n)
		return (size_t)(ev - j->trace->events.v);
	/* a fact begins with its event */
	return ((const struct fact *)(const void *)ev)->behind;
}

/* How many events are over with it. */
static size_t over_with(const struct judge *j, const struct event *ev)
{
	size_t index = index_of(j, ev);

	return index + (index < j->trace->events.n && ev == &j->trace->events.v[index]);
}

/* Of events; and of facts, of which those between these events count. */
struct range {
	size_t from, to, first_fact, end_fact;
};

/* The place of a fact; the number of facts if it is an event. */
static size_t fact_index(const struct judge *j, const struct event *ev)
{
	size_t i = 0;

	while (j->facts && i < j->facts->list.n && &j->facts->list.v[i].ev != ev)
		i++;
	return i;
}

/* False if it begins or ends at an event that was not found. */
static bool item_range(const struct judge *j, const struct item *item, size_t cursor,
		       struct range *range)
{
	const struct event *after = bound_event(j, item->after);
	const struct event *before = bound_event(j, item->before);

	if ((item->after && !after) || (item->before && !before))
		return false;
	range->from = item->counts || item->anywhere ? 0 : cursor;
	range->to = before ? index_of(j, before) : j->trace->events.n;
	range->first_fact = item->counts || item->anywhere ? 0 : j->fact_cursor;
	range->end_fact = fact_index(j, before);
	if (after) {
		size_t place = fact_index(j, after);

		range->from = over_with(j, after);
		range->first_fact = j->facts && place < j->facts->list.n ? place + 1 : 0;
	}
	return true;
}

static bool wants_facts(const struct expectation *e)
{
	for (size_t i = 0; i < e->items.n; i++)
		if (item_is_of_facts(&e->items.v[i]))
			return true;
	return false;
}

static const struct event *search(const struct judge *j, const struct expr *expr,
				  struct range range)
{
	struct bindings names = judge_names(j);

	for (size_t i = range.from; i < range.to; i++)
		if (expr_holds(expr, &j->trace->events.v[i], &names))
			return &j->trace->events.v[i];
	return NULL;
}

/* How many facts fit, and the first of them: those behind the events that are over, and before the one that ends the range. */
static int64_t search_facts(const struct judge *j, struct item *item, struct range range)
{
	struct bindings names = judge_names(j);
	int64_t count = 0;

	for (size_t i = range.first_fact; i < range.end_fact; i++) {
		const struct fact *fact = &j->facts->list.v[i];

		if (fact->behind < range.from || fact->behind > range.to ||
		    !expr_holds(item->expr, &fact->ev, &names))
			continue;
		if (!count++)
			item->found = &fact->ev;
	}
	return count;
}

static void count_item(const struct judge *j, struct item *item, struct range range)
{
	const struct event *ev;

	if (item_is_of_facts(item)) {
		item->count = search_facts(j, item, range);
		return;
	}
	for (item->count = 0; (ev = search(j, item->expr, range)); item->count++) {
		if (!item->count)
			item->found = ev;
		range.from = index_of(j, ev) + 1;
	}
}

/* Takes the reason over. */
static void fail(struct expectation *e, const struct item *item, char *why)
{
	e->verdict = FAILED;
	e->culprit = item;
	free(e->why);
	e->why = why;
}

static bool judge_count(struct judge *j, struct expectation *e, struct item *item,
			struct range range)
{
	count_item(j, item, range);
	if (item->count >= item->least && item->count <= item->most)
		return true;
	fail(e, item, why_counted(item));
	return false;
}

static void bind(struct judge *j, const struct item *item)
{
	if (item->name)
		*vec_add(&j->names) = (struct binding){ .name = item->name,
							.name_len = strlen(item->name),
							.event = item->found,
							.counts = item->counts,
							.count = item->count };
}

static bool judge_item(struct judge *j, struct expectation *e, struct item *item, size_t cursor)
{
	struct range range;

	if (!item_range(j, item, cursor, &range)) {
		fail(e, item, xstrdup(_("what it begins or ends at was not found")));
		return false;
	}
	if (item->counts)
		return judge_count(j, e, item, range);
	item->found = NULL;
	if (item_is_of_facts(item))
		search_facts(j, item, range);
	else
		item->found = search(j, item->expr, range);
	if (!item->found) {
		fail(e, item,
		     why_not_found(j, e, item, range.from < j->trace->events.n ? range.from : 0));
	} else if (!item->anywhere) {
		size_t over = over_with(j, item->found);

		j->cursor = over > j->cursor ? over : j->cursor;
		if (item_is_of_facts(item))
			j->fact_cursor = fact_index(j, item->found) + 1;
	}
	return item->found != NULL;
}

static void judge_block(struct judge *j, struct expectation *e)
{
	size_t start = j->cursor, fact_start = j->fact_cursor, fact_last = fact_start;
	bool good = true;

	e->verdict = HELD;
	for (size_t i = 0; i < e->items.n; i++) {
		if (e->any_order)
			j->fact_cursor = fact_start;
		if (good)
			good = judge_item(j, e, &e->items.v[i], e->any_order ? start : j->cursor);
		fact_last = j->fact_cursor > fact_last ? j->fact_cursor : fact_last;
		bind(j, &e->items.v[i]);
	}
	j->fact_cursor = fact_last;
}

/* <0, 0, >0, comparing as many numbers as `wanted` has: 6.1.192 equals 6.1. */
static int compare_versions(const char *actual, const char *wanted)
{
	long a, b;
	char *end;

	while (*wanted) {
		a = strtol(actual, &end, 10);
		actual = *end == '.' ? end + 1 : end;
		b = strtol(wanted, &end, 10);
		wanted = *end == '.' ? end + 1 : end;
		if (a != b)
			return a < b ? -1 : 1;
		if (*wanted && !isdigit((unsigned char)*wanted))
			break;
	}
	return 0;
}

static bool kernel_fits(const struct expectation *e, const char *release)
{
	int order;

	if (!e->kernel_op || !release)
		return true;
	order = compare_versions(release, e->kernel_version);
	return (strchr(e->kernel_op, '=') && e->kernel_op[0] != '!' && order == 0) ||
	       (strchr(e->kernel_op, '>') && order > 0) ||
	       (strchr(e->kernel_op, '<') && order < 0) || (e->kernel_op[0] == '!' && order != 0);
}

/* Takes the reason over. */
static void skip_block(struct judge *j, struct expectation *e, char *why)
{
	e->verdict = SKIPPED;
	free(e->why);
	e->why = why;
	for (size_t i = 0; i < e->items.n; i++)
		bind(j, &e->items.v[i]);
}

/* What is said of the frames, of which some are no segments, either. */
static char *ledger_sentence(const struct trace *trace)
{
	struct str names = { 0 };
	char *sentence;

	if (trace->frames.n <= 2)
		return xstrdup(_("Every TCP and ARP frame on the wire has its event, and every "
				 "segment sent has its frame."));
	for (size_t i = 0; i < trace->frames.n; i++)
		str_addf(&names, "%s%s", i ? ", " : "", trace->frames.v[i].name);
	sentence = xasprintf(_("Every frame on the wire (%s) has its event, and every segment and "
			       "datagram sent has its frame."),
			     str_text(&names));
	str_free(&names);
	return sentence;
}

/* The expectation that stands in no file. */
static void judge_ledger(struct expect *expect, const struct trace *trace)
{
	struct expectation *e = vec_add(&expect->list);
	struct str why = { 0 };

	*e = (struct expectation){
		.sentence = ledger_sentence(trace),
		.verdict = trace->unmatched ? FAILED : HELD,
	};
	if (!trace->unmatched)
		return;
	str_addf(&why, _("%zu unmatched"), trace->unmatched);
	for (size_t i = 0; i < trace->unmatched_list.n; i++)
		str_addf(&why, "\n%s", trace->unmatched_list.v[i]);
	e->why = str_take(&why);
}

static void reset(struct expectation *e)
{
	free(e->why);
	e->why = NULL;
	e->culprit = NULL;
	e->nearest = NULL;
	for (size_t i = 0; i < e->items.n; i++)
		e->items.v[i].found = NULL;
}

static void item_facts(const struct item *item, struct facts_wanted *wanted)
{
	bool store = text_is(expr_type(item->expr)->name, "wrote");
	const char *asked = expr_text(item->expr, store ? "field" : "fn");

	if (asked && store)
		*vec_add(&wanted->fields) = asked;
	else if (asked)
		*vec_add(&wanted->functions) = asked;
	else
		*(store ? &wanted->all_fields : &wanted->all_functions) = true;
}

/* What is stated of stores and lines; NULL: nothing is, or with a sentence in *why, the run has none. */
static struct facts *facts_asked(const struct expect *expect, const struct trace *trace, char **why)
{
	struct facts_wanted wanted = { 0 };
	struct facts *facts = NULL;
	bool some = false;

	for (size_t i = 0; i < expect->list.n; i++) {
		const struct expectation *e = &expect->list.v[i];

		some |= wants_facts(e);
		for (size_t k = 0; k < e->items.n; k++)
			if (item_is_of_facts(&e->items.v[k]))
				item_facts(&e->items.v[k], &wanted);
	}
	if (some)
		facts = facts_open(trace, &wanted, why);
	vec_free(&wanted.fields);
	vec_free(&wanted.functions);
	return facts;
}

/* without: the sentence that a run has no facts, where it has none. */
static void judge_all(struct expect *expect, const struct trace *trace, const char *without)
{
	struct judge j = { .trace = trace, .facts = expect->facts, .without = without };

	for (size_t i = 0; i < expect->list.n; i++) {
		struct expectation *e = &expect->list.v[i];

		reset(e);
		if (!kernel_fits(e, trace->release))
			skip_block(&j, e,
				   xasprintf(_("only for kernel %s %s: %s"), e->kernel_op,
					     e->kernel_version, e->kernel_why));
		else if (!wants_facts(e) || j.facts)
			judge_block(&j, e);
		else if (text_is(trace->engine, "plugin"))
			fail(e, &e->items.v[0], xstrdup(j.without));
		else
			skip_block(&j, e,
				   xstrdup(_("only the plugin engine records lines and writes")));
	}
	if (trace->wires.n || trace->unmatched)
		judge_ledger(expect, trace);
	expect->held = expect->failed = expect->skipped = 0;
	for (size_t i = 0; i < expect->list.n; i++) {
		enum verdict verdict = expect->list.v[i].verdict;

		expect->held += verdict == HELD;
		expect->failed += verdict == FAILED;
		expect->skipped += verdict == SKIPPED;
	}
	vec_free(&j.names);
}

void expect_run(struct expect *expect, const struct trace *trace)
{
	char *without = NULL;

	facts_close(expect->facts);
	expect->facts = facts_asked(expect, trace, &without);
	judge_all(expect, trace, without);
	free(without);
}

void expect_run_again(struct expect *expect, const struct trace *trace, const struct expect *judged)
{
	if (!judged->facts) {
		expect_run(expect, trace);
		return;
	}
	expect->facts = judged->facts;
	judge_all(expect, trace, NULL);
	expect->facts = NULL;
}
