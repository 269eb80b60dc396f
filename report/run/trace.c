// SPDX-License-Identifier: GPL-2.0-or-later
// A whole run: its events, what they speak of (nodes, connections, packets), and its captures.
#include "run/trace.h"
#include "base/i18n.h"
#include "base/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void trace_problem(struct trace *trace, const char *format, ...)
{
	va_list args;

	if (trace->problem_count++ >= PROBLEMS_KEPT)
		return;
	va_start(args, format);
	*vec_add(&trace->problems) = xvasprintf(format, args);
	va_end(args);
}

void trace_unmatched(struct trace *trace, char *text)
{
	trace->unmatched++;
	if (trace->unmatched_list.n < PROBLEMS_KEPT)
		*vec_add(&trace->unmatched_list) = text;
	else
		free(text);
}

bool trace_watches(const struct trace *trace, const char *point)
{
	for (size_t i = 0; i < trace->points.n; i++)
		if (strcmp(trace->points.v[i].name, point) == 0)
			return true;
	return false;
}

const struct node *trace_node(const struct trace *trace, const char *name)
{
	for (size_t i = 0; i < trace->nodes.n; i++)
		if (text_is(trace->nodes.v[i].name, name))
			return &trace->nodes.v[i];
	return NULL;
}

const struct node *trace_node_by_mac(const struct trace *trace, const char *mac)
{
	for (size_t i = 0; i < trace->nodes.n; i++)
		if (text_is(trace->nodes.v[i].mac, mac))
			return &trace->nodes.v[i];
	return NULL;
}

const struct node *trace_node_by_address(const struct trace *trace, const char *address)
{
	for (size_t i = 0; i < trace->nodes.n; i++)
		if (text_is(trace->nodes.v[i].address, address))
			return &trace->nodes.v[i];
	return NULL;
}

/* Ids count from 1 in the order of appearance, so the place is nearly always id - 1. */
struct conn *trace_conn(const struct trace *trace, int64_t id)
{
	if (id > 0 && (size_t)id <= trace->conns.n && trace->conns.v[id - 1].id == id)
		return &trace->conns.v[id - 1];
	for (size_t i = 0; id > 0 && i < trace->conns.n; i++)
		if (trace->conns.v[i].id == id)
			return &trace->conns.v[i];
	return NULL;
}

static int64_t number_of(struct json object, const char *key)
{
	int64_t number;

	return json_int(json_path(object, key), &number) ? number : 0;
}

static char *dup_of(struct json object, const char *key)
{
	return json_dup(json_path(object, key));
}

static void read_nodes(struct trace *trace, struct json nodes)
{
	struct json_iter it = json_iter(nodes);
	struct node *node;
	char *name;

	while (json_next(&it)) {
		name = dup_of(it.value, "node");
		if (!name)
			continue;
		node = vec_add(&trace->nodes);
		node->name = names_get(trace->names, name, strlen(name));
		node->nic = dup_of(it.value, "nic");
		node->mac = dup_of(it.value, "mac");
		node->address = dup_of(it.value, "address");
		node->hub = number_of(it.value, "hub");
		if (node->address)
			node->address[strcspn(node->address, "/")] = '\0';
		free(name);
	}
}

static struct point *find_point(struct trace *trace, struct json from)
{
	char *name = dup_of(from, "name");
	struct point *point;

	if (!name)
		name = xstrdup("?");
	for (size_t i = 0; i < trace->points.n; i++)
		if (strcmp(trace->points.v[i].name, name) == 0) {
			free(name);
			return &trace->points.v[i];
		}
	point = vec_add(&trace->points);
	*point = (struct point){ .name = name };
	return point;
}

static void read_meta(struct trace *trace, struct json meta)
{
	struct json_iter it;
	struct point *point;

	trace->has_meta = true;
	trace->release = dup_of(meta, "kernel.release");
	trace->build_id = dup_of(meta, "kernel.build_id");
	trace->config = dup_of(meta, "kernel.config_sha256");
	trace->note = dup_of(meta, "kernel.note");
	trace->lab = dup_of(meta, "lab");
	trace->engine = dup_of(meta, "engine");
	trace->mode = dup_of(meta, "mode");
	trace->source = dup_of(meta, "host.source");
	read_nodes(trace, json_path(meta, "nodes"));
	for (it = json_iter(json_path(meta, "points")); json_next(&it);) {
		point = find_point(trace, it.value);
		free(point->as);
		free(point->fn);
		free(point->note);
		point->as = dup_of(it.value, "as");
		point->fn = dup_of(it.value, "fn");
		point->note = dup_of(it.value, "note");
		point->places = number_of(it.value, "places");
	}
}

static void read_end(struct trace *trace, struct json end)
{
	struct json_iter it;
	struct point *point;

	trace->has_end = true;
	trace->complete = json_true(json_path(end, "complete"));
	trace->end_hits = number_of(end, "hits");
	trace->end_events = number_of(end, "events");
	trace->stops.count = number_of(json_path(end, "stops"), "count");
	trace->stops.moved_ns = number_of(json_path(end, "stops"), "moved_ns");
	trace->stops.most_ns = number_of(json_path(end, "stops"), "most_ns");
	trace->digest = dup_of(end, "sha256");
	for (it = json_iter(json_path(end, "points")); json_next(&it);) {
		point = find_point(trace, it.value);
		free(point->why);
		point->why = dup_of(it.value, "why");
		point->hits = number_of(it.value, "hits");
		point->events = number_of(it.value, "events");
		point->duplicates = number_of(it.value, "duplicates");
	}
}

static void read_frame_line(struct trace *trace, struct json line, size_t number, bool meta)
{
	if (meta && !trace->has_meta && trace->events.n == 0)
		read_meta(trace, line);
	else if (!meta && !trace->has_end)
		read_end(trace, line);
	else
		trace_problem(trace, _("events.jsonl:%zu: a second '%s' line"), number,
			      meta ? "meta" : "end");
}

/* The first and the last line are told from events by how they begin: {"type":"meta" */
static bool line_begins(const char *text, size_t len, const char *type)
{
	size_t type_len = strlen(type);
	const char *p = text, *end = text + (len < 40 ? len : 40);
	char letters[40];
	size_t n = 0;

	for (; p < end && n < sizeof(letters); p++)
		if (*p != ' ' && *p != '\t')
			letters[n++] = *p;
	return n > type_len + 9 && memcmp(letters, "{\"type\":\"", 9) == 0 &&
	       memcmp(letters + 9, type, type_len) == 0 && letters[9 + type_len] == '"';
}

static void check_number(struct trace *trace, const struct event *ev)
{
	const struct event *before;

	if (trace->events.n < 2)
		return;
	before = &trace->events.v[trace->events.n - 2];
	if (ev->n != before->n + 1)
		trace_problem(trace, _("events.jsonl:%zu: event %lld after event %lld: a gap"),
			      ev->line, (long long)ev->n, (long long)before->n);
}

static void read_event(struct trace *trace, const char *text, size_t len, size_t number)
{
	struct event ev;
	const char *what, *reason = event_read(&ev, text, len, trace->names, &what);

	if (reason && what)
		trace_problem(trace, "events.jsonl:%zu: %s '%s'", number, _(reason), what);
	else if (reason)
		trace_problem(trace, "events.jsonl:%zu: %s", number, _(reason));
	if (reason)
		return;
	ev.line = number;
	*vec_add(&trace->events) = ev;
	check_number(trace, &ev);
}

/* `len` is without the newline, which belongs to the sum of the events. */
static void read_line(struct trace *trace, struct sha256 *sum, const char *text, size_t len,
		      size_t number)
{
	bool meta = line_begins(text, len, "meta");
	struct json line;
	const char *reason;

	if (!meta && !line_begins(text, len, "end")) {
		sha256_add(sum, text, len);
		sha256_add(sum, "\n", 1);
		read_event(trace, text, len, number);
		return;
	}
	reason = json_parse(text, len, &line);
	if (reason)
		trace_problem(trace, "events.jsonl:%zu: %s", number, _(reason));
	else
		read_frame_line(trace, line, number, meta);
}

/* Events that were changed after the run are none. */
static void check_sum(struct trace *trace, struct sha256 *sum, size_t number)
{
	char found[SHA256_TEXT];

	sha256_end(sum, found);
	if (trace->has_end && !text_is(trace->digest, found))
		trace_problem(trace, _("events.jsonl:%zu: sha256 is %s, but the events have %s"),
			      number, trace->digest ? trace->digest : "null", found);
}

static void read_text(struct trace *trace, const char *text, size_t len)
{
	const char *end = text + len, *newline;
	struct sha256 sum;
	size_t number = 1;

	sha256_start(&sum);
	for (; text < end; text = newline + 1, number++) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline) {
			trace_problem(trace, _("events.jsonl:%zu: the last line is cut off"),
				      number);
			newline = end;
		}
		if (newline > text)
			read_line(trace, &sum, text, (size_t)(newline - text), number);
	}
	if (!trace->has_meta)
		trace_problem(trace, _("events.jsonl:1: no 'meta' line"));
	if (!trace->has_end)
		trace_problem(trace, _("events.jsonl:%zu: no 'end' line"), number);
	else if (!trace->complete)
		trace_problem(trace, _("events.jsonl:%zu: the end of the lab was not seen"),
			      number - 1);
	check_sum(trace, &sum, number - 1);
}

static struct conn *add_conn(struct trace *trace, int64_t id)
{
	struct conn *conn = trace_conn(trace, id);

	if (conn)
		return conn;
	conn = vec_add(&trace->conns);
	*conn = (struct conn){ .id = id };
	return conn;
}

/* The first segment of a connection tells who is who: its sender is the client, unless it is
 * an answer (SYN-ACK), where the beginning was not captured. */
static void name_ends(struct trace *trace, struct conn *conn, const struct event *ev)
{
	bool answer = event_is(ev, "flags", "S.");
	const char *client[] = { "saddr", "sport" }, *server[] = { "daddr", "dport" };
	const char **from = answer ? server : client, **to = answer ? client : server;
	const struct node *node;

	conn->client_addr = event_dup(ev, from[0]);
	conn->server_addr = event_dup(ev, to[0]);
	conn->client_port = event_int(ev, from[1], 0);
	conn->server_port = event_int(ev, to[1], 0);
	node = trace_node_by_address(trace, conn->server_addr);
	conn->server_node = node ? node->name : NULL;
}

static void find_conns(struct trace *trace)
{
	struct conn *conn;

	for (size_t i = 0; i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];

		if (ev->conn <= 0)
			continue;
		conn = add_conn(trace, ev->conn);
		conn->events++;
		if (!conn->client_addr && (ev->kind == EV_TCP_TX || ev->kind == EV_TCP_RX))
			name_ends(trace, conn, ev);
	}
}

/* Time counts from the first segment, so that retransmits read 1 s, 3 s, 7 s. */
static int64_t find_zero(const struct trace *trace)
{
	for (size_t i = 0; i < trace->events.n; i++)
		if (trace->events.v[i].kind == EV_TCP_TX)
			return trace->events.v[i].t_ns;
	return trace->events.n ? trace->events.v[0].t_ns : 0;
}

static struct trace *trace_new(void)
{
	struct trace *trace = xcalloc(1, sizeof(*trace));

	trace->names = names_new();
	return trace;
}

struct trace *trace_of_text(const char *text, size_t len)
{
	struct trace *trace = trace_new();

	read_text(trace, text, len);
	find_conns(trace);
	trace->zero_ns = find_zero(trace);
	return trace;
}

static char *cannot_open(const char *path)
{
	return xasprintf("cannot open '%s': %s", path, strerror(errno));
}

static char *map_file(struct trace *trace, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *error = NULL;

	if (fd < 0)
		return cannot_open(path);
	if (fstat(fd, &st) < 0)
		error = cannot_open(path);
	else if (!S_ISREG(st.st_mode))
		error = xasprintf("cannot open '%s': not a regular file", path);
	else if (st.st_size == 0)
		error = xasprintf("'%s' is empty: the run wrote no events", path);
	if (!error) {
		trace->map_len = (size_t)st.st_size;
		trace->map = mmap(NULL, trace->map_len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (trace->map == MAP_FAILED) {
			trace->map = NULL;
			error = cannot_open(path);
		}
	}
	close(fd);
	return error;
}

/* Reads a capture; a node that sent nothing to itself has none of its loopback device. */
static void read_wire(struct trace *trace, const char *node, const char *nic, bool needed)
{
	char *path = xasprintf("%s/wire-%s-%s.pcap", trace->folder, node, nic);
	struct wire *wire;

	if (needed || access(path, F_OK) == 0) {
		wire = vec_add(&trace->wires);
		wire_read(wire, path, node, nic);
		if (wire->problem)
			trace_problem(trace, "%s", wire->problem);
	}
	free(path);
}

static void read_wires(struct trace *trace)
{
	const struct node *node;

	for (size_t i = 0; i < trace->nodes.n; i++) {
		node = &trace->nodes.v[i];
		if (node->nic && !strchr(node->name, '/') && !strchr(node->nic, '/'))
			read_wire(trace, node->name, node->nic, true);
	}
	for (size_t i = 0; i < trace->nodes.n; i++) {
		node = &trace->nodes.v[i];
		if (trace_node(trace, node->name) == node && !strchr(node->name, '/'))
			read_wire(trace, node->name, LOOPBACK, false);
	}
}

static void hide_events(struct trace *trace, const struct frame *f)
{
	if (f->tx_event)
		trace->events.v[f->tx_event - 1].hidden = f->hidden;
	if (f->rx_event)
		trace->events.v[f->rx_event - 1].hidden = f->hidden;
}

char *trace_filter_packets(struct trace *trace, const char *expression)
{
	char *error = NULL;

	for (size_t w = 0; !error && w < trace->wires.n; w++) {
		struct wire *wire = &trace->wires.v[w];

		error = wire_filter(wire, expression);
		for (size_t i = 0; !error && i < wire->frames.n; i++)
			hide_events(trace, &wire->frames.v[i]);
	}
	return error;
}

/* The folder of "RUN" or of "RUN/events.jsonl". */
static char *folder_of(const char *run)
{
	struct stat st;
	const char *slash;

	if (stat(run, &st) == 0 && S_ISDIR(st.st_mode))
		return xstrdup(run);
	slash = strrchr(run, '/');
	return slash ? xstrndup(run, (size_t)(slash - run)) : xstrdup(".");
}

struct trace *trace_open(const char *run, char **error)
{
	struct trace *trace = trace_new();
	struct stat st;
	char *path;

	trace->folder = folder_of(run);
	path = stat(run, &st) == 0 && !S_ISDIR(st.st_mode) ? xstrdup(run)
							   : xasprintf("%s/events.jsonl", run);
	*error = map_file(trace, path);
	free(path);
	if (*error) {
		trace_free(trace);
		return NULL;
	}
	read_text(trace, trace->map, trace->map_len);
	find_conns(trace);
	trace->zero_ns = find_zero(trace);
	read_wires(trace);
	ledger_join(trace);
	agree_check(trace);
	derive_check(trace);
	return trace;
}

static void free_points(struct trace *trace)
{
	for (size_t i = 0; i < trace->points.n; i++) {
		struct point *p = &trace->points.v[i];

		free(p->name);
		free(p->as);
		free(p->fn);
		free(p->note);
		free(p->why);
	}
	vec_free(&trace->points);
}

static void free_topology(struct trace *trace)
{
	for (size_t i = 0; i < trace->nodes.n; i++) {
		free(trace->nodes.v[i].nic);
		free(trace->nodes.v[i].mac);
		free(trace->nodes.v[i].address);
	}
	for (size_t i = 0; i < trace->conns.n; i++) {
		free(trace->conns.v[i].client_addr);
		free(trace->conns.v[i].server_addr);
	}
	for (size_t i = 0; i < trace->wires.n; i++)
		wire_free(&trace->wires.v[i]);
	vec_free(&trace->nodes);
	vec_free(&trace->conns);
	vec_free(&trace->wires);
}

static void free_meta(struct trace *trace)
{
	char **texts[] = { &trace->folder, &trace->release, &trace->lab,      &trace->engine,
			   &trace->mode,   &trace->note,    &trace->build_id, &trace->config,
			   &trace->source, &trace->digest };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(*texts[i]);
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	free_points(trace);
	free_topology(trace);
	free_meta(trace);
	for (size_t i = 0; i < trace->problems.n; i++)
		free(trace->problems.v[i]);
	for (size_t i = 0; i < trace->unmatched_list.n; i++)
		free(trace->unmatched_list.v[i]);
	for (size_t i = 0; i < trace->excused.n; i++)
		free(trace->excused.v[i]);
	vec_free(&trace->problems);
	vec_free(&trace->excused);
	vec_free(&trace->unmatched_list);
	vec_free(&trace->events);
	names_free(trace->names);
	if (trace->map)
		munmap(trace->map, trace->map_len);
	free(trace);
}

char *point_note(const struct point *point)
{
	const char *text = point->hits == 0 && point->why ? point->why : point->note;
	size_t name = text && point->fn && starts_with(text, point->fn) ? strlen(point->fn) : 0;

	return text ? xasprintf("%.*s%s", (int)name, text, _(text + name)) : NULL;
}
