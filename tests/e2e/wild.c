// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both programs of tests/e2e/wild.sh, wild server SEED and wild client SEED: what they do with their sockets, and what lies
 * below these, is drawn by the seed, out of what a program may do. Nothing of it is wrong, however odd: a run that traces
 * it holds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "wild_do.h"

enum {
	SESSIONS = 6,
	BURST = 8,
	PORT = 8080,
	CLOSED = 9999,
	OWN = 4000, /* a port that a client chooses itself */
	IDLE_MS = 3000, /* without a client the server is done */
};

/* ---- where to ---- */

union end {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	struct sockaddr_storage room;
};

static socklen_t size_of(const union end *end)
{
	return end->any.sa_family == AF_INET6 ? sizeof(end->six) : sizeof(end->four);
}

static union end end_of(const char *address, int port)
{
	union end end = { .four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) } };

	if (inet_pton(AF_INET, address, &end.four.sin_addr) == 1)
		return end;
	end = (union end){ .six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) } };
	inet_pton(AF_INET6, address, &end.six.sin6_addr);
	return end;
}

struct way {
	const char *to;
	int port;
};

/* where a client goes, unless it goes to the server */
static const struct way streams[] = {
	{ "10.0.0.2", CLOSED }, { "10.0.0.77", PORT },	   { "::ffff:10.0.0.2", PORT },
	{ "fd00::2", PORT },	{ "fd00::2", PORT },	   { "fd00::2", CLOSED },
	{ "127.0.0.1", PORT },	{ "10.0.0.1", OWN },	   { "10.0.0.1", PORT },
	{ "::1", PORT },	{ "192.0.2.1", PORT },	   { "10.0.0.255", PORT },
	{ "0.0.0.0", PORT },	{ "::ffff:0.0.0.0", OWN },
};

static const struct way grams[] = {
	{ "10.0.0.2", CLOSED },	     { "10.0.0.77", PORT }, { "::ffff:10.0.0.2", PORT },
	{ "fd00::2", PORT },	     { "fd00::2", PORT },   { "fd00::2", CLOSED },
	{ "127.0.0.1", PORT },	     { "10.0.0.1", OWN },   { "10.0.0.255", PORT },
	{ "255.255.255.255", PORT }, { "224.0.0.9", PORT }, { "192.0.2.1", PORT },
};

/* ---- a connection ---- */

/* Another one in the same socket: net/ipv4/tcp.c tcp_disconnect(). */
static int again(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	union end to = end_of("10.0.0.2", PORT);

	told("disconnect", connect(fd, &none, sizeof(none)));
	told("connect again", connect(fd, &to.any, size_of(&to)));
	return fd;
}

static act *const deeds[] = {
	give, give, give,  give,   give,  take,	  take,	    take,     take,    shut,
	move, pass, share, beside, await, adjust, pause_it, pause_it, disturb, again,
};

/* what only a client does stands last */
static void session(int fd, bool is_client)
{
	for (unsigned int n = draw(8); n--;)
		fd = deeds[draw(COUNT(deeds) - !is_client)](fd);
	if (!draw(12))
		raise(SIGKILL);
	/* what is left to the kernel, at the process's end, is closed by it */
	if (draw(4))
		told("close", close(fd));
}

/* One process a session, so that each draws what it would draw alone. */
static void apart(int number, int fd)
{
	if (fork())
		return;
	draw_from((unsigned int)number * 2);
	bounded(fd);
	session(fd, false);
	exit(0);
}

static void bind_own(int fd, int family)
{
	union end own = end_of(family == AF_INET ? "0.0.0.0" : "::", OWN + (int)draw(2));

	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	told("bind", bind(fd, &own.any, size_of(&own)));
}

static void client(void)
{
	struct way way = draw(2) ? (struct way){ "10.0.0.2", PORT } : PICK(streams);
	union end to = end_of(way.to, way.port);
	int fd = socket(to.any.sa_family, SOCK_STREAM | (draw(5) ? 0 : SOCK_NONBLOCK), 0);
	struct pollfd waits = { fd, POLLOUT, 0 };

	bounded(fd);
	tune(fd);
	if (!draw(3))
		bind_own(fd, to.any.sa_family);
	if (draw(6))
		told(way.to, connect(fd, &to.any, size_of(&to)));
	else
		told("fast open", sendto(fd, room, draw(2000), MSG_FASTOPEN | MSG_NOSIGNAL, &to.any,
					 size_of(&to)));
	if (!draw(2))
		told("writable", poll(&waits, 1, WAIT_MS));
	session(fd, true);
	close(fd);
}

/* Many at once in one process. */
static void burst(void)
{
	union end to = end_of("10.0.0.2", PORT);
	int fds[BURST];

	for (int i = 0; i < BURST; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		told("connect", connect(fds[i], &to.any, size_of(&to)));
	}
	for (int i = 0; i < BURST; i++) {
		struct pollfd waits = { fds[i], POLLOUT, 0 };

		told("writable", poll(&waits, 1, WAIT_MS));
		if (draw(2))
			give(fds[i]);
		if (draw(3))
			close(fds[i]);
	}
}

/* ---- datagrams ---- */

static int udp(int family, int port)
{
	union end at = end_of(family == AF_INET ? "0.0.0.0" : "::", port);
	int fd = socket(family, SOCK_DGRAM, 0);

	bounded(fd);
	tune(fd);
	if (port)
		told("bind", bind(fd, &at.any, size_of(&at)));
	return fd;
}

static void datagrams(void)
{
	struct way way = draw(2) ? (struct way){ "10.0.0.2", PORT } : PICK(grams);
	union end to = end_of(way.to, way.port);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = udp(to.any.sa_family, draw(3) ? 0 : OWN);

	for (unsigned int n = draw(8) + 1; n--;)
		switch (draw(12)) {
		case 0:
			told("connect", connect(fd, &to.any, size_of(&to)));
			break;
		case 1:
			told("disconnect", connect(fd, &none, sizeof(none)));
			break;
		case 2:
			told("write", write(fd, room, draw(100)));
			break;
		case 3:
			take(fd);
			break;
		case 4:
			fd = draw(2) ? pass(fd) : share(fd);
			break;
		case 5:
			tune(fd);
			break;
		case 6:
			fd = move(fd);
			break;
		case 7:
			set(fd, IPPROTO_UDP, UDP_CORK, (int)draw(2));
			break;
		case 8:
			fd = disturb(fd);
			break;
		default:
			told(way.to, sendto(fd, room, draw(3) ? draw(200) : draw(4000), 0, &to.any,
					    size_of(&to)));
		}
	if (draw(4))
		told("close", close(fd));
}

/* Some are answered; while it rests, its buffer may become full. */
static void answers(int fd)
{
	union end from;
	struct pollfd waits = { fd, POLLIN, 0 };

	while (poll(&waits, 1, IDLE_MS) > 0) {
		socklen_t size = sizeof(from);
		ssize_t n;

		rest(draw(4) ? 1 : 200);
		n = recvfrom(fd, room, draw(3) ? ROOM : 10, draw(6) ? 0 : MSG_PEEK, &from.any,
			     &size);
		told("recvfrom", n);
		if (n >= 0 && !draw(3))
			told("answer", sendto(fd, room, (size_t)n, 0, &from.any, size));
	}
	close(fd);
}

/* ---- both sides ---- */

static int clients(void)
{
	for (unsigned int i = 0; i < SESSIONS; i++) {
		pid_t child = fork();

		if (!child) {
			draw_from(i * 2 + 1);
			if (!draw(8))
				burst();
			else if (draw(3))
				client();
			else
				datagrams();
			exit(0);
		}
		draw_from(i);
		if (draw(3))
			waitpid(child, NULL, 0);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

static int server(void)
{
	int family = draw(2) ? AF_INET : AF_INET6, i = 0;
	union end at = end_of(family == AF_INET ? "0.0.0.0" : "::", PORT);
	int listener = socket(family, SOCK_STREAM, 0);
	struct pollfd waits = { listener, POLLIN, 0 };

	set(listener, SOL_SOCKET, SO_REUSEADDR, 1);
	tune(listener);
	told("bind", bind(listener, &at.any, size_of(&at)));
	told("listen", listen(listener, (int)draw(6)));
	if (!fork()) {
		close(listener);
		answers(udp(draw(2) ? AF_INET : AF_INET6, PORT));
		exit(0);
	}
	for (; poll(&waits, 1, IDLE_MS) > 0 && draw(30); i++) {
		int fd;

		rest(draw(3) ? 1 : 300);
		fd = accept4(listener, NULL, NULL, draw(4) ? 0 : SOCK_NONBLOCK);
		if (told("accept", fd) < 0)
			break;
		apart(i, fd);
		close(fd);
	}
	told("close", close(listener));
	while (wait(NULL) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	bool serves = argc == 3 && !strcmp(argv[1], "server");

	signal(SIGPIPE, SIG_IGN);
	if (argc != 3)
		return 2;
	seed = (unsigned int)atoi(argv[2]);
	world(1 + serves);
	draw_from(999);
	return serves ? server() : clients();
}
