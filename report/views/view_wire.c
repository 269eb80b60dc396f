// SPDX-License-Identifier: GPL-2.0-or-later
// The ledger of the wire: each frame at each tap with its event, or why it has none.
#include "base/i18n.h"
#include "views/ladder.h"
#include "views/view.h"

static void add_event(struct table *t, const struct trace *trace, size_t index)
{
	if (index)
		table_int(t, trace->events.v[index - 1].n);
	else
		table_null(t);
}

static bool wants_frame(const struct request *rq, const struct frame *f)
{
	size_t index = f->tx_event ? f->tx_event : f->rx_event;

	if (f->hidden || (index > request_events(rq)))
		return false;
	return !rq->filter || (index && request_wants(rq, &rq->trace->events.v[index - 1]));
}

static const char *reason_of(const struct frame *f)
{
	if (f->reason)
		return _(f->reason);
	if (f->kind == FRAME_OTHER)
		return _("neither TCP nor ARP: not looked at");
	return f->tx_event || f->rx_event ? NULL : _("unmatched");
}

static void add_frame(struct table *t, const struct trace *trace, const struct wire *wire, size_t i)
{
	const struct frame *f = &wire->frames.v[i];
	int64_t zero_ns = trace->zero_ns;
	struct str text = { 0 };

	frame_describe(&text, f);
	table_take(t, xasprintf("%s-%s", wire->node, wire->nic));
	table_int(t, (int64_t)i + 1);
	table_take(t,
		   xasprintf("%.6f", (double)(f->t_ns + trace->clock_offset_ns - zero_ns) / 1e9));
	table_text(t, f->sent ? _("out") : _("in"));
	table_take(t, str_take(&text));
	add_event(t, trace, f->tx_event);
	add_event(t, trace, f->rx_event);
	table_text(t, reason_of(f));
}

void view_wire(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "tap", .title = N_("tap") },
		{ .key = "frame", .title = N_("frame") },
		{ .key = "seconds", .title = N_("seconds") },
		{ .key = "direction", .title = "" },
		{ .key = "what", .title = N_("what") },
		{ .key = "tx_event", .title = N_("sent: event") },
		{ .key = "rx_event", .title = N_("received: event") },
		{ .key = "reason", .title = N_("why no event") },
	};
	const struct trace *trace = rq->trace;
	struct table *t = DOC_TABLE(doc, "wire", columns, N_("Frames on the wire"));

	for (size_t w = 0; w < trace->wires.n; w++)
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++)
			if (wants_frame(rq, &trace->wires.v[w].frames.v[i]))
				add_frame(t, trace, &trace->wires.v[w], i);
	if (!t->cells.n)
		table_note(t, _("no such frame"));
	for (size_t i = 0; i < trace->excused.n; i++)
		table_note(t, "%s", trace->excused.v[i]);
	for (size_t i = 0; i < trace->unmatched_list.n; i++)
		table_note(t, _("unmatched: %s"), trace->unmatched_list.v[i]);
	if (trace->unmatched > trace->unmatched_list.n)
		table_note(t, _("unmatched: %zu more"), trace->unmatched - trace->unmatched_list.n);
}
