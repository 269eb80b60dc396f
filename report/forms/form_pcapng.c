// SPDX-License-Identifier: GPL-2.0-or-later
// wire.pcapng: one copy of each frame, in the time of the events, with comments for Wireshark.
#include "forms/form.h"
#include "types/tell.h"

#include <stdlib.h>
#include <string.h>

/* https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html */
enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 6,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	OPT_COMMENT = 1,
	OPT_IF_NAME = 2,
	OPT_IF_DESCRIPTION = 3,
	OPT_USER_APPLICATION = 4,
	OPT_IF_TSRESOL = 9,
	OPT_PACKET_FLAGS = 2,
	OPT_PACKET_ID = 5,
	NANOSECONDS = 9,
	LINK_ETHERNET = 1,
	INBOUND = 1,
	OUTBOUND = 2,
	LONGEST_COMMENT = 4000,
};

static void put16(struct str *b, unsigned int value)
{
	uint16_t v = (uint16_t)value;

	str_addn(b, (const char *)&v, sizeof(v));
}

static void put32(struct str *b, uint32_t value)
{
	str_addn(b, (const char *)&value, sizeof(value));
}

static void put64(struct str *b, uint64_t value)
{
	str_addn(b, (const char *)&value, sizeof(value));
}

static void pad(struct str *b)
{
	while (b->len % 4)
		str_addc(b, '\0');
}

static void put_option(struct str *b, unsigned int code, const void *data, size_t len)
{
	put16(b, code);
	put16(b, (unsigned int)len);
	str_addn(b, data, len);
	pad(b);
}

static void put_text_option(struct str *b, unsigned int code, const char *text)
{
	struct str safe = { 0 };

	text_safe(&safe, text, true);
	if (safe.len > LONGEST_COMMENT)
		safe.len = LONGEST_COMMENT;
	put_option(b, code, str_text(&safe), safe.len);
	str_free(&safe);
}

/* A block is its type, its length, the body, and its length again. */
static void put_block(FILE *out, uint32_t type, struct str *body)
{
	uint32_t len = (uint32_t)body->len + 12;

	fwrite(&type, sizeof(type), 1, out);
	fwrite(&len, sizeof(len), 1, out);
	fwrite(str_text(body), 1, body->len, out);
	fwrite(&len, sizeof(len), 1, out);
	str_free(body);
}

static void put_section(FILE *out, const struct trace *trace)
{
	struct str body = { 0 };
	char *comment = xasprintf("ktlab: %s on Linux %s", trace->lab ? trace->lab : "?",
				  trace->release ? trace->release : "?");

	put32(&body, BYTE_ORDER_MAGIC);
	put16(&body, 1);
	put16(&body, 0);
	put64(&body, UINT64_MAX); /* the section's length is not given */
	put_text_option(&body, OPT_COMMENT, comment);
	put_text_option(&body, OPT_USER_APPLICATION, "ktreport");
	put_option(&body, 0, "", 0);
	put_block(out, BLOCK_SECTION, &body);
	free(comment);
}

static void put_interface(FILE *out, const struct trace *trace, const struct wire *wire)
{
	static const char resolution = NANOSECONDS;
	const struct node *node = trace_node(trace, wire->node);
	char *name = xasprintf("%s-%s", wire->node, wire->nic);
	struct str body = { 0 };

	put16(&body, LINK_ETHERNET);
	put16(&body, 0);
	put32(&body, 0); /* no limit of a frame's length */
	put_text_option(&body, OPT_IF_NAME, name);
	if (node && node->address)
		put_text_option(&body, OPT_IF_DESCRIPTION, node->address);
	put_option(&body, OPT_IF_TSRESOL, &resolution, 1);
	put_option(&body, 0, "", 0);
	put_block(out, BLOCK_INTERFACE, &body);
	free(name);
}

static const struct event *event_at(const struct trace *trace, size_t index)
{
	return index ? &trace->events.v[index - 1] : NULL;
}

/* Where the function stood that decided to send: its place in the stack, not that of the point. */
static void say_place(struct str *out, const struct event *ev, const char *by)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));

	while (json_next(&it))
		if (json_is(json_path(it.value, "fn"), by)) {
			json_text(json_path(it.value, "file"), out);
			str_add(out, ":");
			json_text(json_path(it.value, "line"), out);
			return;
		}
	event_text(ev, "file", out);
	str_add(out, ":");
	event_text(ev, "line", out);
}

static void say_sender(struct str *out, const struct event *ev)
{
	struct str program = { 0 };
	char *by = event_dup(ev, "by");

	/* in a softirq the program on the CPU was only interrupted: it did not send */
	if (!event_text(ev, "owner.comm", &program) && text_is(ev->ctx, "task"))
		event_text(ev, "comm", &program);
	str_addf(out, "sent by %s%s%s (", program.len ? str_text(&program) : "the kernel",
		 *by ? " in " : "", by);
	say_place(out, ev, by);
	str_addf(out, "), event %lld", (long long)ev->n);
	str_free(&program);
	free(by);
}

enum {
	LOOK_BACK = 5000
};

static bool is_segment(const struct event *ev)
{
	return ev->kind == EV_TCP_TX || ev->kind == EV_TCP_RX;
}

/* A segment that came, at once or from the backlog of a socket in use. */
static bool is_made_by_segment(const struct event *change)
{
	static const char *const receives[] = { "tcp_v4_rcv", "tcp_v4_do_rcv", "tcp_v6_rcv",
						"tcp_v6_do_rcv" };
	struct json_iter it = json_iter(event_get(change, "stack"));

	while (json_next(&it))
		for (size_t i = 0; i < ARRAY_SIZE(receives); i++)
			if (json_is(json_path(it.value, "fn"), receives[i]))
				return true;
	return false;
}

/* The state that this end of the connection was in, as its last change before the event says; and the state before,
 * if it was changed to send this: by connect() for a SYN, by close() for a FIN. */
static void say_state(struct str *out, const struct trace *trace, const struct event *at)
{
	const struct event *end =
		at - trace->events.v > LOOK_BACK ? at - LOOK_BACK : trace->events.v;
	bool own = at->kind == EV_TCP_TX;

	for (const struct event *ev = at; at->conn && ev-- > end;) {
		if (ev->netns != at->netns || ev->conn != at->conn)
			continue;
		if (ev->kind == EV_TCP_STATE) {
			str_add(out, ", state ");
			if (own && !is_made_by_segment(ev) && event_text(ev, "old", out))
				str_add(out, " -> ");
			event_text(ev, "new", out);
			return;
		}
		own = own && !is_segment(ev);
	}
}

/* The changes of state that the frame made at its receiver, before anything else happened there. */
static bool say_states_made(struct str *out, const struct trace *trace, const struct event *rx)
{
	const struct event *end = trace->events.v + trace->events.n, *last = NULL;

	for (const struct event *ev = rx + 1; rx->kind == EV_TCP_RX && ev < end && ev < rx + 50;
	     ev++) {
		if (is_segment(ev) || ev->kind == EV_SYSCALL_ENTER)
			break;
		if (ev->kind != EV_TCP_STATE || ev->netns != rx->netns || ev->conn != rx->conn)
			continue;
		if (last && event_same(ev, last, "obj")) {
			str_add(out, " -> ");
			event_text(ev, "new", out);
		} else {
			char *sentence = event_sentence(trace, ev);

			str_addf(out, "%s%s", last ? ", " : ", makes ", sentence);
			free(sentence);
		}
		last = ev;
	}
	return last != NULL;
}

static char *comment_of(const struct trace *trace, const struct event *tx, const struct event *rx,
			const char *reason)
{
	struct str out = { 0 };

	if (tx) {
		say_sender(&out, tx);
		say_state(&out, trace, tx);
	}
	if (rx)
		str_addf(&out, "%sreceived on %s in %s, event %lld", tx ? "; " : "",
			 rx->netns ? rx->netns : "?", rx->fn ? rx->fn : "?", (long long)rx->n);
	if (rx && !say_states_made(&out, trace, rx))
		say_state(&out, trace, rx);
	if (reason)
		str_addf(&out, "%s%s", out.len ? "; " : "", reason);
	if (!out.len)
		str_add(&out, "no event speaks of this frame");
	return str_take(&out);
}

/* Both taps' copies of a frame carry the same id: that of the lower tap. */
static uint64_t frame_id(const struct frame *f, size_t wire, size_t i)
{
	bool lower = !f->twin || wire < f->twin_wire;

	return (uint64_t)((lower ? wire : f->twin_wire) + 1) << 32 | (lower ? i + 1 : f->twin);
}

struct copy {
	const struct frame *frame;
	const struct event *tx, *rx;
	size_t wire;
	bool outbound;
	uint64_t id;
	int64_t t_ns;
	size_t order;
};

static void put_packet(FILE *out, const struct trace *trace, const struct copy *copy)
{
	const struct frame *f = copy->frame;
	uint32_t flags = copy->outbound ? OUTBOUND : INBOUND;
	char *comment = comment_of(trace, copy->tx, copy->rx, f->reason);
	struct str body = { 0 };

	put32(&body, (uint32_t)copy->wire);
	put32(&body, (uint32_t)((uint64_t)copy->t_ns >> 32));
	put32(&body, (uint32_t)copy->t_ns);
	put32(&body, f->cap_len);
	put32(&body, f->len);
	str_addn(&body, (const char *)f->bytes, f->cap_len);
	pad(&body);
	put_text_option(&body, OPT_COMMENT, comment);
	put_option(&body, OPT_PACKET_FLAGS, &flags, sizeof(flags));
	put_option(&body, OPT_PACKET_ID, &copy->id, sizeof(copy->id));
	put_option(&body, 0, "", 0);
	put_block(out, BLOCK_PACKET, &body);
	free(comment);
}

/* Of the two copies of a frame that of its sender is written. */
static bool is_second_copy(const struct trace *trace, const struct frame *f, size_t wire)
{
	const struct frame *twin;

	if (!f->twin)
		return false;
	twin = &trace->wires.v[f->twin_wire].frames.v[f->twin - 1];
	return f->sent != twin->sent ? twin->sent : f->twin_wire < wire;
}

static struct copy copy_of(const struct trace *trace, size_t wire, size_t i)
{
	const struct frame *f = &trace->wires.v[wire].frames.v[i];
	const struct frame *twin =
		f->twin ? &trace->wires.v[f->twin_wire].frames.v[f->twin - 1] : NULL;

	return (struct copy){
		.frame = f,
		.tx = event_at(trace, f->tx_event ? f->tx_event
				      : twin	  ? twin->tx_event
						  : 0),
		.rx = event_at(trace, f->rx_event ? f->rx_event
				      : twin	  ? twin->rx_event
						  : 0),
		.wire = wire,
		.outbound = f->sent,
		.id = frame_id(f, wire, i),
		.t_ns = f->t_ns + trace->clock_offset_ns,
	};
}

static int by_time(const void *a, const void *b)
{
	const struct copy *x = a, *y = b;

	if (x->t_ns != y->t_ns)
		return x->t_ns < y->t_ns ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void form_pcapng(FILE *out, const struct request *rq)
{
	const struct trace *trace = rq->trace;
	VEC(struct copy) copies = { 0 };

	put_section(out, trace);
	for (size_t w = 0; w < trace->wires.n; w++) {
		put_interface(out, trace, &trace->wires.v[w]);
		for (size_t i = 0; i < trace->wires.v[w].frames.n; i++) {
			struct copy copy = copy_of(trace, w, i);

			if (copy.frame->hidden ||
			    (!rq->taps && is_second_copy(trace, copy.frame, w)))
				continue;
			copy.order = copies.n;
			*vec_add(&copies) = copy;
		}
	}
	if (copies.n)
		qsort(copies.v, copies.n, sizeof(*copies.v), by_time);
	for (size_t i = 0; i < copies.n; i++)
		put_packet(out, trace, &copies.v[i]);
	vec_free(&copies);
}
