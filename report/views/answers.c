// SPDX-License-Identifier: GPL-2.0-or-later
// How an answer is written down: a row of the table, with the events that say so.
#include "views/answers.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum {
	MOST_SAID = 100, /* keys that are remembered */
};

const struct event *events_end(const struct answers *a)
{
	const struct event *first = a->rq->trace->events.v;

	return first ? first + request_events(a->rq) : NULL;
}

/* The row's answer, which it takes over, and up to two events that say so. */
void answer(struct answers *a, char *text, const struct event *first, const struct event *second)
{
	if (a->rows == a->most) {
		a->more++;
		free(text);
		return;
	}
	a->rows++;
	table_text(a->table, a->question);
	table_take(a->table, text);
	table_events(a->table, first ? first->n : 0, first && second ? second->n : 0);
}

/* Was this not yet answered? Takes the key over. */
bool is_new(struct answers *a, char *key)
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

double seconds_of(const struct answers *a, const struct event *ev)
{
	return (double)(ev->t_ns - a->rq->trace->zero_ns) / 1e9;
}

/* "7.712 ms"; GDB's stops, where there were some, are in it, and it says so. The caller frees it. */
char *duration(const struct answers *a, const struct event *from, const struct event *to)
{
	bool stopped = a->rq->trace->stops.count > 0;

	return xasprintf(stopped ? _("%.3f ms with GDB's stops") : _("%.3f ms"),
			 ms_between(from, to));
}

/* "connection #2 from port 43906: ", where there are several. The caller frees it. */
char *whose(const struct answers *a, const struct event *ev)
{
	const struct conn *conn = trace_conn(a->rq->trace, ev->conn);

	if (a->rq->trace->conns.n < 2 || !conn)
		return xstrdup("");
	return xasprintf(_("connection #%lld from port %lld: "), (long long)conn->id,
			 (long long)conn->client_port);
}

const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

/* What an event tells, with its time and place. */
void answer_told(struct answers *a, const struct event *ev, const char *told)
{
	char *conn = whose(a, ev);

	answer(a,
	       xasprintf(_("%sat %.6f s on %s: %s"), conn, seconds_of(a, ev), or_dash(ev->netns),
			 told),
	       ev, NULL);
	free(conn);
}
