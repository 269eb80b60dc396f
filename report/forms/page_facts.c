// SPDX-License-Identifier: GPL-2.0-or-later
// What the report knows of events and the page draws: looks, layers, flags, how routes were found, states of neighbours.
#include "forms/page.h"
#include "types/tell.h"
#include "views/routes.h"

#include <stdlib.h>

/* The types of this run: what they look like, and whether they are a packet's on its way out or in. */
static void put_types(struct page *page)
{
	static const char *const ways[] = { [WAY_NONE] = NULL, [WAY_OUT] = "out", [WAY_IN] = "in" };
	const struct event_type *type;

	fputs("\"types\":{", page->out);
	for (size_t i = 0; (type = type_at(i)); i++) {
		fputs(i ? ",\n" : "\n", page->out);
		json_put(page->out, type->name);
		fputs(":{", page->out);
		put_member(page->out, "ink", ink_name(type->ink));
		fputs("\"way\":", page->out);
		json_put(page->out, ways[type->way]);
		fputc('}', page->out);
	}
	fputs("},\n", page->out);
}

static void put_layers(struct page *page)
{
	fputs("\"layers\":[", page->out);
	for (size_t i = 0; layers[i].prefix; i++)
		fprintf(page->out, "%s[\"%s\",\"%s\"]", i ? "," : "", layers[i].prefix,
			layers[i].name);
	fputs("],\n", page->out);
}

static void put_flags(struct page *page)
{
	const char *name;
	char letter[2] = "";

	fputs("\"flags\":{", page->out);
	for (size_t i = 0; (name = tcp_flag_name(i, letter)); i++)
		fprintf(page->out, "%s\"%s\":\"%s\"", i ? "," : "", letter, name);
	fputs("},\n", page->out);
}

/* Of the page's events the one that it begins with: the first segment that was sent, or the first packet. */
static void put_first(struct page *page)
{
	const struct event *first = NULL;

	for (size_t i = 0; i < request_events(page->rq); i++) {
		const struct event *ev = &page->rq->trace->events.v[i];

		if (ev->kind == EV_TCP_TX) {
			first = ev;
			break;
		}
		if (!first && ev->row->way != WAY_NONE)
			first = ev;
	}
	fprintf(page->out, "\"first_packet\":%lld,\n", first ? (long long)first->n : 0);
}

/* One of the searches for a result: its event, the rule that asked for it, and what kind of route refused. */
static void put_search(struct page *page, const struct event *search)
{
	const struct event *rule = search_rule(page->rq->trace, search);

	fprintf(page->out, "{\"n\":%lld,\"rule\":%lld,\"refused_by\":", (long long)search->n,
		rule ? (long long)rule->n : 0);
	json_put(page->out, search_refused_by(search));
	fputc('}', page->out);
}

/* A result, with the searches for it in their order; the last one that found a prefix for it has won. */
static void put_route(struct page *page, const struct event *result)
{
	const struct trace *trace = page->rq->trace;
	VEC(const struct event *) searches = { 0 };
	const struct event *won = NULL;

	for (const struct event *ev = search_before(trace, result); ev;
	     ev = search_before(trace, ev)) {
		if (!search_is_of(ev, result))
			continue;
		*vec_add(&searches) = ev;
		if (!won && event_get(ev, "out").kind == JSON_OBJECT &&
		    event_same(ev, result, "purpose"))
			won = ev;
	}
	fprintf(page->out, "{\"n\":%lld,\"won\":%lld,\"searches\":[", (long long)result->n,
		won ? (long long)won->n : 0);
	for (size_t i = searches.n; i--;) {
		put_search(page, searches.v[i]);
		fputs(i ? "," : "", page->out);
	}
	fputs("]}", page->out);
	vec_free(&searches);
}

static void put_routes(struct page *page)
{
	bool some = false;

	fputs("\"routes\":[", page->out);
	for (size_t i = 0; i < request_events(page->rq); i++) {
		const struct event *ev = &page->rq->trace->events.v[i];

		if (ev->kind != EV_ROUTE_RESULT)
			continue;
		fputs(some ? ",\n" : "\n", page->out);
		put_route(page, ev);
		some = true;
	}
	fputs("],\n", page->out);
}

static void put_states(struct page *page)
{
	bool some = false;

	fputs("\"states\":[", page->out);
	for (size_t i = 0; i < request_events(page->rq); i++) {
		const struct event *ev = &page->rq->trace->events.v[i];
		char *state = ev->kind == EV_NEIGH_STATE ? event_dup(ev, "nud.new") : NULL;

		if (state && *state) {
			fprintf(page->out, "%s\n{\"n\":%lld,", some ? "," : "", (long long)ev->n);
			put_member(page->out, "state", state);
			fprintf(page->out, "\"ink\":\"%s\"}", neighbour_ink(state));
			some = true;
		}
		free(state);
	}
	fputs("],\n", page->out);
}

void put_facts(struct page *page)
{
	put_types(page);
	put_layers(page);
	put_flags(page);
	put_first(page);
	put_routes(page);
	put_states(page);
}
