// SPDX-License-Identifier: GPL-2.0-or-later
// A whole run: its events, what they speak of (nodes, connections, packets), and its captures.
#include "run/trace.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

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

void trace_contradicts(struct trace *trace, const struct event *ev, const char *path,
		       const char *format, ...)
{
	char *found = event_dup(ev, path), *other;
	va_list args;

	va_start(args, format);
	other = xvasprintf(format, args);
	va_end(args);
	trace_unmatched(trace, xasprintf(_("event %lld: %s is %s, by its other fields and "
					   "events %s"),
					 (long long)ev->n, path, found, other));
	free(found);
	free(other);
}

/* Events are numbered without a gap, so the place is known; after damage it is searched. */
const struct event *trace_event(const struct trace *trace, int64_t n)
{
	size_t guess;

	if (n <= 0 || !trace->events.n || n < trace->events.v[0].n)
		return NULL;
	guess = (size_t)(n - trace->events.v[0].n);
	if (guess < trace->events.n && trace->events.v[guess].n == n)
		return &trace->events.v[guess];
	for (size_t i = 0; i < trace->events.n; i++)
		if (trace->events.v[i].n == n)
			return &trace->events.v[i];
	return NULL;
}

char *conn_end(const struct conn *conn, bool server)
{
	const char *address = server ? conn->server_addr : conn->client_addr;
	struct str out = { 0 };

	if (!address)
		return NULL;
	str_add_port(&out, address, server ? conn->server_port : conn->client_port);
	return str_take(&out);
}

static bool watches(const struct trace *trace, const char *point, size_t len)
{
	for (size_t i = 0; i < trace->points.n; i++) {
		const char *name = trace->points.v[i].name;

		if (strncmp(name, point, len) == 0 && !name[len])
			return true;
	}
	return false;
}

bool trace_watches(const struct trace *trace, const char *point)
{
	return watches(trace, point, strlen(point));
}

const char *trace_find_point(const struct trace *trace, const char *points, bool watched,
			     size_t *len)
{
	for (; *points; points += *len + strspn(points + *len, " ")) {
		*len = strcspn(points, " ");
		if (watches(trace, points, *len) == watched)
			return points;
	}
	return NULL;
}

char *trace_frames(const struct trace *trace)
{
	struct str out = { 0 };

	for (size_t i = 0; i < trace->frames.n; i++)
		str_addf(&out, "%s%zu %s", i ? ", " : "", trace->frames.v[i].n,
			 trace->frames.v[i].name);
	return str_take(&out);
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

bool trace_is_address_of(const struct trace *trace, const char *node, struct address address)
{
	char text[ADDRESS_TEXT];

	address_text(address, text);
	for (size_t i = 0; i < trace->nodes.n; i++)
		if (trace->nodes.v[i].name == node && (text_is(trace->nodes.v[i].address, text) ||
						       text_is(trace->nodes.v[i].address6, text)))
			return true;
	for (size_t i = 0; i < trace->owned.n; i++)
		if (trace->owned.v[i].node == node &&
		    address_same(trace->owned.v[i].address, address))
			return true;
	return false;
}

bool trace_has_six(const struct trace *trace)
{
	for (size_t i = 0; i < trace->nodes.n; i++)
		if (trace->nodes.v[i].address6)
			return true;
	return false;
}

const char *trace_point_of_six(const char *point)
{
	static const char *const pairs[][2] = {
		{ "ip_output", "ip6_output" },
		{ "tcp_v4_rcv", "tcp_v6_rcv" },
		{ "tcp_v4_syn_recv_sock", "tcp_v6_syn_recv_sock" },
		{ "ip_route_output_key_hash_rcu", "ip6_route_output_flags" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (strcmp(pairs[i][0], point) == 0)
			return pairs[i][1];
	return NULL;
}

bool trace_watches_both(const struct trace *trace, const char *point)
{
	const char *six = trace_point_of_six(point);

	return trace_watches(trace, point) &&
	       (!six || !trace_has_six(trace) || trace_watches(trace, six));
}

const struct node *trace_node_by_address(const struct trace *trace, const char *address)
{
	struct address ip;

	for (size_t i = 0; i < trace->nodes.n; i++)
		if (text_is(trace->nodes.v[i].address, address) ||
		    text_is(trace->nodes.v[i].address6, address))
			return &trace->nodes.v[i];
	for (size_t i = 0; address_parse(address, &ip) && i < trace->owned.n; i++)
		if (address_same(trace->owned.v[i].address, ip))
			return trace_node(trace, trace->owned.v[i].node);
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
		conn->child |= ev->kind == EV_TCP_STATE && event_is(ev, "old", "LISTEN") &&
			       event_is(ev, "new", "SYN_RECV");
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

/* As long as it is tentative, it may be another node's. */
static void find_owned(struct trace *trace)
{
	for (size_t i = 0; i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];
		char *flags, *text;
		struct address ip;

		if (!text_is(ev->type, "addr.state"))
			continue;
		flags = event_dup(ev, "flags.new");
		text = event_dup(ev, "addr");
		if (ev->netns && !strstr(flags, "tentative") && address_parse(text, &ip) &&
		    !trace_is_address_of(trace, ev->netns, ip))
			*vec_add(&trace->owned) = (struct owned){ ev->netns, ip };
		free(flags);
		free(text);
	}
}

void trace_find(struct trace *trace)
{
	find_owned(trace);
	find_conns(trace);
	trace->zero_ns = find_zero(trace);
}

struct trace *trace_new(void)
{
	struct trace *trace = xcalloc(1, sizeof(*trace));

	trace->names = names_new();
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
		free(trace->nodes.v[i].address6);
	}
	for (size_t i = 0; i < trace->conns.n; i++) {
		free(trace->conns.v[i].client_addr);
		free(trace->conns.v[i].server_addr);
	}
	for (size_t i = 0; i < trace->wires.n; i++)
		wire_free(&trace->wires.v[i]);
	vec_free(&trace->nodes);
	vec_free(&trace->conns);
	vec_free(&trace->owned);
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
	vec_free(&trace->frames);
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

const char *trace_source(const struct trace *trace)
{
	char *path = xasprintf("%s/net/ipv4/tcp_ipv4.c", trace->source ? trace->source : "");
	bool is_kernel = !access(path, R_OK);

	free(path);
	return is_kernel ? trace->source : NULL;
}
