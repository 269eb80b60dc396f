// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's own counters, held against what the events and frames of the run count.
#include "judge/counters.h"
#include "base/i18n.h"
#include "judge/counted.h"
#include "judge/expr.h"
#include "run/follow.h"

#include <stdlib.h>
#include <string.h>

enum {
	MSS_LEAST = 88, /* include/net/tcp.h TCP_MIN_MSS */
	ETH_HEADER = 14,
	NUMBER_OF_TCP = 6,
};

/* What a run has for a rule: how often it is sure to count, and how often it may count. */
struct range {
	int64_t least, most;
};

/* What left a card of a segment. */
struct cut {
	int64_t frames, payload;
};

struct judge {
	struct trace *trace;
	struct counters *counters;
	const struct frame **frames; /* of each event that was received: its last frame */
	struct cut *cuts; /* of each event that was sent */
	struct event *events; /* each with its own part of the stack alone */
	VEC(char *) texts; /* of these, where they are others */
};

/* ---- what an event counts for ---- */

static struct range times(int64_t times)
{
	return (struct range){ times, times };
}

/* Into how many a segment was cut. One that did not leave by a card as a whole may have been cut into any number. */
static struct range segments_of(const struct judge *j, const struct event *ev)
{
	const struct cut *cut = &j->cuts[ev - j->trace->events.v];
	int64_t payload = event_int(ev, "payload_len", 0);

	if (cut->frames && cut->payload == payload)
		return times(cut->frames);
	return (struct range){ 1, payload / MSS_LEAST + 1 };
}

/* How often the kernel counts one event that a rule holds for. */
static struct range weigh(const struct judge *j, const struct event *ev, enum weight weight)
{
	const struct frame *f = j->frames[ev - j->trace->events.v];

	switch (weight) {
	case ONE:
		return times(1);
	case SEGMENTS:
		return segments_of(j, ev);
	case BYTES:
		return times(event_int(ev, "skb_len", 0));
	case RECEIVED:
		return times(ev->kind != EV_TCP_RX || !f || !(f->eth_dst[0] & 1));
	case BAD_SUM:
		return times(f && frame_sum_is_wrong(f));
	}
	return times(0);
}

/* Finds the frames of each event. */
static void find_frames(struct judge *j)
{
	for (size_t w = 0; w < j->trace->wires.n; w++) {
		const struct wire *wire = &j->trace->wires.v[w];

		for (size_t i = 0; i < wire->frames.n && !text_is(wire->nic, LOOPBACK); i++) {
			const struct frame *f = &wire->frames.v[i];

			if (f->rx_event)
				j->frames[f->rx_event - 1] = f;
			/* what QEMU adds to the parts of a segment has its event and a reason */
			if (f->tx_event && f->kind == FRAME_TCP && !f->reason) {
				j->cuts[f->tx_event - 1].frames++;
				j->cuts[f->tx_event - 1].payload += f->payload_len;
			}
		}
	}
}

enum {
	IP_PROTOCOL = ETH_HEADER + 9,
	IP_END = ETH_HEADER + 20
};

static bool is_of_tcp(const struct frame *f)
{
	return f->six ? f->next_header == NUMBER_OF_TCP
		      : f->cap_len >= IP_END && f->bytes[12] == 8 && !f->bytes[13] &&
				f->bytes[IP_PROTOCOL] == NUMBER_OF_TCP;
}

/* TCP's packets on the node's wires that have no TCP header. */
static int64_t stunted_of(const struct judge *j, const char *node)
{
	int64_t count = 0;

	for (size_t w = 0; w < j->trace->wires.n; w++)
		for (size_t i = 0; i < j->trace->wires.v[w].frames.n; i++) {
			const struct frame *f = &j->trace->wires.v[w].frames.v[i];

			count += text_is(j->trace->wires.v[w].node, node) &&
				 f->kind == FRAME_OTHER && is_of_tcp(f);
		}
	return count;
}

/* ---- rules ---- */

static struct range count_events(const struct judge *j, const char *text, const char *node,
				 const struct rule *rule)
{
	char *error = NULL;
	struct expr *expr = text ? expr_parse(text, NULL, &error) : NULL;
	struct range sum = { 0, 0 }, one;

	for (size_t i = 0; expr && i < j->trace->events.n; i++) {
		const struct event *ev = &j->trace->events.v[i];

		if ((!rule->whole && ev->netns != node) || !expr_holds(expr, &j->events[i], NULL))
			continue;
		one = weigh(j, ev, rule->weight);
		if (rule->refused && event_may_be_refused(j->trace, ev))
			one.least = 0;
		sum.least += one.least;
		sum.most += one.most;
	}
	free(error);
	expr_free(expr);
	return sum;
}

/* The first of the points that is not watched, or NULL; of a counter of TCP, which counts for both families, with those
 * that do the same over IPv6, where a node has it. */
static const char *unwatched(const struct trace *trace, const char *points, bool both)
{
	struct names *names = trace->names;
	size_t len;
	const char *point = trace_find_point(trace, points ? points : "", false, &len), *six;

	if (point)
		return names_get(names, point, len);
	for (const char *p = points; p && *p && both; p += len + strspn(p + len, " ")) {
		len = strcspn(p, " ");
		six = trace_point_of_six(names_get(names, p, len));
		if (six && trace_has_six(trace) && !trace_watches(trace, six))
			return six;
	}
	return NULL;
}

/* The sum of counters with + between them. One that the kernel does not have, or that is zero, counts 0. */
static int64_t kernel_count(const struct event *ev, const char *counters)
{
	int64_t sum = 0, number;

	for (const char *p = counters ? counters : ""; *p;) {
		size_t len = strcspn(p, "+");
		char *path = xasprintf("counted.%.*s", (int)len, p);

		if (json_int(event_get(ev, path), &number))
			sum += number;
		free(path);
		p += len + strspn(p + len, "+");
	}
	return sum;
}

static void contradict(struct trace *trace, const struct counted *row)
{
	char *wanted = counters_wanted(row);

	trace_unmatched(trace,
			xasprintf(_("counter %s of %s: the kernel counted %lld, by its events and "
				    "frames it is %s (%s)"),
				  row->counter, row->node ? row->node : _("the kernel"),
				  (long long)row->kernel, wanted, row->place));
	free(wanted);
}

/* The verdict of a row whose bounds are those of what was seen. */
static void settle(const struct judge *j, const struct rule *rule, struct counted *row)
{
	bool tcp = starts_with(rule->counter, "Tcp");

	row->unwatched = unwatched(j->trace, rule->points, tcp);
	if (!row->unwatched && row->kernel > row->most)
		row->unwatched = unwatched(j->trace, rule->more, tcp);
	row->verdict = row->unwatched ? NOT_KNOWN : counters_within(row) ? AGREES : DIFFERS;
}

static void judge_rule(const struct judge *j, const struct event *ev, const struct rule *rule)
{
	struct range sure = count_events(j, rule->sure, ev->netns, rule);
	struct range most = rule->most ? count_events(j, rule->most, ev->netns, rule) : sure;
	struct counted row = {
		.node = ev->netns,
		.counter = rule->counter,
		.place = rule->place,
		.kernel = kernel_count(ev, rule->counter),
		.least = sure.least - kernel_count(ev, rule->less),
		.most = most.most + kernel_count(ev, rule->also),
	};

	if (row.least < 0 || (rule->unless && count_events(j, rule->unless, ev->netns, rule).most))
		row.least = 0;
	if (row.most < sure.most)
		row.most = sure.most;
	if (rule->stunted)
		row.most += stunted_of(j, ev->netns);
	if (rule->open)
		row.most = COUNTED_MORE;
	settle(j, rule, &row);
	*vec_add(&j->counters->rows) = row;
	j->counters->verdicts[row.verdict]++;
	if (row.verdict == DIFFERS)
		contradict(j->trace, &row);
}

/* Who sends in a softirq is not called by whom it interrupted. */
static void find_own(struct judge *j)
{
	for (size_t i = 0; i < j->trace->events.n; i++) {
		struct event *own = &j->events[i];
		size_t len;
		char *text;

		*own = j->trace->events.v[i];
		text = event_own_text(own, &len);
		if (!text)
			continue;
		*vec_add(&j->texts) = text;
		own->text = text;
		own->len = len;
	}
}

static void judge_free(struct judge *j)
{
	for (size_t i = 0; i < j->texts.n; i++)
		free(j->texts.v[i]);
	vec_free(&j->texts);
	free(j->events);
	free(j->frames);
	free(j->cuts);
}

static bool has_counters(const struct trace *trace)
{
	for (size_t i = 0; i < trace->events.n; i++)
		if (trace->events.v[i].kind == EV_COUNTERS)
			return true;
	return false;
}

void counters_judge(struct counters *counters, struct trace *trace)
{
	struct judge j = { .trace = trace, .counters = counters };

	*counters = (struct counters){ 0 };
	if (!trace->complete || !has_counters(trace))
		return;
	j.frames = xcalloc(trace->events.n, sizeof(*j.frames));
	j.cuts = xcalloc(trace->events.n, sizeof(*j.cuts));
	j.events = xcalloc(trace->events.n, sizeof(*j.events));
	find_frames(&j);
	find_own(&j);
	for (size_t i = 0; i < trace->events.n; i++)
		for (const struct rule *rule = rules; rule->counter; rule++)
			if (trace->events.v[i].kind == EV_COUNTERS &&
			    rule->whole == !trace->events.v[i].netns)
				judge_rule(&j, &trace->events.v[i], rule);
	judge_free(&j);
}

void counters_free(struct counters *counters)
{
	vec_free(&counters->rows);
}

bool counters_within(const struct counted *row)
{
	return row->kernel >= row->least && row->kernel <= row->most;
}

char *counters_wanted(const struct counted *row)
{
	if (row->least == row->most)
		return xasprintf("%lld", (long long)row->least);
	if (row->most == COUNTED_MORE)
		return xasprintf(_("at least %lld"), (long long)row->least);
	return xasprintf(_("%lld to %lld"), (long long)row->least, (long long)row->most);
}
