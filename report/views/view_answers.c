// SPDX-License-Identifier: GPL-2.0-or-later
// What is asked first of a run, answered from its events, and which of them say so.
#include "views/answers.h"
#include "base/i18n.h"

#include <stdlib.h>

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
