// SPDX-License-Identifier: GPL-2.0-or-later
// A view of the programs that labs/programs ran: how each ended, and what it printed.
#include "base/i18n.h"
#include "views/view.h"

static bool is_witness(const struct request *rq, size_t i, const char *what)
{
	const struct event *ev = &rq->trace->events.v[i];

	return ev->kind == EV_WITNESS && event_is(ev, "what", what) && request_wants(rq, ev);
}

bool is_program(const struct request *rq, size_t i)
{
	int64_t lines;

	return is_witness(rq, i, "program") &&
	       json_int(event_get(&rq->trace->events.v[i], "values.lines"), &lines);
}

bool programs_any(const struct request *rq)
{
	for (size_t i = 0; i < request_events(rq); i++)
		if (is_program(rq, i))
			return true;
	return false;
}

char *program_end(const struct event *ev)
{
	char *signal = json_dup(event_get(ev, "values.signal"));

	return signal ? signal : event_dup(ev, "values.status");
}

char *program_said(const struct request *rq, const char *name)
{
	struct str out = { 0 };

	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (!is_witness(rq, i, "printed") || !event_is(ev, "values.name", name))
			continue;
		str_add(&out, out.len ? " | " : "");
		event_text(ev, "values.text", &out);
	}
	return str_take(&out);
}

void view_programs(struct doc *doc, const struct request *rq)
{
	static const struct column ends[] = {
		{ .key = "node", .title = N_("node") },
		{ .key = "program", .title = N_("program") },
		{ .key = "status", .title = N_("exit status") },
		{ .key = "lines", .title = N_("lines printed") },
	};
	static const struct column lines[] = {
		{ .key = "program", .title = N_("program") },
		{ .key = "line", .title = N_("what it printed") },
	};
	struct table *t = DOC_TABLE(doc, "programs", ends, N_("Programs"));

	for (size_t i = 0; i < request_events(rq); i++) {
		const struct event *ev = &rq->trace->events.v[i];

		if (is_witness(rq, i, "ended"))
			table_note(
				t,
				_("The server was ended by the lab, since its clients were done."));
		if (!is_program(rq, i))
			continue;
		table_text(t, ev->netns);
		table_json(t, event_get(ev, "values.name"));
		table_take(t, program_end(ev));
		table_json(t, event_get(ev, "values.lines"));
	}
	t = DOC_TABLE(doc, "printed", lines, N_("What they printed"));
	for (size_t i = 0; i < request_events(rq); i++) {
		if (!is_witness(rq, i, "printed"))
			continue;
		table_json(t, event_get(&rq->trace->events.v[i], "values.name"));
		table_json(t, event_get(&rq->trace->events.v[i], "values.text"));
	}
}
