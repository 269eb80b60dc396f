// SPDX-License-Identifier: GPL-2.0-or-later
// Compares two runs by meaning: what is missing, added, changed.
#include "views/diff.h"
#include "base/i18n.h"
#include "types/tell.h"

#include <stdlib.h>
#include <string.h>

struct side {
	const struct trace *trace;
	VEC(const struct event *) events;
	VEC(const char *) keys; /* interned: equal identities are equal pointers */
};

/* One difference: events that only one side has, or one of each. */
struct change {
	const char *what;
	const struct event *a, *b; /* or NULL */
	const char *key;
	char *differs; /* or NULL */
	size_t times; /* so often in a row; 0: told elsewhere */
};

struct diff {
	struct names *names;
	struct table *table;
	struct side a, b;
	bool exact;
	VEC(struct change) changes;
	/* where both sides are at the first difference: behind what they have alike */
	bool parted;
	size_t parted_a, parted_b;
};

/* The next path in a list separated by spaces, into a buffer; false at its end. */
static bool next_path(const char **list, char *path, size_t size)
{
	size_t len = strcspn(*list, " ");

	if (!len || len >= size)
		return false;
	memcpy(path, *list, len);
	path[len] = '\0';
	*list += len + ((*list)[len] == ' ');
	return true;
}

/* An address counts by whose it is: the second run may have others. One that no node has counts as itself. */
static void add_identity(const struct trace *trace, const struct event *ev, const char *path,
			 struct str *key)
{
	char *value = event_dup(ev, path);
	const struct node *node = trace_node_by_address(trace, value);

	if (node)
		str_addf(key, "|%s/%s", node->name, node->nic ? node->nic : "");
	else
		str_addf(key, "|%s", value);
	free(value);
}

static const char *identity_of(struct diff *d, const struct trace *trace, const struct event *ev)
{
	const char *list = ev->row->identity;
	struct str key = { 0 };
	const char *name;
	char path[64];

	str_addf(&key, "%s|%s", ev->type, ev->netns ? ev->netns : "");
	while (next_path(&list, path, sizeof(path)))
		add_identity(trace, ev, path, &key);
	name = names_get(d->names, str_text(&key), key.len);
	str_free(&key);
	return name;
}

static void load_side(struct diff *d, struct side *side, const struct trace *trace,
		      const struct expr *filter)
{
	side->trace = trace;
	for (size_t i = 0; i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];

		if (filter && !expr_holds(filter, ev, NULL))
			continue;
		*vec_add(&side->events) = ev;
		*vec_add(&side->keys) = identity_of(d, trace, ev);
	}
}

/* Appends "field: old -> new" for each path of the list that differs. */
static void compare_fields(const struct event *a, const struct event *b, const char *list,
			   struct str *out)
{
	char path[64];

	while (next_path(&list, path, sizeof(path))) {
		char *x = event_dup(a, path), *y = event_dup(b, path);

		if (strcmp(x, y) != 0)
			str_addf(out, "%s%s: %s -> %s", out->len ? ", " : "", path, *x ? x : "null",
				 *y ? y : "null");
		free(x);
		free(y);
	}
}

static void add_change(struct diff *d, const char *what, const struct event *a,
		       const struct event *b, const char *key, char *differs)
{
	*vec_add(&d->changes) = (struct change){ what, a, b, key, differs, 1 };
}

/* What differs between two events of one identity, or NULL; the caller frees it. */
static char *differences(const struct diff *d, const struct event *a, const struct event *b)
{
	struct str differs = { 0 };

	compare_fields(a, b, a->row->detail, &differs);
	if (d->exact) {
		compare_fields(a, b, a->row->exact, &differs);
		compare_fields(a, b, "t_ns", &differs);
	}
	return str_take_or_null(&differs);
}

static void part(struct diff *d, size_t i, size_t j)
{
	if (!d->parted) {
		d->parted_a = i;
		d->parted_b = j;
	}
	d->parted = true;
}

static void compare_pair(struct diff *d, size_t i, size_t j)
{
	const struct event *a = d->a.events.v[i], *b = d->b.events.v[j];
	char *differs = differences(d, a, b);

	if (!differs)
		return;
	part(d, i, j);
	add_change(d, N_("changed"), a, b, d->a.keys.v[i], differs);
}

enum {
	LOOK_AHEAD = 400
};

/* The nearest place behind (i, j) where the runs agree again: least events to pass over. */
static void find_agreement(const struct diff *d, size_t i, size_t j, size_t *to_i, size_t *to_j)
{
	for (size_t skip = 1; skip < 2 * LOOK_AHEAD; skip++)
		for (size_t x = 0; x <= skip; x++) {
			size_t y = skip - x;

			if (i + x < d->a.keys.n && j + y < d->b.keys.n &&
			    d->a.keys.v[i + x] == d->b.keys.v[j + y]) {
				*to_i = i + x;
				*to_j = j + y;
				return;
			}
		}
	*to_i = d->a.keys.n;
	*to_j = d->b.keys.n;
}

static void align(struct diff *d)
{
	size_t i = 0, j = 0, to_i, to_j;

	while (i < d->a.keys.n || j < d->b.keys.n) {
		if (i < d->a.keys.n && j < d->b.keys.n && d->a.keys.v[i] == d->b.keys.v[j]) {
			compare_pair(d, i++, j++);
			continue;
		}
		part(d, i, j);
		find_agreement(d, i, j, &to_i, &to_j);
		for (; i < to_i; i++)
			add_change(d, N_("missing"), d->a.events.v[i], NULL, d->a.keys.v[i], NULL);
		for (; j < to_j; j++)
			add_change(d, N_("added"), NULL, d->b.events.v[j], d->b.keys.v[j], NULL);
	}
}

/* The change near this one that has the same event on the other side alone, or NULL. */
static struct change *find_twin(const struct diff *d, size_t i)
{
	const struct change *c = &d->changes.v[i];

	for (size_t off = 1; off < LOOK_AHEAD; off++)
		for (int sign = -1; sign <= 1; sign += 2) {
			size_t at = i + (size_t)sign * off; /* wraps below 0, to beyond the end */
			struct change *other = at < d->changes.n ? &d->changes.v[at] : NULL;

			if (other && other->times && other->key == c->key && !other->a && other->b)
				return other;
		}
	return NULL;
}

/* What is missing here and added there has moved. */
static void join_moved(struct diff *d)
{
	for (size_t i = 0; i < d->changes.n; i++) {
		struct change *c = &d->changes.v[i];
		struct change *twin = c->a && !c->b ? find_twin(d, i) : NULL;

		if (!twin)
			continue;
		c->what = N_("moved");
		c->b = twin->b;
		c->differs = differences(d, c->a, c->b);
		twin->times = 0;
	}
}

static bool same_change(const struct change *a, const struct change *b)
{
	return a->what == b->what && a->key == b->key &&
	       (a->differs ? text_is(a->differs, b->differs) : !b->differs);
}

/* The same several times in a row is told once. */
static void fold(struct diff *d)
{
	struct change *last = NULL;

	for (size_t i = 0; i < d->changes.n; i++) {
		struct change *c = &d->changes.v[i];

		if (!c->times)
			continue;
		if (last && same_change(last, c)) {
			last->times++;
			c->times = 0;
		} else {
			last = c;
		}
	}
}

static void add_number(struct table *t, const struct event *ev)
{
	if (ev)
		table_int(t, ev->n);
	else
		table_null(t);
}

/* What an event says, else its function; the caller frees it. */
static char *words_of(const struct trace *trace, const struct event *ev)
{
	char *sentence = event_sentence(trace, ev);

	if (sentence && *sentence)
		return sentence;
	free(sentence);
	return xstrdup(ev->fn ? ev->fn : "?");
}

static void add_row(struct diff *d, const struct change *c)
{
	const struct event *ev = c->a ? c->a : c->b;

	table_text(d->table, _(c->what));
	add_number(d->table, c->a);
	add_number(d->table, c->b);
	table_int(d->table, (int64_t)c->times);
	table_text(d->table, ev->netns);
	table_text(d->table, ev->type);
	table_take(d->table, words_of(c->a ? d->a.trace : d->b.trace, ev));
	table_text(d->table, c->differs);
}

static size_t add_rows(struct diff *d)
{
	size_t count = 0;

	join_moved(d);
	fold(d);
	for (size_t i = 0; i < d->changes.n; i++) {
		if (d->changes.v[i].times)
			add_row(d, &d->changes.v[i]);
		count += d->changes.v[i].times;
		free(d->changes.v[i].differs);
	}
	vec_free(&d->changes);
	return count;
}

/* A row of what a side has there; where it has no event more it is over. */
static void add_moment(struct table *t, const char *what, const struct side *side, size_t at,
		       const char *differs)
{
	const struct event *ev = at < side->events.n ? side->events.v[at] : NULL;

	table_text(t, what);
	add_number(t, ev);
	if (!ev) {
		table_null(t);
		table_null(t);
		table_null(t);
		table_text(t, _("no event follows"));
		table_null(t);
		return;
	}
	table_take(t, xasprintf("%.6f", (double)(ev->t_ns - side->trace->zero_ns) / 1e9));
	table_text(t, ev->netns);
	table_text(t, ev->type);
	table_take(t, words_of(side->trace, ev));
	table_text(t, differs);
}

/* The first moment where the runs are not alike, with what was alike last: the rest may come of it. */
static void add_parting(struct diff *d, struct doc *doc)
{
	static const struct column columns[] = {
		{ .key = "run", .title = "" },
		{ .key = "n", .title = N_("event") },
		{ .key = "seconds", .title = N_("seconds") },
		{ .key = "netns", .title = N_("node") },
		{ .key = "type", .title = N_("type") },
		{ .key = "what", .title = N_("what") },
		{ .key = "differs", .title = N_("differs") },
	};
	size_t a = d->parted_a, b = d->parted_b;
	const struct event *x = a < d->a.events.n ? d->a.events.v[a] : NULL;
	bool alike = x && b < d->b.events.n && d->a.keys.v[a] == d->b.keys.v[b];
	char *differs = alike ? differences(d, x, d->b.events.v[b]) : NULL;
	struct table *t;

	if (!d->parted)
		return;
	t = DOC_TABLE(doc, "parting", columns, N_("Where they parted first"));
	if (a && b) {
		add_moment(t, _("first run, still alike"), &d->a, a - 1, NULL);
		add_moment(t, _("second run, still alike"), &d->b, b - 1, NULL);
	}
	add_moment(t, _("first run, then"), &d->a, a, NULL);
	add_moment(t, _("second run, then"), &d->b, b, differs);
	free(differs);
}

static void side_free(struct side *side)
{
	vec_free(&side->events);
	vec_free(&side->keys);
}

size_t diff_runs(struct doc *doc, const struct trace *a, const struct trace *b,
		 const struct expr *filter, bool exact)
{
	static const struct column columns[] = {
		[DIFF_CHANGE] = { .key = "change", .title = "" },
		[DIFF_FIRST] = { .key = "n1", .title = N_("first") },
		[DIFF_SECOND] = { .key = "n2", .title = N_("second") },
		[DIFF_TIMES] = { .key = "times", .title = N_("times") },
		[DIFF_NETNS] = { .key = "netns", .title = N_("node") },
		[DIFF_TYPE] = { .key = "type", .title = N_("type") },
		[DIFF_WHAT] = { .key = "what", .title = N_("what") },
		[DIFF_DIFFERS] = { .key = "differs", .title = N_("differs") },
	};
	struct diff d = { .names = names_new(), .exact = exact };
	size_t count;

	d.table = DOC_TABLE(doc, "differences", columns,
			    N_("Differences of the second run to the first"));
	load_side(&d, &d.a, a, filter);
	load_side(&d, &d.b, b, filter);
	align(&d);
	count = add_rows(&d);
	table_note(d.table, _("%zu events in the first run, %zu in the second, %zu differences"),
		   d.a.keys.n, d.b.keys.n, count);
	if (!exact)
		table_note(d.table,
			   _("An address counts by whose it is; ports, sequence numbers and times "
			     "do not count."));
	add_parting(&d, doc);
	side_free(&d.a);
	side_free(&d.b);
	names_free(d.names);
	return count;
}
