// SPDX-License-Identifier: GPL-2.0-or-later
// The page's frames: the bytes of each one that is an event's, and what its headers' fields say.
#include "forms/page.h"
#include "run/dissect.h"

enum {
	MOST_FRAMES = 5000,
	MOST_BYTES = 256, /* of a frame: headers, and what a student has sent */
};

static void field_put(const struct dissected *field, void *data)
{
	FILE *out = data;

	if (field->bit >= MOST_BYTES * 8)
		return;
	fputs(",[", out);
	json_put(out, field->name);
	fprintf(out, ",%u,%u,", field->bit, field->bits);
	json_put(out, field->value);
	fputs("]", out);
}

/* The event of a frame at its sender; at its reader, where it came from elsewhere. */
static const struct event *event_of(const struct trace *trace, const struct frame *f)
{
	const struct event *received = f->rx_event ? &trace->events.v[f->rx_event - 1] : NULL;

	if (f->tx_event)
		return &trace->events.v[f->tx_event - 1];
	return received && !received->peer ? received : NULL;
}

/* {"NUMBER":[LENGTH,"BYTES",[NAME,BIT,BITS,VALUE]…]…} by the events' numbers */
void put_frames(struct page *page)
{
	const struct trace *trace = page->rq->trace;
	size_t put = 0;

	fputs("\"octets\":{", page->out);
	for (size_t w = 0; w < trace->wires.n; w++)
		for (size_t i = 0; i < trace->wires.v[w].frames.n && put < MOST_FRAMES; i++) {
			const struct frame *f = &trace->wires.v[w].frames.v[i];
			const struct event *ev = event_of(trace, f);

			if (!ev || ev->n > (int64_t)request_events(page->rq))
				continue;
			fprintf(page->out, "%s\"%lld\":[%u,\"", put++ ? ",\n" : "\n",
				(long long)ev->n, f->len);
			for (size_t b = 0; b < f->cap_len && b < MOST_BYTES; b++)
				fprintf(page->out, "%02x", f->bytes[b]);
			fputs("\"", page->out);
			frame_dissect(f, field_put, page->out);
			fputs("]", page->out);
		}
	fputs("},\n", page->out);
}
