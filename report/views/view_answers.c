// SPDX-License-Identifier: GPL-2.0-or-later
// What is asked first of a run, answered from its events, and which of them say so.
#include "views/answers.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

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

enum {
	FEW = 6, /* rows that one question has */
	MANY = 40, /* one that is asked for all of them */
};

static const struct question {
	const char *text;
	void (*answer)(struct answers *a);
	const char *none; /* the answer where no event gives one; NULL: not asked then */
	const char *
		points; /* one of which must be watched for that to be true; NULL: none needs to be */
	size_t most;
} questions[] = {
	{ N_("What failed first, and what happened instead?"), answer_failed_first, NULL, NULL,
	  FEW },
	{ N_("How did the programs end, and what did they print?"), answer_programs, NULL, NULL,
	  FEW },
	{ N_("Which function sent the SYN?"), answer_syn, N_("no SYN was sent"), "ip_output", FEW },
	{ N_("Which function sent the SYN-ACK?"), answer_synack, N_("no SYN-ACK was sent"),
	  "ip_output", FEW },
	{ N_("Why was each segment sent?"), answer_causes, NULL, NULL, MANY },
	{ N_("Which route was chosen, and why?"), answer_route, N_("no route was looked up"),
	  "ip_route_output_key_hash_rcu", FEW },
	{ N_("Why did one connect() look for the route again?"), answer_again_looked_up, NULL, NULL,
	  FEW },
	{ N_("How long did ARP take?"), answer_arp, N_("no ARP request: the addresses were known"),
	  "arp_xmit", FEW },
	{ N_("When did the SYN queue grow?"), answer_syn_queue, N_("never"),
	  "inet_csk_reqsk_queue_hash_add", FEW },
	{ N_("When did the accept queue grow?"), answer_accept_queue, N_("never"),
	  "inet_csk_complete_hashdance inet_csk_reqsk_queue_add", FEW },
	{ N_("When did the SYN queue shrink?"), answer_syn_shrinks, N_("never"),
	  "inet_csk_complete_hashdance", FEW },
	{ N_("When did the accept queue shrink?"), answer_accept_shrinks, N_("never"),
	  "inet_csk_accept", FEW },
	{ N_("Which socket did a datagram come to?"), answer_sockets, NULL, NULL, MANY },
	{ N_("How long did a datagram wait for its program?"), answer_queued, NULL, NULL, FEW },
	{ N_("When was a queue full?"), answer_refused, NULL, NULL, FEW },
	{ N_("Which request was given up?"), answer_given_up, NULL, NULL, FEW },
	{ N_("What did each call wait for, and who ended the wait?"), answer_waits, NULL, NULL,
	  MANY },
	{ N_("When was each end ESTABLISHED?"), answer_established, N_("never"),
	  "inet_sk_state_store", FEW },
	{ N_("Which line changed the state?"), answer_changes, NULL, NULL, MANY },
	{ N_("What was sent again?"), answer_again, NULL, NULL, FEW },
	{ N_("What was dropped, and where?"), answer_drops, NULL, NULL, FEW },
	{ N_("Who called tcp_rcv_state_process()?"), answer_callers, N_("it was not called"),
	  "tcp_rcv_state_process", FEW },
};

/* What no event answers is so, or is not known. */
static void answer_none(struct answers *a, const struct question *question)
{
	const struct trace *trace = a->rq->trace;
	const char *six = trace_has_six(trace) ? trace_point_of_six(question->points) : NULL;
	const char *missing = six && !trace_watches(trace, six) ? six : NULL;
	size_t len;

	if (!trace_find_point(trace, question->points, true, &len))
		missing = question->points;
	if (missing)
		table_note(a->table, _("%s This run does not watch %s."), a->question, missing);
	else
		answer(a, xstrdup(_(question->none)), NULL, NULL);
}

static void ask(struct answers *a, const struct question *question)
{
	a->question = _(question->text);
	a->rows = a->more = 0;
	a->most = question->most;
	question->answer(a);
	for (size_t i = 0; i < a->said.n; i++)
		free(a->said.v[i]);
	a->said.n = 0;
	if (!a->rows && question->none)
		answer_none(a, question);
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
	markings_free(a.markings);
}
