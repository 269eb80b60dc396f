// SPDX-License-Identifier: GPL-2.0-or-later
// Judges a run by what labs/NAME/expect says must be seen in it.
#include "judge/expect.h"
#include "base/i18n.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct judge {
	const struct trace *trace;
	VEC(struct binding) names;
	size_t cursor; /* index of the first event that was not passed yet */
};

static const struct event *bound_event(const struct judge *j, const char *name)
{
	for (size_t i = 0; name && i < j->names.n; i++)
		if (strcmp(j->names.v[i].name, name) == 0)
			return j->names.v[i].event;
	return NULL;
}

static size_t index_of(const struct judge *j, const struct event *ev)
{
	return (size_t)(ev - j->trace->events.v);
}

struct range {
	size_t from, to;
};

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
	if (after)
		range->from = index_of(j, after) + 1;
	return true;
}

static struct bindings names_of(const struct judge *j)
{
	return (struct bindings){ j->names.v, j->names.n };
}

static const struct event *search(const struct judge *j, const struct expr *expr,
				  struct range range)
{
	struct bindings names = names_of(j);

	for (size_t i = range.from; i < range.to; i++)
		if (expr_holds(expr, &j->trace->events.v[i], &names))
			return &j->trace->events.v[i];
	return NULL;
}

static void count_item(const struct judge *j, struct item *item, struct range range)
{
	const struct event *ev;

	for (item->count = 0; (ev = search(j, item->expr, range)); item->count++) {
		if (!item->count)
			item->found = ev;
		range.from = index_of(j, ev) + 1;
	}
}

/* The event that fulfils most of the conditions; of equals, the first behind the cursor. */
static const struct event *find_nearest(const struct judge *j, const struct expr *expr,
					size_t cursor)
{
	struct bindings names = names_of(j);
	const struct event *best = NULL;
	const struct expr *differs;
	int score, most = 0;

	for (size_t n = 0, total = j->trace->events.n; n < total; n++) {
		const struct event *ev = &j->trace->events.v[(cursor + n) % total];

		differs = NULL;
		score = expr_nearness(expr, ev, &names, &differs);
		if (score > most) {
			most = score;
			best = ev;
		}
	}
	return best;
}

/* "event 48 (tcp.tx, client, ip_output)"; the caller frees it. */
static char *name_event(const struct event *ev)
{
	struct str what = { 0 };
	char *place;

	str_add(&what, ev->type);
	if (ev->netns)
		str_addf(&what, ", %s", ev->netns);
	if (ev->fn)
		str_addf(&what, ", %s", ev->fn);
	place = xasprintf(_("event %lld (%s)"), (long long)ev->n, str_text(&what));
	str_free(&what);
	return place;
}

static char *explain_difference(const struct event *ev, const struct expr *differs,
				const struct bindings *names)
{
	struct str wanted = { 0 }, found = { 0 };
	char *place = name_event(ev), *text;

	expr_describe(differs, names, &wanted);
	str_addf(&found, "%s=", expr_field(differs));
	if (!event_text(ev, expr_field(differs), &found))
		str_add(&found, "null");
	text = xasprintf(_("nearest is %s\nexpected %s, found %s"), place, str_text(&wanted),
			 str_text(&found));
	str_free(&wanted);
	str_free(&found);
	free(place);
	return text;
}

static char *explain_order(const struct event *ev)
{
	char *place = name_event(ev);
	char *text = xasprintf(
		_("nearest is %s, which fits, but stands before what was matched last"), place);

	free(place);
	return text;
}

static char *explain_nearest(const struct judge *j, struct expectation *e, const struct item *item,
			     size_t cursor)
{
	struct bindings names = names_of(j);
	const struct expr *differs = NULL;

	e->nearest = find_nearest(j, item->expr, cursor);
	if (!e->nearest)
		return xstrdup(_("nothing comes near it"));
	expr_nearness(item->expr, e->nearest, &names, &differs);
	return differs ? explain_difference(e->nearest, differs, &names)
		       : explain_order(e->nearest);
}

/* Takes the reason over. */
static void fail(struct expectation *e, const struct item *item, char *why)
{
	e->verdict = FAILED;
	e->culprit = item;
	free(e->why);
	e->why = why;
}

static char *count_text(const struct item *item)
{
	long long least = item->least, most = item->most, count = item->count;

	if (most == 0)
		return xasprintf(ngettext("must never be, but was seen %lld time",
					  "must never be, but was seen %lld times",
					  (unsigned long)count),
				 count);
	if (least == most)
		return xasprintf(_("expected %lld of it, found %lld"), least, count);
	return xasprintf(_("expected %lld to %lld of it, found %lld"), least, most, count);
}

static char *explain_count(const struct item *item)
{
	char *count = count_text(item), *place, *text;

	if (!item->found)
		return count;
	place = name_event(item->found);
	text = xasprintf(_("%s; first is %s"), count, place);
	free(place);
	free(count);
	return text;
}

static bool judge_count(struct judge *j, struct expectation *e, struct item *item,
			struct range range)
{
	count_item(j, item, range);
	if (item->count >= item->least && item->count <= item->most)
		return true;
	fail(e, item, explain_count(item));
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
	item->found = search(j, item->expr, range);
	if (!item->found) {
		fail(e, item,
		     explain_nearest(j, e, item, range.from < j->trace->events.n ? range.from : 0));
	} else if (!item->anywhere && index_of(j, item->found) >= j->cursor) {
		j->cursor = index_of(j, item->found) + 1;
	}
	return item->found != NULL;
}

static void judge_block(struct judge *j, struct expectation *e)
{
	size_t start = j->cursor;
	bool good = true;

	e->verdict = HELD;
	for (size_t i = 0; i < e->items.n; i++) {
		if (good)
			good = judge_item(j, e, &e->items.v[i], e->any_order ? start : j->cursor);
		bind(j, &e->items.v[i]);
	}
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

static void skip_block(struct judge *j, struct expectation *e)
{
	e->verdict = SKIPPED;
	free(e->why);
	e->why = xasprintf(_("only for kernel %s %s: %s"), e->kernel_op, e->kernel_version,
			   e->kernel_why);
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

void expect_run(struct expect *expect, const struct trace *trace)
{
	struct judge j = { .trace = trace };

	for (size_t i = 0; i < expect->list.n; i++) {
		struct expectation *e = &expect->list.v[i];

		reset(e);
		if (kernel_fits(e, trace->release))
			judge_block(&j, e);
		else
			skip_block(&j, e);
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
