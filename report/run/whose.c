// SPDX-License-Identifier: GPL-2.0-or-later
// Whose an event is, and when: the call around it, its task, its packet and connection, the instructions before it.
#include "run/follow.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

struct whose {
	struct trace *trace;
	int64_t ns; /* an instruction takes so long (QEMU's -icount shift); 0: not known */
	int64_t grain; /* times are multiples of this */
};

enum {
	SHIFTS = 11, /* qemu-options: -icount shift is at most 10 */
	HPET_NS = 10 /* the clock that GDB reads: hw/timer/hpet.c HPET_CLK_PERIOD */
};

static bool counts(const struct event *ev, int64_t *instructions)
{
	return json_int(event_get(ev, "icount"), instructions);
}

/* One event that is otherwise does not make it another clock. */
static int64_t find_grain(const struct trace *trace)
{
	size_t odd = 0;

	for (size_t i = 0; i < trace->events.n; i++)
		odd += trace->events.v[i].t_ns % HPET_NS != 0;
	return odd * HPET_NS < trace->events.n ? HPET_NS : 1;
}

/* Where the guest does not idle, time is instructions: the shift that most neighbours have. */
static int64_t find_ns(const struct trace *trace)
{
	size_t times[SHIFTS] = { 0 }, most = 0;

	for (size_t i = 1; i < trace->events.n; i++) {
		const struct event *ev = &trace->events.v[i];
		int64_t before, now;

		if (!counts(ev - 1, &before) || !counts(ev, &now) || now <= before)
			continue;
		for (size_t shift = 0; shift < SHIFTS; shift++)
			times[shift] +=
				llabs(ev->t_ns - ev[-1].t_ns - ((now - before) << shift)) < HPET_NS;
	}
	for (size_t shift = 0; shift < SHIFTS; shift++)
		if (times[shift] > times[most])
			most = shift;
	return times[most] > 2 ? 1 << most : 0;
}

struct whose *whose_new(struct trace *trace)
{
	struct whose *whose = xcalloc(1, sizeof(*whose));

	whose->trace = trace;
	whose->ns = find_ns(trace);
	whose->grain = find_grain(trace);
	return whose;
}

void whose_free(struct whose *whose)
{
	free(whose);
}

/* No instruction takes less time than QEMU gives it. */
static void check_time(const struct whose *whose, const struct event *ev)
{
	int64_t before, now;

	if (ev->t_ns % whose->grain)
		trace_contradicts(whose->trace, ev, "t_ns", _("a multiple of %lld"),
				  (long long)whose->grain);
	if (ev == whose->trace->events.v || !whose->ns || !counts(ev - 1, &before) ||
	    !counts(ev, &now))
		return;
	if (ev->t_ns - ev[-1].t_ns + whose->grain - 1 < (now - before) * whose->ns)
		trace_contradicts(whose->trace, ev, "t_ns", _("%lld ns an instruction"),
				  (long long)whose->ns);
}

/* The call around an event is one on its stack, which ends where an interrupt came in; both are the same task's. */
static void check_parent(const struct whose *whose, const struct event *ev)
{
	const struct trace *trace = whose->trace;
	const struct event *parent =
		ev->parent > 0 && (size_t)ev->parent <= trace->events.n && ev->parent < ev->n
			? &trace->events.v[ev->parent - 1]
			: NULL;

	if (!parent)
		return;
	if (parent->fn && parent->ctx == ev->ctx && event_has_callers(ev) &&
	    !event_whole_stack_has(ev, parent->fn))
		trace_contradicts(whose->trace, ev, "parent", _("a call on its stack"));
	if (parent->pid != ev->pid)
		trace_contradicts(whose->trace, ev, "pid", _("%lld, as event %lld says"),
				  (long long)parent->pid, (long long)parent->n);
	event_must_be_as(whose->trace, ev, "comm", parent, "comm");
}

/* kernel/sched/idle.c: who does nothing has no number. */
static void check_idle(const struct whose *whose, const struct event *ev)
{
	bool idle = event_whole_stack_has(ev, "cpu_startup_entry") ||
		    event_whole_stack_has(ev, "start_kernel");
	bool task =
		event_whole_stack_has(ev, "do_syscall_64") || event_whole_stack_has(ev, "kthread");

	if ((idle && ev->pid) || (task && !ev->pid))
		trace_contradicts(whose->trace, ev, "pid", idle ? "0" : _("that of a task"));
}

/* Only what has a socket, a packet or ports belongs to a connection; only what has a buffer, or was looked up for one, to a
 * packet. */
static void check_belongs(const struct whose *whose, const struct event *ev)
{
	bool socket = event_has(ev, "sk") || event_has(ev, "sport") ||
		      event_has(ev, "args.sport") || event_has(ev, "result.child");

	if (ev->conn && !socket && !ev->pkt)
		trace_contradicts(whose->trace, ev, "conn", "null");
	if (ev->pkt && !event_has(ev, "skb") && !event_whole_stack_has(ev, "tcp_v4_rcv") &&
	    !event_whole_stack_has(ev, "tcp_v4_do_rcv") &&
	    !event_whole_stack_has(ev, "tcp_v6_rcv") && !event_whole_stack_has(ev, "tcp_v6_do_rcv"))
		trace_contradicts(whose->trace, ev, "pkt", "null");
}

/* Who decided on an ARP frame, a datagram or an echo is on the stack. */
static void check_by(const struct whose *whose, const struct event *ev)
{
	char *by = event_dup(ev, "by");

	if (*by && event_has_callers(ev) && !event_whole_stack_has(ev, by))
		trace_contradicts(whose->trace, ev, "by", _("one of its stack"));
	if (ev->kind == EV_ARP_RX)
		event_must_be_as(whose->trace, ev, "by", ev, "fn");
	free(by);
}

void whose_check(const struct whose *whose, const struct event *ev)
{
	check_time(whose, ev);
	check_parent(whose, ev);
	check_idle(whose, ev);
	check_belongs(whose, ev);
	if (ev->kind == EV_ARP_TX || ev->kind == EV_ARP_RX || text_is(ev->type, "udp.tx") ||
	    text_is(ev->type, "echo.tx"))
		check_by(whose, ev);
}
