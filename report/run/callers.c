// SPDX-License-Identifier: GPL-2.0-or-later
// Calls and programs: what was asked is what is done, and who holds a socket has asked for it.
#include "base/i18n.h"
#include "run/follow.h"

#include <stdlib.h>
#include <string.h>

enum {
	MSG_PEEK = 2, /* include/linux/socket.h: what is read so is read again, or cut */
	MSG_TRUNC = 0x20,
};

/* A descriptor that a task has used, or was given. */
struct used_fd {
	int64_t pid, fd;
	const char *comm;
};

/* Bytes that programs have given to a socket, and taken from it. */
struct bytes {
	const char *sk;
	int64_t conn, sent, read;
	const struct event *last_sent, *last_read;
};

/* Bytes of one end of a connection that were on their way. */
struct stream {
	int64_t conn;
	const char *netns;
	int64_t sent, got; /* greatest relative number behind a byte; 0: none */
};

struct callers {
	struct trace *trace;
	VEC(struct used_fd) fds;
	VEC(struct bytes) bytes;
	VEC(struct stream) streams;
	VEC(size_t) packets; /* of each packet: index + 1 of its last tcp.rx */
	const struct event *arp; /* the last arp_send() or arp_solicit() */
	bool whole; /* the kernel's segments all are events */
	bool fds_told; /* all calls that give a descriptor to a socket are, too */
};

static void note_fd(struct callers *callers, const struct event *ev, const char *path)
{
	int64_t fd;

	if (json_int(event_get(ev, path), &fd) && fd >= 0) {
		char *comm = event_dup(ev, "comm");

		*vec_add(&callers->fds) =
			(struct used_fd){ ev->pid, fd,
					  names_get(callers->trace->names, comm, strlen(comm)) };
		free(comm);
	}
}

static bool gives_fd(const struct event *ev)
{
	return event_is(ev, "name", "socket") || event_is(ev, "name", "accept") ||
	       event_is(ev, "name", "accept4");
}

/* Who used which descriptor, in all of the run: an owner is told from its first use on. */
static void find_fds(struct callers *callers)
{
	for (size_t i = 0; i < callers->trace->events.n; i++) {
		const struct event *ev = &callers->trace->events.v[i];

		if (ev->kind == EV_SYSCALL_ENTER || ev->kind == EV_SYSCALL_EXIT)
			note_fd(callers, ev, "fd");
		if (ev->kind == EV_SYSCALL_EXIT && gives_fd(ev))
			note_fd(callers, ev, "ret");
	}
}

struct callers *callers_new(struct trace *trace)
{
	struct callers *callers = xcalloc(1, sizeof(*callers));

	callers->trace = trace;
	callers->whole =
		trace_watches_both(trace, "tcp_v4_rcv") && trace_watches_both(trace, "ip_output");
	callers->fds_told = trace_watches(trace, "__x64_sys_socket") &&
			    trace_watches(trace, "__x64_sys_accept") &&
			    trace_watches(trace, "__x64_sys_connect");
	find_fds(callers);
	return callers;
}

void callers_free(struct callers *callers)
{
	vec_free(&callers->fds);
	vec_free(&callers->bytes);
	vec_free(&callers->streams);
	vec_free(&callers->packets);
	free(callers);
}

/* ---- owners ---- */

static void check_owner(struct callers *callers, const struct event *ev)
{
	int64_t pid = event_int(ev, "owner.pid", 0), fd = event_int(ev, "owner.fd", -1);
	bool known = false, found = false;

	for (size_t i = 0; pid && !found && i < callers->fds.n; i++) {
		const struct used_fd *used = &callers->fds.v[i];

		known = known || used->pid == pid;
		found = used->pid == pid && used->fd == fd &&
			event_is(ev, "owner.comm", used->comm);
	}
	if (callers->fds_told && known && !found)
		trace_contradicts(callers->trace, ev, "owner",
				  _("a task that has used this descriptor"));
}

/* The owner of a socket is one for all of a connection. A segment may come late, to another socket at the same address. */
static void check_same_owner(struct callers *callers, const struct event *ev)
{
	for (const struct event *e = ev;
	     ev->conn && event_has(ev, "owner") && e-- > callers->trace->events.v;) {
		bool made = e->kind == EV_SYSCALL_EXIT && event_is(e, "name", "socket");

		if ((e->conn != ev->conn && !made) || !event_agrees(e, "sk", ev, "sk"))
			continue;
		if (e->conn == ev->conn)
			event_must_be_as(callers->trace, ev, "owner", e, "owner");
		return;
	}
}

/* ---- what a call does for the one around it ---- */

static const struct event *parent_of(const struct callers *callers, const struct event *ev)
{
	const struct trace *trace = callers->trace;

	return ev->parent > 0 && (size_t)ev->parent <= trace->events.n
		       ? &trace->events.v[ev->parent - 1]
		       : NULL;
}

/* What a call hands on. */
static const struct {
	const char *fn, *path, *around, *around_path;
} handed[] = {
	{ "tcp_v4_connect", "args.daddr", "connect", "args.addr" },
	{ "tcp_v4_connect", "args.dport", "connect", "args.port" },
	{ "tcp_v6_connect", "args.daddr", "connect", "args.addr" },
	{ "tcp_v6_connect", "args.dport", "connect", "args.port" },
	{ "tcp_sendmsg_locked", "args.len", "sendto", "args.len" },
	{ "tcp_sendmsg_locked", "args.len", "write", "args.len" },
	{ "tcp_recvmsg", "args.len", "recvfrom", "args.len" },
	{ "tcp_recvmsg", "args.len", "read", "args.len" },
};

static void check_handed(struct callers *callers, const struct event *ev)
{
	const struct event *around = parent_of(callers, ev);

	for (size_t i = 0; around && around->kind == EV_SYSCALL_ENTER && i < ARRAY_SIZE(handed);
	     i++)
		if (text_is(ev->fn, handed[i].fn) && text_is(ev->at, "enter") &&
		    around->pid == ev->pid && event_is(around, "name", handed[i].around))
			event_must_be_handed(callers->trace, ev, handed[i].path, around,
					     handed[i].around_path);
}

/* ---- ARP ---- */

static void check_arp(struct callers *callers, const struct event *ev)
{
	const struct event *by = callers->arp;

	if (!by || by->pid != ev->pid || by->netns != ev->netns ||
	    !event_agrees(ev, "by", by, "fn"))
		return;
	callers->arp = NULL;
	event_must_be_as(callers->trace, by, "args.op", ev, "op");
	event_must_be_as(callers->trace, by, "args.dest_ip", ev, "tpa");
	event_must_be_as(callers->trace, by, "args.src_ip", ev, "spa");
	event_must_be_as(callers->trace, by, "args.src_hw", ev, "sha");
	event_must_be_as(callers->trace, by, "args.dest_hw", ev, "eth_dst");
	event_must_be_as(callers->trace, by, "args.target_hw", ev, "tha");
	event_must_say(callers->trace, by, "args.ptype", "ARP");
	event_must_be_as(callers->trace, by, "args.ip", ev, "tpa");
	event_must_be_as(callers->trace, by, "args.dev", ev, "dev");
	event_must_be_as(callers->trace, by, "dev", ev, "dev");
}

/* ---- segments ---- */

static const char *const of_a_segment[] = { "saddr", "daddr", "sport", "dport",
					    "flags", "seq",   "ack",   "payload_len" };

static void note_packet(struct callers *callers, const struct event *ev)
{
	while (ev->pkt > 0 && callers->packets.n <= (size_t)ev->pkt &&
	       callers->packets.n <= 2 * callers->trace->events.n)
		*vec_add(&callers->packets) = 0;
	if (ev->pkt > 0 && (size_t)ev->pkt < callers->packets.n)
		callers->packets.v[ev->pkt] = (size_t)(ev - callers->trace->events.v) + 1;
}

/* A call that shows the segment at hand shows the one that was received. */
static void check_segment(struct callers *callers, const struct event *ev)
{
	const struct event *rx = NULL;

	if (!ev->pkt || !event_has(ev, "args.seq") || !callers->whole)
		return;
	if (ev->pkt > 0 && (size_t)ev->pkt < callers->packets.n && callers->packets.v[ev->pkt])
		rx = &callers->trace->events.v[callers->packets.v[ev->pkt] - 1];
	if (!rx) {
		trace_contradicts(callers->trace, ev, "pkt", _("one that was received"));
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_a_segment); i++) {
		char *path = xasprintf("args.%s", of_a_segment[i]);

		event_must_be_as(callers->trace, ev, path, rx, of_a_segment[i]);
		free(path);
	}
}

/* What is dropped is what was sent or received under its number. */
static void check_dropped(struct callers *callers, const struct event *ev)
{
	static const char *const fields[] = { "saddr", "daddr",	  "sport", "dport",
					      "seq",   "end_seq", "ack",   "flags" };
	const struct event *of = NULL;

	for (const struct event *e = ev; ev->pkt && e-- > callers->trace->events.v;) {
		if (e->pkt != ev->pkt || (e->kind != EV_TCP_RX && e->kind != EV_TCP_TX))
			continue;
		/* of a segment that was cut, a part may be dropped, and an empty one may stand behind them: lanes.c */
		if (event_int(e, "payload_len", 0))
			return;
		of = of ? of : e;
	}
	for (size_t i = 0; of && i < ARRAY_SIZE(fields) && event_has(ev, "seq"); i++)
		event_must_be_as(callers->trace, ev, fields[i], of, fields[i]);
}

/* ---- bytes ---- */

static struct stream *stream_of(struct callers *callers, const struct event *ev)
{
	for (size_t i = callers->streams.n; i-- > 0;)
		if (callers->streams.v[i].conn == ev->conn &&
		    callers->streams.v[i].netns == ev->netns)
			return &callers->streams.v[i];
	*vec_add(&callers->streams) = (struct stream){ .conn = ev->conn, .netns = ev->netns };
	return &callers->streams.v[callers->streams.n - 1];
}

static void note_stream(struct callers *callers, const struct event *ev)
{
	struct stream *stream = stream_of(callers, ev);
	int64_t seq, payload = event_int(ev, "payload_len", 0);
	int64_t *most = ev->kind == EV_TCP_TX ? &stream->sent : &stream->got;
	char *flags;

	if (!ev->conn || !payload || !json_int(event_get(ev, "rel_seq"), &seq))
		return;
	/* a SYN's data (Fast Open) is behind its own number */
	flags = event_dup(ev, "flags");
	seq += payload - !strchr(flags, 'S');
	if (seq > *most)
		*most = seq;
	free(flags);
}

static struct bytes *bytes_of(struct callers *callers, const char *sk, int64_t conn)
{
	for (size_t i = callers->bytes.n; i-- > 0;)
		if (callers->bytes.v[i].sk == sk && callers->bytes.v[i].conn == conn)
			return &callers->bytes.v[i];
	*vec_add(&callers->bytes) = (struct bytes){ .sk = sk, .conn = conn };
	return &callers->bytes.v[callers->bytes.n - 1];
}

static const char *const sends[] = { "sendto", "write", "sendmsg", "writev" };
static const char *const reads[] = { "recvfrom", "read", "recvmsg", "readv" };

static bool is_one_of(const struct event *ev, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (event_is(ev, "name", names[i]))
			return true;
	return false;
}

/* A program reads no more than came, and no call gives more than it was asked for. */
static void check_bytes(struct callers *callers, const struct event *ev)
{
	char *text = event_dup(ev, "sk");
	int64_t ret = event_int(ev, "ret", 0), flags = event_int(ev, "args.flags", 0);
	bool sent = is_one_of(ev, sends, ARRAY_SIZE(sends));
	bool read = is_one_of(ev, reads, ARRAY_SIZE(reads));
	struct bytes *bytes;

	if (*text && ev->conn && ret > 0 && (sent || read) && !(flags & (MSG_PEEK | MSG_TRUNC))) {
		bytes = bytes_of(callers, names_get(callers->trace->names, text, strlen(text)),
				 ev->conn);
		*(sent ? &bytes->sent : &bytes->read) += ret;
		*(sent ? &bytes->last_sent : &bytes->last_read) = ev;
		if (ret > event_int(ev, "args.len", ret))
			trace_contradicts(callers->trace, ev, "ret", _("at most args.len"));
		if (read && callers->whole && bytes->read > stream_of(callers, ev)->got)
			trace_contradicts(callers->trace, ev, "ret", _("at most what has come"));
	}
	free(text);
}

/* When an end has sent its FIN, all that its program gave it is before that. */
static void check_fin(struct callers *callers, const struct event *ev)
{
	char *text = event_dup(ev, "sk"), *flags = event_dup(ev, "flags");
	int64_t seq;

	if (*text && ev->conn && strchr(flags, 'F') && !json_true(event_get(ev, "retrans")) &&
	    json_int(event_get(ev, "rel_seq"), &seq)) {
		const struct bytes *bytes = bytes_of(
			callers, names_get(callers->trace->names, text, strlen(text)), ev->conn);

		if (bytes->last_sent && bytes->sent > seq + event_int(ev, "payload_len", 0) - 1)
			trace_contradicts(
				callers->trace, bytes->last_sent, "ret",
				_("with those before at most what was sent until event %lld"),
				(long long)ev->n);
	}
	free(text);
	free(flags);
}

/* ---- connections ---- */

static bool is_end(const struct conn *conn, const char *addr, int64_t port)
{
	return (text_is(addr, conn->client_addr) && port == conn->client_port) ||
	       (text_is(addr, conn->server_addr) && port == conn->server_port);
}

/* The addresses and ports of an event of a connection are its two ends. */
static void check_ends(struct callers *callers, const struct event *ev, const char *in)
{
	const struct conn *conn = ev->conn ? trace_conn(callers->trace, ev->conn) : NULL;
	const char *const sides[][2] = { { "saddr", "sport" }, { "daddr", "dport" } };

	for (size_t i = 0; conn && conn->client_addr && conn->server_addr && i < ARRAY_SIZE(sides);
	     i++) {
		char *addr_path = xasprintf("%s%s", in, sides[i][0]);
		char *port_path = xasprintf("%s%s", in, sides[i][1]);
		char *addr = event_dup(ev, addr_path);
		int64_t port = event_int(ev, port_path, 0);

		if (*addr && port && !event_is_unset(ev, addr_path) &&
		    !is_end(conn, address_asked(addr), port))
			trace_contradicts(callers->trace, ev, addr_path,
					  _("one of the ends of its connection"));
		free(addr_path);
		free(port_path);
		free(addr);
	}
}

void callers_check(struct callers *callers, const struct event *ev)
{
	check_owner(callers, ev);
	check_same_owner(callers, ev);
	if (ev->kind == EV_CALL) {
		check_handed(callers, ev);
		check_segment(callers, ev);
		check_ends(callers, ev, "args.");
		check_ends(callers, ev, "result.");
		if (text_is(ev->fn, "arp_send") || text_is(ev->fn, "arp_solicit"))
			callers->arp = ev;
	} else if (ev->kind == EV_TCP_STATE || ev->kind == EV_CONN_QUEUE) {
		if (!event_has_former_port(callers->trace, ev))
			check_ends(callers, ev, "");
	} else if (ev->kind == EV_ARP_TX) {
		check_arp(callers, ev);
	} else if (ev->kind == EV_SKB_DROP) {
		check_dropped(callers, ev);
	} else if (ev->kind == EV_SYSCALL_EXIT) {
		check_bytes(callers, ev);
	}
	if (ev->kind == EV_TCP_RX)
		note_packet(callers, ev);
	if (ev->kind == EV_TCP_TX)
		check_fin(callers, ev);
	if (ev->kind == EV_TCP_TX || ev->kind == EV_TCP_RX)
		note_stream(callers, ev);
}
