// SPDX-License-Identifier: GPL-2.0-or-later
// Who has marked as lost what is then sent again, by the store that counts it; known where stores are recorded.
#include "views/answers.h"
#include "base/i18n.h"
#include "judge/wrote.h"

#include <stdlib.h>

/* The functions that mark segments, of net/ipv4/tcp_recovery.c and tcp_input.c. RACK (RFC 8985) needs SACK. */
static const struct {
	const char *function, *name;
} markers[] = {
	{ "tcp_rack_detect_loss", N_("RACK: SACK says that one sent later has come") },
	{ "tcp_newreno_mark_lost", N_("duplicate ACKs, without SACK") },
	{ "tcp_mark_head_lost", N_("duplicate ACKs") },
	{ "tcp_simple_retransmit", N_("the path's smaller MTU") },
	{ "tcp_enter_loss", N_("the retransmission timer") },
};

struct marking {
	int64_t icount;
	const struct event *of; /* the socket's */
	const char *by;
};

struct markings {
	VEC(struct marking) list; /* in their order */
};

static const char *marker_of(const struct wrote_row *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(markers); i++)
		for (size_t k = 0; k < row->chain_n; k++)
			if (text_is(row->chain[k], markers[i].function))
				return markers[i].name;
	return NULL;
}

static void marking_add(const struct wrote_row *row, void *data)
{
	struct markings *markings = data;
	const char *by = marker_of(row);

	if (by && row->of && strtoll(row->after, NULL, 10) > strtoll(row->before, NULL, 10))
		*vec_add(&markings->list) = (struct marking){ row->icount, row->of, by };
}

const char *lost_by(struct answers *a, const struct event *again)
{
	int64_t icount = event_int(again, "icount", -1);
	const char *by = NULL;

	if (!a->markings) {
		a->markings = xcalloc(1, sizeof(*a->markings));
		free(wrote_walk(a->rq->trace, "sock.lost_out", NULL, marking_add, a->markings));
	}
	for (size_t i = 0; i < a->markings->list.n; i++) {
		const struct marking *m = &a->markings->list.v[i];

		if (m->icount < icount && m->of->conn == again->conn &&
		    text_is(m->of->netns, again->netns))
			by = m->by;
	}
	return by;
}

void markings_free(struct markings *markings)
{
	if (markings)
		vec_free(&markings->list);
	free(markings);
}
