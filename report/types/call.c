// SPDX-License-Identifier: GPL-2.0-or-later
// A function of the path is entered, or returns: points that have no event of their own.
#include "types/tell.h"
#include "base/i18n.h"

bool is_release(const struct event *ev)
{
	return ev->kind == EV_CALL && text_is(ev->fn, "sock_close") && text_is(ev->at, "enter");
}

static void say_call(const struct telling *of, struct str *out)
{
	const struct event *ev = of->ev;

	if (is_release(ev)) {
		say_with(ev, out, _("socket released in %s, nobody called close()"), "args.by");
		return;
	}
	str_addf(out, "%s()", ev->fn ? ev->fn : "?");
	if (text_is(ev->at, "return"))
		say_field(ev, out, " = ", "ret");
}

static void fill_values(const struct telling *of, struct table *t)
{
	bool returns = text_is(of->ev->at, "return");
	struct json_iter it = json_iter(event_get(of->ev, returns ? "result" : "args"));
	struct str out = { 0 };

	while (json_next(&it)) {
		str_add(&out, out.len ? " " : "");
		json_text(it.key, &out);
		str_add(&out, "=");
		json_text(it.value, &out);
	}
	table_take(t, str_take(&out));
}

/* clang-format off */
static const struct column columns[] = {
	WHEN_AND_WHERE,
	FIELD("ctx", N_("context")),
	FIELD("fn", N_("function")),
	FIELD("at", N_("at")),
	FIELD("ret", N_("result")),
	MADE("values", N_("arguments, or what it gave"), fill_values),
	MADE("callers", N_("called by"), fill_callers),
};
/* clang-format on */

static const struct event_table functions = {
	.key = "functions",
	.title = N_("Kernel functions"),
	.view = "functions",
	.place = 1,
	COLUMNS(columns),
};

static const struct event_type types[] = {
	{
		.name = "call",
		.keys = "args result",
		.kind = EV_CALL,
		.ink = INK_PLAIN,
		.in_ladder = is_release,
		.say = say_call,
		.identity = "point at args.flags",
		.detail = "args.state result.state args.op result.err",
		.exact = "args",
		.table = &functions,
		.meanings = no_meanings,
	},
};
EVENT_FAMILY(call, types);
