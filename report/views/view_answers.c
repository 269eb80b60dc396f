// SPDX-License-Identifier: GPL-2.0-or-later
// What is asked first of a run, answered from its events, and which of them say so.
#include "base/i18n.h"
#include "views/ladder.h"
#include "types/tell.h"
#include "views/view.h"

#include <stdlib.h>
#include <string.h>

enum {
	MOST_ROWS = 6, /* to one question */
	MOST_SAID = 100, /* keys that are remembered */
	FRAMES = 5, /* of a call chain */
};

struct answers {
	struct table *table;
	const struct request *rq;
	const char *question; /* of the rows that are added */
	size_t rows; /* that it has */
	size_t more; /* that it would have */
	VEC(char *) said; /* what was answered to it, as a key */
};

static const struct event *events_end(const struct answers *a)
{
	const struct event *first = a->rq->trace->events.v;

	return first ? first + request_events(a->rq) : NULL;
}

static bool flags_are(const struct event *ev, const char *flags)
{
	return ev->kind == EV_TCP_TX && event_is(ev, "flags", flags);
}

/* The row's answer, which it takes over, and up to two events that say so. */
static void answer(struct answers *a, char *text, const struct event *first,
		   const struct event *second)
{
	if (a->rows == MOST_ROWS) {
		a->more++;
		free(text);
		return;
	}
	a->rows++;
	table_text(a->table, a->question);
	table_take(a->table, text);
	if (first && second)
		table_take(a->table,
			   xasprintf("%lld %lld", (long long)first->n, (long long)second->n));
	else if (first)
		table_take(a->table, xasprintf("%lld", (long long)first->n));
	else
		table_null(a->table);
}

/* Was this not yet answered? Takes the key over. */
static bool is_new(struct answers *a, char *key)
{
	for (size_t i = 0; i < a->said.n; i++)
		if (strcmp(a->said.v[i], key) == 0) {
			free(key);
			return false;
		}
	if (a->said.n < MOST_SAID)
		*vec_add(&a->said) = key;
	else
		free(key);
	return true;
}

static double ms_between(const struct event *from, const struct event *to)
{
	return (double)(to->t_ns - from->t_ns) / 1e6;
}

static double seconds_of(const struct answers *a, const struct event *ev)
{
	return (double)(ev->t_ns - a->rq->trace->zero_ns) / 1e9;
}

/* "7.712 ms"; GDB's stops, where there were some, are in it, and it says so. The caller frees it. */
static char *duration(const struct answers *a, const struct event *from, const struct event *to)
{
	bool stopped = a->rq->trace->stops.count > 0;

	return xasprintf(stopped ? _("%.3f ms with GDB's stops") : _("%.3f ms"),
			 ms_between(from, to));
}

/* "connection #2 from port 43906: ", where there are several. The caller frees it. */
static char *whose(const struct answers *a, const struct event *ev)
{
	const struct conn *conn = trace_conn(a->rq->trace, ev->conn);

	if (a->rq->trace->conns.n < 2 || !conn)
		return xstrdup("");
	return xasprintf(_("connection #%lld from port %lld: "), (long long)conn->id,
			 (long long)conn->client_port);
}

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

/* ---- who sent it ---- */

/* The connection's first SYN. */
static const struct event *first_syn(const struct answers *a, int64_t conn)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (ev->conn == conn && flags_are(ev, "S") && request_wants(a->rq, ev))
			return ev;
	return NULL;
}

/* Of each connection, and each end of it: both may send a SYN. */
static void answer_sender(struct answers *a, const char *flags)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		char *by, *conn;

		if (!flags_are(ev, flags) || !request_wants(a->rq, ev) ||
		    !is_new(a, xasprintf("%lld %s", (long long)ev->conn, or_dash(ev->netns))))
			continue;
		by = event_dup(ev, "by");
		conn = whose(a, ev);
		answer(a, xasprintf(_("%s%s() on %s"), conn, or_dash(by), or_dash(ev->netns)), ev,
		       NULL);
		free(conn);
		free(by);
	}
}

static void answer_syn(struct answers *a)
{
	answer_sender(a, "S");
}

static void answer_synack(struct answers *a)
{
	answer_sender(a, "S.");
}

/* ---- queues ---- */

/* The queue's length before or after an event of its own; both are there or none. */
static bool queue_changed(const struct event *ev, const char *queue, int64_t *old, int64_t *new)
{
	char *old_path = xasprintf("%s.old", queue), *new_path = xasprintf("%s.new", queue);

	*old = event_int(ev, old_path, -1);
	*new = event_int(ev, new_path, -1);
	free(old_path);
	free(new_path);
	return ev->kind == EV_CONN_QUEUE && *old >= 0 && *new >= 0 && *old != *new;
}

static void answer_growth(struct answers *a, const char *queue)
{
	int64_t old, new;

	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		char *conn;

		if (!queue_changed(ev, queue, &old, &new) || new < old || !request_wants(a->rq, ev))
			continue;
		conn = whose(a, ev);
		answer(a,
		       xasprintf(_("%sat %.6f s on %s, from %lld to %lld; the accept queue's "
				   "limit is %lld"),
				 conn, seconds_of(a, ev), or_dash(ev->netns), (long long)old,
				 (long long)new, (long long)event_int(ev, "accept_max", 0)),
		       ev, NULL);
		free(conn);
	}
}

/* What made it shorter: accept(), or the third segment of the handshake. */
static void answer_shrinking(struct answers *a, const char *queue)
{
	int64_t old, new;

	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		char *conn, *comm;

		if (!queue_changed(ev, queue, &old, &new) || new > old || !request_wants(a->rq, ev))
			continue;
		conn = whose(a, ev);
		comm = event_dup(ev, "owner.comm");
		answer(a,
		       xasprintf(_("%sat %.6f s on %s, from %lld to %lld, by %s() for %s"), conn,
				 seconds_of(a, ev), or_dash(ev->netns), (long long)old,
				 (long long)new, or_dash(ev->fn), or_dash(comm)),
		       ev, NULL);
		free(comm);
		free(conn);
	}
}

static void answer_accept_queue(struct answers *a)
{
	answer_growth(a, "accept_qlen");
}

static void answer_accept_shrinks(struct answers *a)
{
	answer_shrinking(a, "accept_qlen");
}

static void answer_syn_queue(struct answers *a)
{
	answer_growth(a, "syn_qlen");
}

static void answer_syn_shrinks(struct answers *a)
{
	answer_shrinking(a, "syn_qlen");
}

/* What an event tells, with its time and place. */
static void answer_told(struct answers *a, const struct event *ev, const char *told)
{
	char *conn = whose(a, ev);

	answer(a,
	       xasprintf(_("%sat %.6f s on %s: %s"), conn, seconds_of(a, ev), or_dash(ev->netns),
			 told),
	       ev, NULL);
	free(conn);
}

static void answer_refused(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (ev->kind == EV_CONN_QUEUE && request_wants(a->rq, ev) &&
		    (event_is(ev, "op", "overflow") || event_is(ev, "op", "syn_drop")))
			answer_told(a, ev,
				    event_is(ev, "op", "overflow") ? _("the accept queue was full")
								   : _("the SYN queue was full"));
}

/* ---- routes ---- */

static bool is_route(const struct answers *a, const struct event *ev)
{
	return ev->kind == EV_ROUTE_RESULT && event_is(ev, "dir", "output") &&
	       request_wants(a->rq, ev);
}

/* The last table that was searched for this result: with a prefix that fits, or, for an error, with that. */
static const struct event *lookup_of(const struct answers *a, const struct event *result)
{
	bool failed = event_get(result, "error").kind == JSON_STRING;

	for (const struct event *ev = result; ev-- > a->rq->trace->events.v;) {
		if (ev->netns != result->netns)
			continue;
		if (ev->kind == EV_ROUTE_RESULT)
			return NULL;
		if (ev->kind == EV_FIB_LOOKUP && event_same(ev, result, "purpose") &&
		    event_get(ev, failed ? "err" : "out.prefix").kind == JSON_STRING)
			return ev;
	}
	return NULL;
}

static char *route_text(const struct event *ev)
{
	char *dst = event_dup(ev, "dst"), *via = event_dup(ev, "via");
	char *dev = event_dup(ev, "out_dev"), *error = event_dup(ev, "error"), *text;

	if (*error)
		text = xasprintf(_("%s to %s: no route (%s)"), or_dash(ev->netns), dst, error);
	else if (*via)
		text = xasprintf(_("%s to %s: by way of %s, out of %s"), or_dash(ev->netns), dst,
				 via, or_dash(dev));
	else
		text = xasprintf(_("%s to %s: directly, out of %s"), or_dash(ev->netns), dst,
				 or_dash(dev));
	free(dst);
	free(via);
	free(dev);
	free(error);
	return text;
}

/* The type of route that ends a lookup with this error, or NULL: fib_props in net/ipv4/fib_semantics.c. */
static const char *refusing_type(const char *error)
{
	static const struct {
		const char *error, *type;
	} types[] = {
		{ "EINVAL", "blackhole" },
		{ "EACCES", "prohibit" },
		{ "EHOSTUNREACH", "unreachable" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (text_is(types[i].error, error))
			return types[i].type;
	return NULL;
}

/* "…, because no prefix in table main fits"; takes the route over. */
static char *add_error(char *route, const struct event *lookup)
{
	char *table = event_dup(lookup, "table_name"), *error = event_dup(lookup, "err"), *text;
	const char *type = refusing_type(error);

	if (type)
		text = xasprintf(_("%s, because the longest prefix that fits in table %s is a "
				   "route of the type %s"),
				 route, table, type);
	else
		text = xasprintf(_("%s, because the search of table %s gave %s"), route, table,
				 error);
	free(route);
	free(table);
	free(error);
	return text;
}

static char *route_with_reason(const struct event *ev, const struct event *lookup)
{
	char *route = route_text(ev), *prefix, *table, *text;

	if (!lookup)
		return route;
	if (event_get(ev, "error").kind == JSON_STRING)
		return add_error(route, lookup);
	prefix = event_dup(lookup, "out.prefix");
	table = event_dup(lookup, "out.table_name");
	if (!*table) {
		free(table);
		table = event_dup(lookup, "table_name");
	}
	text = xasprintf(_("%s, because %s/%lld in table %s is the longest prefix that fits"),
			 route, prefix, (long long)event_int(lookup, "out.prefixlen", 0), table);
	free(route);
	free(prefix);
	free(table);
	return text;
}

/* The same way is looked up for each segment: it is said once. */
static void answer_route(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		const struct event *lookup;

		if (!is_route(a, ev) || !is_new(a, route_text(ev)))
			continue;
		lookup = lookup_of(a, ev);
		answer(a, route_with_reason(ev, lookup), ev, lookup);
	}
}

/* How many results the call that this one belongs to had before it. */
static int results_before(const struct answers *a, const struct event *result)
{
	int n = 0;

	for (const struct event *ev = result; ev-- > a->rq->trace->events.v;) {
		n += is_route(a, ev) && ev->parent == result->parent;
		if (ev->n == result->parent)
			break;
	}
	return n;
}

/* connect() needs the way up to three times: each time more of the flow is known. */
static void answer_again_looked_up(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		int before = is_route(a, ev) && ev->parent ? results_before(a, ev) : 0;
		const struct event *lookup = before ? lookup_of(a, ev) : NULL;
		const struct meaning *meaning = lookup ? meaning_of(lookup) : NULL;
		char *purpose = event_dup(ev, "purpose");

		if (meaning && is_new(a, xasprintf("%s %s", or_dash(ev->netns), purpose)))
			answer(a,
			       xasprintf(_("on %s, lookup %d (%s): %s"), or_dash(ev->netns),
					 before + 1, purpose, _(meaning->text)),
			       lookup, ev);
		free(purpose);
	}
}

/* ---- ARP ---- */

static bool is_request(const struct event *ev)
{
	return ev->kind == EV_ARP_TX && event_is(ev, "op", "request") &&
	       !json_true(event_get(ev, "gratuitous"));
}

/* The event that made the address known: the entry's new state, or the reply itself. */
static bool makes_known(const struct event *ev, const struct event *request, const char *address)
{
	if (ev->netns != request->netns)
		return false;
	return (ev->kind == EV_NEIGH_STATE && event_is(ev, "ip", address) &&
		event_is(ev, "nud.new", "REACHABLE")) ||
	       (ev->kind == EV_ARP_RX && event_is(ev, "op", "reply") &&
		event_is(ev, "spa", address));
}

/* A later request for the same address, while it is not known, belongs to the first. */
static bool is_asked_again(const struct answers *a, const struct event *request,
			   const char *address)
{
	for (const struct event *ev = request; ev-- > a->rq->trace->events.v;) {
		if (makes_known(ev, request, address))
			return false;
		if (is_request(ev) && ev->netns == request->netns && event_is(ev, "tpa", address))
			return true;
	}
	return false;
}

static void answer_arp_request(struct answers *a, const struct event *request, const char *address)
{
	const struct event *reply = NULL, *known = NULL;
	long long times = 0;

	for (const struct event *ev = request; ev < events_end(a) && !known; ev++) {
		times += is_request(ev) && ev->netns == request->netns &&
			 event_is(ev, "tpa", address);
		if (makes_known(ev, request, address))
			*(ev->kind == EV_ARP_RX && !reply ? &reply : &known) = ev;
		if (reply && ev > reply + 20)
			break;
	}
	known = known ? known : reply;
	if (known) {
		char *took = duration(a, request, known);

		answer(a,
		       xasprintf(_("%s on %s, from asking for %s to knowing it"), took,
				 or_dash(request->netns), address),
		       request, known);
		free(took);
	} else
		answer(a,
		       xasprintf(_("%s asked for %s, requests: %lld; nobody answered"),
				 or_dash(request->netns), address, times),
		       request, NULL);
}

static void answer_arp(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		char *address;

		if (!is_request(ev) || !request_wants(a->rq, ev))
			continue;
		address = event_dup(ev, "tpa");
		if (!is_asked_again(a, ev, address))
			answer_arp_request(a, ev, address);
		free(address);
	}
}

/* ---- states ---- */

static void answer_established(struct answers *a, const char *old)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++) {
		const struct event *syn;
		char *took, *conn;

		if (ev->kind != EV_TCP_STATE || !ev->conn || !event_is(ev, "old", old) ||
		    !event_is(ev, "new", "ESTABLISHED") || !request_wants(a->rq, ev))
			continue;
		syn = first_syn(a, ev->conn);
		if (!syn)
			continue;
		took = duration(a, syn, ev);
		conn = whose(a, ev);
		answer(a, xasprintf(_("%s%s after the SYN, on %s"), conn, took, or_dash(ev->netns)),
		       syn, ev);
		free(conn);
		free(took);
	}
}

static void answer_client(struct answers *a)
{
	answer_established(a, "SYN_SENT");
}

static void answer_server(struct answers *a)
{
	answer_established(a, "SYN_RECV");
}

/* ---- who called it ---- */

/* "tcp_v4_do_rcv < tcp_v4_rcv < ip_protocol_deliver_rcu": without the function itself. */
static char *callers_of(const struct event *ev)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));
	struct str out = { 0 };

	for (int i = 0; i <= FRAMES && json_next(&it); i++) {
		if (!i)
			continue;
		str_add(&out, i > 1 ? " < " : "");
		json_text(json_path(it.value, "fn"), &out);
	}
	return str_take(&out);
}

static bool enters(const struct event *ev, const char *fn)
{
	return ev->kind == EV_CALL && text_is(ev->fn, fn) && text_is(ev->at, "enter");
}

static char *callers_text(const struct event *ev)
{
	char *callers = callers_of(ev), *state = event_dup(ev, "args.state");
	char *text = xasprintf(_("on %s in %s: %s"), or_dash(ev->netns), or_dash(state), callers);

	free(callers);
	free(state);
	return text;
}

static void answer_callers(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (enters(ev, "tcp_rcv_state_process") && request_wants(a->rq, ev) &&
		    is_new(a, callers_text(ev)))
			answer(a, callers_text(ev), ev, NULL);
}

/* ---- what went wrong ---- */

static void answer_sentence(struct answers *a, const struct event *ev)
{
	char *sentence = event_sentence(a->rq->trace, ev);

	answer_told(a, ev, sentence);
	free(sentence);
}

static void answer_drops(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (ev->kind == EV_SKB_DROP && request_wants(a->rq, ev))
			answer_sentence(a, ev);
}

static void answer_again(struct answers *a)
{
	for (const struct event *ev = a->rq->trace->events.v; ev < events_end(a); ev++)
		if (ev->kind == EV_TCP_TX && json_true(event_get(ev, "retrans")) &&
		    request_wants(a->rq, ev))
			answer_sentence(a, ev);
}

static void answer_programs(struct answers *a)
{
	for (size_t i = 0; i < request_events(a->rq); i++) {
		const struct event *ev = &a->rq->trace->events.v[i];
		char *name, *end, *said;

		if (!is_program(a->rq, i))
			continue;
		name = event_dup(ev, "values.name");
		end = program_end(ev);
		said = program_said(a->rq, name);
		answer(a,
		       xasprintf(_("%s on %s: exit status %s%s%s"), name, or_dash(ev->netns), end,
				 *said ? ": " : "", said),
		       ev, NULL);
		free(said);
		free(end);
		free(name);
	}
}

static const struct question {
	const char *text;
	void (*answer)(struct answers *a);
	const char *none; /* the answer where no event gives one; NULL: not asked then */
} questions[] = {
	{ N_("How did the programs end, and what did they print?"), answer_programs, NULL },
	{ N_("Which function sent the SYN?"), answer_syn, N_("no SYN was sent") },
	{ N_("Which function sent the SYN-ACK?"), answer_synack, N_("no SYN-ACK was sent") },
	{ N_("Which route was chosen, and why?"), answer_route,
	  N_("no route was looked up, or it was not watched") },
	{ N_("Why did one connect() look for the route again?"), answer_again_looked_up, NULL },
	{ N_("How long did ARP take?"), answer_arp,
	  N_("no ARP request: addresses were known, or ARP was not watched") },
	{ N_("When did the SYN queue grow?"), answer_syn_queue,
	  N_("never, or it was not watched") },
	{ N_("When did the accept queue grow?"), answer_accept_queue,
	  N_("never, or it was not watched") },
	{ N_("When did the SYN queue shrink?"), answer_syn_shrinks,
	  N_("never, or it was not watched") },
	{ N_("When did the accept queue shrink?"), answer_accept_shrinks,
	  N_("never, or it was not watched") },
	{ N_("When was a queue full?"), answer_refused, NULL },
	{ N_("When was the client ESTABLISHED?"), answer_client,
	  N_("never, or it was not watched") },
	{ N_("When was the server's child ESTABLISHED?"), answer_server,
	  N_("never, or it was not watched") },
	{ N_("What was sent again?"), answer_again, NULL },
	{ N_("What was dropped, and where?"), answer_drops, NULL },
	{ N_("Who called tcp_rcv_state_process()?"), answer_callers,
	  N_("it was not called, or not watched") },
};

static void ask(struct answers *a, const struct question *question)
{
	a->question = _(question->text);
	a->rows = a->more = 0;
	question->answer(a);
	for (size_t i = 0; i < a->said.n; i++)
		free(a->said.v[i]);
	a->said.n = 0;
	if (!a->rows && question->none)
		answer(a, xstrdup(_(question->none)), NULL, NULL);
	if (a->more)
		table_note(a->table, _("%s More than are shown: %zu"), a->question, a->more);
}

void view_answers(struct doc *doc, const struct request *rq)
{
	static const struct column columns[] = {
		{ .key = "question", .title = N_("what is asked first") },
		{ .key = "answer", .title = N_("answer") },
		{ .key = "events", .title = N_("events") },
	};
	struct answers a = { .rq = rq, .table = DOC_TABLE(doc, "answers", columns, N_("Answers")) };

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		ask(&a, &questions[i]);
	vec_free(&a.said);
}
