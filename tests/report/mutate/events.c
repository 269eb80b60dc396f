// SPDX-License-Identifier: GPL-2.0-or-later
// Changes the events of a run: one is deleted, or a value in it is another.
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

enum {
	DEEPEST = 6
};

static void delete_event(struct mutation *m, const struct event *events, size_t n, size_t gone)
{
	struct event *v = m->trace->events.v;
	char *name = xasprintf("deleted: %s", events[gone].type);

	memcpy(v, events, gone * sizeof(*v));
	memcpy(v + gone, events + gone + 1, (n - gone - 1) * sizeof(*v));
	m->trace->events.n = n - 1;
	for (size_t i = 0; i < n - 1; i++) {
		v[i].n = (int64_t)i + 1;
		if (v[i].parent == (int64_t)gone + 1)
			v[i].parent = events[gone].parent;
		else
			v[i].parent -= v[i].parent > (int64_t)gone + 1;
	}
	count(m, name, "event %lld", (long long)events[gone].n);
	free(name);
	memcpy(v, events, n * sizeof(*v));
	m->trace->events.n = n;
}

/* Another value in place of this one; false where there is none to think of. */
static bool another(struct json v, struct str *out)
{
	int64_t number;
	size_t len = (size_t)(v.end - v.p);

	if (json_int(v, &number)) {
		str_addf(out, "%lld", (long long)number + 1);
	} else if (v.kind == JSON_STRING && len > 2 && v.end[-3] != '\\') {
		str_addn(out, v.p, len - 2);
		str_addf(out, "%c\"", v.end[-2] == '1' ? '2' : '1');
	} else if (v.kind == JSON_STRING && len == 2) {
		str_add(out, "\"1\"");
	} else if (v.kind == JSON_BOOL || v.kind == JSON_NULL) {
		str_add(out, v.kind == JSON_NULL ? "1" : json_true(v) ? "false" : "true");
	}
	return out->len != 0;
}

static bool is_of_envelope(const char *name)
{
	for (const char *const *key = event_envelope_keys; *key; key++)
		if (strncmp(*key, name, strlen(*key)) == 0 &&
		    (!name[strlen(*key)] || name[strlen(*key)] == '.'))
			return true;
	return false;
}

/* Whether a frame is the event's, in the run as it is. */
static bool has_frame(const struct mutation *m, size_t event)
{
	for (size_t w = 0; w < m->trace->wires.n; w++)
		for (size_t i = 0; i < m->trace->wires.v[w].frames.n; i++) {
			const struct frame *f = &m->trace->wires.v[w].frames.v[i];

			if (f->tx_event == event + 1 || f->rx_event == event + 1)
				return true;
		}
	return false;
}

/* The fields of segments and of ARP stand in rows of their own: frames tell of them. */
static void count_field(struct mutation *m, const struct event *ev, const char *name, struct json v,
			const char *value)
{
	bool segment = ev->kind == EV_TCP_TX || ev->kind == EV_TCP_RX;
	bool arp = ev->kind == EV_ARP_TX || ev->kind == EV_ARP_RX;
	char *row = xasprintf("%s%s",
			      is_of_envelope(name)    ? ""
			      : segment && !m->framed ? "segment on no wire."
			      : segment		      ? "segment: "
			      : arp		      ? "arp: "
						      : "",
			      name);

	count(m, row, "event %lld (%s): %.*s -> %s", (long long)ev->n, ev->type, (int)(v.end - v.p),
	      v.p, value);
	free(row);
}

static void change_value(struct mutation *m, size_t i, const char *name, struct json v)
{
	struct event *ev = &m->trace->events.v[i], kept = *ev;
	struct str value = { 0 }, line = { 0 };
	const char *what;

	if (!is_turn(m) || !another(v, &value))
		return;
	str_addn(&line, kept.text, (size_t)(v.p - kept.text));
	str_add(&line, str_text(&value));
	str_addn(&line, v.end, kept.len - (size_t)(v.end - kept.text));
	if (!event_read(ev, str_text(&line), line.len, m->trace->names, &what)) {
		ev->line = kept.line;
		count_field(m, &kept, name, v, str_text(&value));
	}
	*ev = kept;
	str_free(&value);
	str_free(&line);
}

/* Every value in an object or a list; of a stack the first function, which is the point's. */
static void change_values(struct mutation *m, size_t i, const char *path, struct json in, int depth)
{
	struct json_iter it = json_iter(in);

	if (depth > DEEPEST || (in.kind != JSON_OBJECT && in.kind != JSON_ARRAY)) {
		change_value(m, i, path, in);
		return;
	}
	while (json_next(&it)) {
		char *name = !it.object ? xstrdup(path)
					: xasprintf("%s%s%.*s", path, *path ? "." : "",
						    (int)(it.key.end - it.key.p) - 2, it.key.p + 1);

		if (strcmp(name, "stack") == 0)
			change_value(m, i, name, json_path(it.value, "0.fn"));
		else
			change_values(m, i, name, it.value, depth + 1);
		free(name);
	}
}

void change_events(struct mutation *m)
{
	size_t n = m->trace->events.n;
	struct event *events = xcalloc(n, sizeof(*events));

	if (n)
		memcpy(events, m->trace->events.v, n * sizeof(*events));
	for (size_t i = 0; i < n; i++) {
		const struct event *ev = &events[i];

		judge(m->trace);
		m->framed = has_frame(m, i);
		delete_event(m, events, n, i);
		change_values(m, i, "", (struct json){ JSON_OBJECT, ev->text, ev->text + ev->len },
			      0);
	}
	free(events);
}
