// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel says of its sockets' queues, held against what segments and calls have left there.
#include "judge/queues.h"
#include "base/i18n.h"
#include "judge/queued.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* One socket as the kernel tells it. */
struct told {
	const struct event *ev;
	const char *by; /* who prints it so */
	const char *place;
	size_t since; /* index of the event before which it was not yet looked at */
	char *local, *peer;
	bool listens;
	int64_t queues[QUEUES]; /* -1: not told */
};

/* ---- what was left there, at some moment between two events ---- */

static void widen(struct queued *sum, const struct queued *one)
{
	sum->known = sum->known && one->known;
	if (one->least < sum->least)
		sum->least = one->least;
	if (one->most > sum->most)
		sum->most = one->most;
}

static void range_between(const struct trace *trace, const struct told *told, struct queued *sums)
{
	struct queued one[QUEUES];
	size_t end = (size_t)(told->ev - trace->events.v);

	queued_find(trace, told->ev->netns, told->local, told->peer, told->listens, told->since,
		    sums);
	for (size_t i = told->since + 1; i <= end; i++) {
		queued_find(trace, told->ev->netns, told->local, told->peer, told->listens, i, one);
		for (int q = 0; q < QUEUES; q++)
			widen(&sums[q], &one[q]);
	}
}

static void contradict(struct trace *trace, const struct told *told, const struct counted *row)
{
	char *wanted = counters_wanted(row);

	trace_unmatched(
		trace,
		xasprintf(_("event %lld: %s says %lld of %s of %s, by its events it is %s (%s)"),
			  (long long)told->ev->n, told->by, (long long)row->kernel, row->counter,
			  row->node, wanted, row->place));
	free(wanted);
}

static void judge_socket(struct counters *counters, struct trace *trace, const struct told *told)
{
	static const char *const names[QUEUES] = { [RECV_Q] = "Recv-Q", [SEND_Q] = "Send-Q" };
	struct queued sums[QUEUES];

	range_between(trace, told, sums);
	for (int q = 0; q < QUEUES; q++) {
		char *counter = xasprintf("%s %s", names[q], told->local);
		struct counted row = {
			.node = told->ev->netns,
			.counter = names_get(trace->names, counter, strlen(counter)),
			.place = told->place,
			.kernel = told->queues[q],
			.least = sums[q].least,
			.most = sums[q].most,
			.unwatched = sums[q].unwatched,
		};

		free(counter);
		if (row.kernel < 0 || !(sums[q].known || row.unwatched))
			continue;
		row.verdict = row.unwatched ? NOT_KNOWN : counters_within(&row) ? AGREES : DIFFERS;
		*vec_add(&counters->rows) = row;
		counters->verdicts[row.verdict]++;
		if (row.verdict == DIFFERS)
			contradict(trace, told, &row);
	}
}

/* ---- a line of ss ---- */

/* Whether the queues of a socket in this state are those of a connection, or of a listener. */
static bool has_queues(const char *state)
{
	return *state && !text_is(state, "UNCONN") && !text_is(state, "TIME-WAIT") &&
	       !text_is(state, "SYN-RECV");
}

static bool read_ss(const struct event *ev, struct told *told)
{
	char *state = event_dup(ev, "values.state");
	bool has = has_queues(state);

	told->by = "ss";
	told->place = "net/ipv4/tcp_diag.c tcp_diag_get_info()";
	told->local = event_dup(ev, "values.local");
	told->peer = event_dup(ev, "values.peer");
	told->listens = text_is(state, "LISTEN");
	told->queues[RECV_Q] = event_int(ev, "values.recv_q", -1);
	told->queues[SEND_Q] = event_int(ev, "values.send_q", -1);
	free(state);
	return has;
}

/* ---- a line of /proc/net/tcp or tcp6 ---- */

/* get_tcp4_sock() and get_tcp6_sock() (net/ipv4/tcp_ipv4.c, net/ipv6/tcp_ipv6.c) print each word of an address as a number
 * of the guest's, which is little-endian; include/net/tcp_states.h has the states. */
enum {
	WORD_DIGITS = 8,
	WORDS = 4,
	ST_LISTEN = 0x0a
};

/* "0100000A:1F90" as ss prints it; the caller frees it. NULL if it is no such thing. */
static char *end_of(const char *hex)
{
	size_t digits = strspn(hex, "0123456789ABCDEF"), words = digits / WORD_DIGITS;
	char word[WORD_DIGITS + 1] = "", address[INET6_ADDRSTRLEN];
	uint32_t bytes[WORDS] = { 0 };
	struct str out = { 0 };

	if (digits % WORD_DIGITS || (words != 1 && words != WORDS) || hex[digits] != ':')
		return NULL;
	for (size_t i = 0; i < words; i++) {
		memcpy(word, hex + i * WORD_DIGITS, WORD_DIGITS);
		bytes[i] = htole32((uint32_t)strtoul(word, NULL, 16));
	}
	if (!inet_ntop(words == 1 ? AF_INET : AF_INET6, bytes, address, sizeof(address)))
		return NULL;
	str_add_port(&out, address, (int64_t)strtoul(hex + digits + 1, NULL, 16));
	return str_take(&out);
}

static bool read_proc(const struct event *ev, struct told *told)
{
	char *local = event_dup(ev, "values.local"), *peer = event_dup(ev, "values.peer"),
	     *state = event_dup(ev, "values.st"), *queues = event_dup(ev, "values.queues"), *rx;

	told->by = "/proc/net/tcp";
	told->place = "net/ipv4/tcp_ipv4.c get_tcp4_sock()";
	told->local = end_of(local);
	told->peer = end_of(peer);
	told->listens = strtoul(state, NULL, 16) == ST_LISTEN;
	told->queues[SEND_Q] = told->listens ? -1 : (int64_t)strtoul(queues, &rx, 16);
	told->queues[RECV_Q] = (rx = strchr(queues, ':')) ? (int64_t)strtoul(rx + 1, NULL, 16) : -1;
	free(local);
	free(peer);
	free(state);
	free(queues);
	return told->local && told->peer;
}

/* ---- all of them ---- */

static void judge_told(struct counters *counters, struct trace *trace, struct told *told, bool has)
{
	if (has && told->ev->netns)
		judge_socket(counters, trace, told);
	free(told->local);
	free(told->peer);
}

void queues_judge(struct counters *counters, struct trace *trace)
{
	const size_t never = trace->events.n;
	size_t asked = never;

	for (size_t i = 0; trace->complete && i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];
		struct told told = { .ev = ev, .since = i };

		if (ev->kind != EV_WITNESS)
			continue;
		if (event_is(ev, "what", "socket")) {
			judge_told(counters, trace, &told, read_ss(ev, &told));
		} else if (event_is(ev, "what", "sockets")) {
			/* the table is read behind this event, and told line by line */
			asked = i;
		} else if (event_is(ev, "what", "queues")) {
			told.since = asked == never ? i : asked;
			judge_told(counters, trace, &told, read_proc(ev, &told));
		}
	}
}
