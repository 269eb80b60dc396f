// SPDX-License-Identifier: GPL-2.0-or-later
// Why an expectation does not hold.
#include "judge/judging.h"
#include "base/i18n.h"

#include <stdlib.h>

struct bindings judge_names(const struct judge *j)
{
	return (struct bindings){ j->names.v, j->names.n };
}

bool item_is_of_facts(const struct item *item)
{
	const struct event_type *type = item->expr ? expr_type(item->expr) : &unknown_type;

	return text_is(type->name, "wrote") || text_is(type->name, "ran");
}

/* The best of the facts, as find_nearest() finds one. */
static const struct event *nearest_fact(const struct judge *j, const struct expr *expr)
{
	struct bindings names = judge_names(j);
	const struct event *best = NULL;
	const struct expr *differs;
	int score, most = 0;

	for (size_t i = 0; i < j->facts->list.n; i++) {
		score = expr_nearness(expr, &j->facts->list.v[i].ev, &names, &differs);
		if (score > most) {
			most = score;
			best = &j->facts->list.v[i].ev;
		}
	}
	return best;
}

/* The event that fulfils most of the conditions; of equals, the first behind the cursor. */
static const struct event *find_nearest(const struct judge *j, const struct expr *expr,
					size_t cursor)
{
	struct bindings names = judge_names(j);
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

char *why_not_found(const struct judge *j, struct expectation *e, const struct item *item,
		    size_t cursor)
{
	struct bindings names = judge_names(j);
	const struct expr *differs = NULL;

	e->nearest = item_is_of_facts(item) ? nearest_fact(j, item->expr)
					    : find_nearest(j, item->expr, cursor);
	if (!e->nearest)
		return xstrdup(_("nothing comes near it"));
	expr_nearness(item->expr, e->nearest, &names, &differs);
	return differs ? explain_difference(e->nearest, differs, &names)
		       : explain_order(e->nearest);
}

static char *count_text(const struct item *item)
{
	long long least = item->least, most = item->most, count = item->count;

	if (most == 0)
		return xasprintf(count == 1 ? _("must never be, but was seen %lld time")
					    : _("must never be, but was seen %lld times"),
				 count);
	if (least == most)
		return xasprintf(_("expected %lld of it, found %lld"), least, count);
	return xasprintf(_("expected %lld to %lld of it, found %lld"), least, most, count);
}

char *why_counted(const struct item *item)
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
