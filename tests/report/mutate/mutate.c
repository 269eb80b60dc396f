// SPDX-License-Identifier: GPL-2.0-or-later
// Proves the checks of a run: mutate EVERY RUN... changes one thing of a run at a time (an event deleted, a field of an
// event changed, a frame deleted, a bit of its headers turned) and tells how many of the changes the checks find.
// Of the fields every EVERYth change is made. The checksum of the last line is no help: it is left out.
#include "judge/counters.h"
#include "run/run.h"

#include <stdlib.h>
#include <string.h>

enum {
	DEEPEST = 6,
	ETH_HEADER = 14,
	ARP_BYTES = 42,
	FEWEST = 99, /* of a hundred changes that must be found */
};

/* What became of the changes of one kind. */
struct row {
	const char *name;
	size_t made, found;
};

struct mutation {
	struct trace *trace;
	struct names *names;
	size_t every, turn, base; /* base: what is wrong with the run as it is */
	VEC(struct row) rows;
};

/* Fields of which nothing else in a run tells: name, or a name and what begins with it and a dot. */
static const struct {
	const char *name, *reason;
} unknowable[] = {
	{ "n", "a number alone; a gap is found when the file is read" },
	{ "type", "a type that a reader does not know is skipped" },
	{ "conn", "of an event without ports" },
	{ "pkt", "of an event without a frame" },
	{ "in", "what no other lookup asked" },
	{ "out", "what was found, seen once" },
	{ "table", "what was looked up, seen once" },
	{ "table_name", "what was looked up, seen once" },
	{ "purpose", "told from the stack" },
	{ "err", "what was found, seen once" },
	{ "dir", "what was found, seen once" },
	{ "dst", "what was looked up, seen once" },
	{ "src", "what was looked up, seen once" },
	{ "saddr", "of an event without a frame" },
	{ "daddr", "of an event without a frame" },
	{ "sport", "of an event without a frame" },
	{ "dport", "of an event without a frame" },
	{ "via", "what was found, seen once" },
	{ "out_dev", "what was found, seen once" },
	{ "route_type", "what was found, seen once" },
	{ "error", "what was found, seen once" },
	{ "lladdr",
	  "the kernel's table of neighbours at that moment: ip neigh is compared by expectations" },
	{ "nud", "the kernel's table of neighbours at that moment" },
	{ "why", "told from the stack" },
	{ "probes", "the kernel's table of neighbours at that moment" },
	{ "queue_len", "the kernel's table of neighbours at that moment" },
	{ "queue_bytes", "the kernel's table of neighbours at that moment" },
	{ "ip", "the kernel's table of neighbours at that moment" },
	{ "found", "the kernel's table of neighbours at that moment" },
	{ "obj", "told from the point" },
	{ "in_old_ns", "only the order of times is known" },
	{ "mss", "any that is less than what the other end allows" },
	{ "rcv_nxt", "the end of another segment, too" },
	{ "rcv_wnd", "of a socket that has no segment yet" },
	{ "retransmits", "of a socket that has no segment yet" },
	{ "before", "a counter of which the run has no other account" },
	{ "counted", "a counter of which the run has no other account" },
	{ "segment: data_len", "less than the payload: how it lies in a buffer" },
	{ "srtt_us", "round trips are measured by the kernel alone" },
	{ "rto_ms", "made from round trips, which the kernel alone measures" },
	{ "old_raw", "of a new object: there was none" },
	{ "old", "of a new object: there was none" },
	{ "listener", "an address, seen for what it is worth" },
	{ "req", "an address, seen for what it is worth" },
	{ "child", "an address, seen for what it is worth" },
	{ "accept_max", "a field of the socket at that moment" },
	{ "syn_qlen", "of an operation that leaves it as it is" },
	{ "accept_qlen", "of an operation that leaves it as it is" },
	{ "synack_retrans", "a field of the request at that moment" },
	{ "fd", "an argument, seen once" },
	{ "op", "an operation that the fields allow, too" },
	{ "by_fn", "told from the stack" },
	{ "by_file", "told from the stack" },
	{ "by_line", "told from the stack" },
	{ "reason", "the kernel's word, seen once" },
	{ "proto", "of a drop" },
	{ "step", "of the first step" },
	{ "name", "the step's own word" },
	{ "what", "what a program of the guest said: an expectation compares it" },
	{ "frame: Ethernet header", "the last bytes of a frame that is for nobody" },
	{ "t_ns", "between times in which the guest idled" },
	{ "icount", "behind a time in which the guest idled" },
	{ "ctx", "the processor's own state at that moment" },
	{ "pid", "of a task of which no other event tells" },
	{ "comm", "the processor's own state at that moment" },
	{ "owner", "who opened a socket is seen once" },
	{ "netns", "of what crosses no wire" },
	{ "at", "of a function of which one of both is watched" },
	{ "file", "debug information, not the run" },
	{ "line", "debug information, not the run" },
	{ "ret", "a value that a function gave, seen once" },
	{ "sk", "an address, seen for what it is worth" },
	{ "skb", "an address, seen for what it is worth" },
	{ "dev", "of what crosses no wire" },
	{ "parent", "another call on the same stack" },
	{ "args", "an argument, seen once" },
	{ "result", "a value that a function gave, seen once" },
	{ "values", "what a program of the guest said: an expectation compares it" },
	{ "segment: cloned", "of a received segment: whoever taps it makes it so" },
	{ "segment: by", "another function of the same stack" },
	{ "segment: joined", "of a segment that the kernel did not join" },
	{ "segment: retrans", "of a received segment: not known" },
};

/* Whether a change of this name is one that nothing tells of; its reason. */
static const char *reason_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(unknowable); i++) {
		size_t len = strlen(unknowable[i].name);

		if (strncmp(name, unknowable[i].name, len) == 0 && (!name[len] || name[len] == '.'))
			return unknowable[i].reason;
	}
	return NULL;
}

/* ---- judging the run as it is now ---- */

static void forget(struct trace *trace)
{
	for (size_t i = 0; i < trace->unmatched_list.n; i++)
		free(trace->unmatched_list.v[i]);
	for (size_t i = 0; i < trace->excused.n; i++)
		free(trace->excused.v[i]);
	for (size_t i = 0; i < trace->problems.n; i++)
		free(trace->problems.v[i]);
	trace->unmatched_list.n = trace->excused.n = trace->problems.n = 0;
	trace->unmatched = trace->problem_count = trace->frames_tcp = trace->frames_arp = 0;
	for (size_t i = 0; i < trace->events.n; i++) {
		trace->events.v[i].peer = 0;
		trace->events.v[i].seen_on = NULL;
	}
	for (size_t w = 0; w < trace->wires.n; w++)
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++) {
			struct frame *f = &trace->wires.v[w].frames.v[i];

			f->tx_event = f->rx_event = f->twin = f->twin_wire = 0;
			f->reason = NULL;
		}
}

static size_t judge(struct trace *trace)
{
	struct counters counters;

	forget(trace);
	run_join(trace);
	counters_judge(&counters, trace);
	counters_free(&counters);
	return trace->unmatched + trace->problem_count;
}

static void count(struct mutation *m, const char *name)
{
	struct row *row = NULL;

	name = names_get(m->names, name, strlen(name));
	for (size_t i = 0; !row && i < m->rows.n; i++)
		if (m->rows.v[i].name == name)
			row = &m->rows.v[i];
	if (!row) {
		row = vec_add(&m->rows);
		*row = (struct row){ .name = name };
	}
	row->made++;
	row->found += judge(m->trace) != m->base;
}

/* ---- events ---- */

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
	count(m, name);
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

/* The fields of segments and of ARP stand in rows of their own: frames tell of them. */
static void count_field(struct mutation *m, const struct event *ev, const char *name)
{
	bool segment = ev->kind == EV_TCP_TX || ev->kind == EV_TCP_RX;
	bool arp = ev->kind == EV_ARP_TX || ev->kind == EV_ARP_RX;
	char *row = xasprintf("%s%s",
			      is_of_envelope(name) ? ""
			      : segment		   ? "segment: "
			      : arp		   ? "arp: "
						   : "",
			      name);

	count(m, row);
	free(row);
}

static void change_value(struct mutation *m, size_t i, const char *name, struct json v)
{
	struct event *ev = &m->trace->events.v[i], kept = *ev;
	struct str value = { 0 }, line = { 0 };
	const char *what;

	if (m->turn++ % m->every || !another(v, &value))
		return;
	str_addn(&line, kept.text, (size_t)(v.p - kept.text));
	str_add(&line, str_text(&value));
	str_addn(&line, v.end, kept.len - (size_t)(v.end - kept.text));
	if (!event_read(ev, str_text(&line), line.len, m->trace->names, &what)) {
		ev->line = kept.line;
		count_field(m, &kept, name);
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

static void change_events(struct mutation *m)
{
	size_t n = m->trace->events.n;
	struct event *events = xcalloc(n, sizeof(*events));

	if (n)
		memcpy(events, m->trace->events.v, n * sizeof(*events));
	for (size_t i = 0; i < n; i++) {
		const struct event *ev = &events[i];

		delete_event(m, events, n, i);
		change_values(m, i, "", (struct json){ JSON_OBJECT, ev->text, ev->text + ev->len },
			      0);
	}
	free(events);
}

/* ---- frames ---- */

static void delete_frame(struct mutation *m, struct wire *wire, size_t gone)
{
	size_t rest = (wire->frames.n - gone - 1) * sizeof(struct frame);
	struct frame kept = wire->frames.v[gone];

	memmove(&wire->frames.v[gone], &wire->frames.v[gone + 1], rest);
	wire->frames.n--;
	count(m, "frame deleted");
	memmove(&wire->frames.v[gone + 1], &wire->frames.v[gone], rest);
	wire->frames.v[gone] = kept;
	wire->frames.n++;
}

static const char *part_of(const struct frame *f, size_t at)
{
	if (at < ETH_HEADER)
		return "frame: Ethernet header";
	if (f->kind == FRAME_ARP)
		return "frame: ARP";
	return at < ETH_HEADER + (size_t)f->ip_header ? "frame: IP header" : "frame: TCP header";
}

static void turn_bit(struct mutation *m, struct frame *f, size_t at)
{
	struct frame kept = *f;

	f->bytes[at] ^= (unsigned char)(1u << at % 8);
	*f = (struct frame){
		.t_ns = kept.t_ns, .cap_len = kept.cap_len, .len = kept.len, .bytes = kept.bytes
	};
	frame_decode(f);
	count(m, part_of(&kept, at));
	*f = kept;
	f->bytes[at] ^= (unsigned char)(1u << at % 8);
}

static size_t header_bytes(const struct frame *f)
{
	size_t bytes = f->kind == FRAME_ARP ? ARP_BYTES : ETH_HEADER + f->ip_header + f->tcp_header;

	return bytes < f->cap_len ? bytes : f->cap_len;
}

static void change_frames(struct mutation *m)
{
	for (size_t w = 0; w < m->trace->wires.n; w++)
		for (size_t i = 0; i < m->trace->wires.v[w].frames.n; i++) {
			struct frame *f = &m->trace->wires.v[w].frames.v[i];

			if (f->kind == FRAME_OTHER)
				continue;
			delete_frame(m, &m->trace->wires.v[w], i);
			for (size_t at = 0; at < header_bytes(f); at++)
				if (m->turn++ % m->every == 0)
					turn_bit(m, f, at);
		}
}

/* ---- all of it ---- */

static bool change_run(struct mutation *m, const char *run)
{
	char *error = NULL;

	m->trace = run_open(run, &error);
	if (!m->trace) {
		fprintf(stderr, "mutate: %s\n", error);
		free(error);
		return false;
	}
	m->base = judge(m->trace);
	change_events(m);
	change_frames(m);
	trace_free(m->trace);
	return true;
}

/* The table; false if of what can be known fewer than FEWEST of a hundred changes were found. */
static bool tell(const struct mutation *m)
{
	size_t made = 0, found = 0, knowable = 0, known = 0;

	printf("%-28s %8s %8s\n", "changed", "times", "found");
	for (size_t i = 0; i < m->rows.n; i++) {
		const struct row *row = &m->rows.v[i];
		const char *reason = row->found < row->made ? reason_of(row->name) : NULL;

		printf("%-28s %8zu %8zu %s\n", row->name, row->made, row->found,
		       reason ? reason : "");
		made += row->made;
		found += row->found;
		if (!reason) {
			knowable += row->made;
			known += row->found;
		}
	}
	printf("all: %zu changes, %zu found; of %zu of which something tells, %zu: %.2f %%\n", made,
	       found, knowable, known, knowable ? 100.0 * (double)known / (double)knowable : 0);
	return known * 100 >= knowable * FEWEST;
}

int main(int argc, char **argv)
{
	struct mutation m = { .every = argc > 1 ? strtoul(argv[1], NULL, 10) : 0,
			      .names = names_new() };
	bool good = true;

	if (argc < 3 || !m.every) {
		fputs("usage: mutate EVERY RUN...\n", stderr);
		return 2;
	}
	for (int i = 2; i < argc; i++)
		good = change_run(&m, argv[i]) && good;
	good = tell(&m) && good;
	vec_free(&m.rows);
	names_free(m.names);
	return !good;
}
