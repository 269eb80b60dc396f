// SPDX-License-Identifier: GPL-2.0-or-later
// What the files of types/ share: sentences and columns that several types have, and how a row's words are told.
#include "types/tell.h"
#include "base/i18n.h"
#include "run/follow.h"

#include <stdlib.h>
#include <string.h>

char *event_sentence(const struct trace *trace, const struct event *ev)
{
	struct telling of = { trace, ev };
	struct str out = { 0 };

	if (ev->row->say == say_nothing)
		return NULL;
	ev->row->say(&of, &out);
	return str_take(&out);
}

/* Whether the condition holds: "FIELD=VALUE", "FIELD!=VALUE", "FIELD~PART", "stack~FUNCTION", `len` bytes of it;
 * a VALUE that is not there is "null", as in expectations. */
static bool is_so(const struct event *ev, const char *word, size_t len)
{
	char *path = xstrndup(word, len), *mark = path + strcspn(path, "=~!"), how = *mark;
	const char *wanted = mark + (how == '!' ? 2 : 1);
	const char *const functions[] = { wanted, NULL };
	char *value;
	bool so;

	*mark = '\0';
	if (how == '~' && text_is(path, "stack")) {
		so = event_stack_has(ev, functions);
	} else {
		value = event_dup(ev, path);
		so = how == '~' ? strstr(value, wanted) != NULL
				: text_is(value, text_is(wanted, "null") ? "" : wanted) ==
					  (how == '=');
		free(value);
	}
	free(path);
	return so;
}

static bool fits(const struct event *ev, const char *when)
{
	size_t len;

	for (; *when; when += len + (when[len] == ' ')) {
		len = strcspn(when, " ");
		if (!is_so(ev, when, len))
			return false;
	}
	return true;
}

const struct meaning *meaning_of(const struct event *ev)
{
	for (const struct meaning *m = ev->row->meanings; m->source; m++)
		if (fits(ev, m->when))
			return m;
	return NULL;
}

/* ---- parts of sentences ---- */

void say_field(const struct event *ev, struct str *out, const char *before, const char *path)
{
	size_t len = out->len;

	str_add(out, before);
	if (event_text(ev, path, out))
		return;
	out->len = len;
	if (out->p)
		out->p[len] = '\0';
}

void say_with(const struct event *ev, struct str *out, const char *template, const char *path)
{
	char *text = event_dup(ev, path), *sentence;

	sentence = xasprintf(template, text);
	str_add(out, sentence);
	free(sentence);
	free(text);
}

void say_members(struct json object, struct str *out)
{
	struct json_iter it = json_iter(object);

	while (json_next(&it)) {
		str_add(out, " ");
		json_text(it.key, out);
		str_add(out, "=");
		json_text(it.value, out);
	}
}

/* ---- columns ---- */

void fill_time(const struct telling *of, struct table *t)
{
	table_take(t, xasprintf("%.6f", (double)(of->ev->t_ns - of->trace->zero_ns) / 1e9));
}

void fill_way(const struct telling *of, struct table *t)
{
	table_text(t, of->ev->row->way == WAY_OUT ? _("out") : _("in"));
}

static void add_end(struct str *out, const struct event *ev, const char *addr, const char *port)
{
	char *address = event_dup(ev, addr), *number = event_dup(ev, port);

	str_add_end(out, address, number);
	free(number);
	free(address);
}

char *event_ends(const struct event *ev)
{
	struct str out = { 0 };

	add_end(&out, ev, "saddr", "sport");
	str_add(&out, " > ");
	add_end(&out, ev, "daddr", "dport");
	return str_take(&out);
}

void fill_ends(const struct telling *of, struct table *t)
{
	table_take(t, event_ends(of->ev));
}

void fill_sentence(const struct telling *of, struct table *t)
{
	table_take(t, event_sentence(of->trace, of->ev));
}

void fill_function(const struct telling *of, struct table *t)
{
	struct str out = { 0 };

	if (!event_text(of->ev, "by", &out))
		str_add(&out, of->ev->fn ? of->ev->fn : "-");
	table_take(t, str_take(&out));
}

/* The call chain, innermost first, as far as a line has room. */
static void add_chain(struct table *t, const struct event *ev, int from)
{
	enum {
		FRAMES = 4
	};
	struct json_iter it = json_iter(event_get(ev, "stack"));
	struct str out = { 0 };

	for (int i = 0; i < FRAMES && json_next(&it); i++) {
		if (i < from)
			continue;
		str_add(&out, i > from ? " < " : "");
		json_text(json_path(it.value, "fn"), &out);
	}
	table_take(t, str_take_or_null(&out));
}

void fill_chain(const struct telling *of, struct table *t)
{
	add_chain(t, of->ev, 0);
}

void fill_callers(const struct telling *of, struct table *t)
{
	if (text_is(of->ev->at, "return"))
		table_null(t);
	else
		add_chain(t, of->ev, 1);
}
