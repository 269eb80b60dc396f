// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both programs of tests/e2e/wild.sh, wild server SEED and wild client SEED: what they do with their sockets is drawn by the
 * seed, out of what a program may do. Nothing of it is wrong, however odd: a run that traces it holds.
 */
#define _GNU_SOURCE
#include "wild_tune.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	SESSIONS = 6,
	PORT = 8080,
	CLOSED = 9999,
	OWN = 4000, /* a port that a client chooses itself */
	IDLE_MS = 2500, /* without a client the server is done */
	ROOM = 20000
};

static unsigned int seed;
static char room[ROOM];

static void told(const char *what, long value)
{
	printf("%s %ld %s\n", what, value, value < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static void rest(unsigned int at_most_ms)
{
	unsigned int ms = draw(at_most_ms);
	struct timespec t = { 0, (long)ms * 1000000 };

	nanosleep(&t, NULL);
}

/* ---- what is done with a socket that is connected ---- */

static void give(int fd)
{
	size_t n = draw(3) ? draw(200) + 1 : draw(ROOM) + 1;
	struct iovec parts[] = { { room, n / 2 }, { room, n - n / 2 } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	int file, pipes[2];

	switch (draw(8)) {
	case 0:
		told("sendmsg", sendmsg(fd, &message, MSG_NOSIGNAL));
		break;
	case 1:
		told("writev", writev(fd, parts, 2));
		break;
	case 2:
		told("urgent", send(fd, room, 1, MSG_OOB | MSG_NOSIGNAL));
		break;
	case 3:
		told("more", send(fd, room, n, MSG_MORE | MSG_NOSIGNAL));
		break;
	case 4:
		told("not waiting", send(fd, room, n, MSG_DONTWAIT | MSG_NOSIGNAL));
		break;
	case 5:
		file = open("/proc/self/exe", O_RDONLY);
		told("sendfile", sendfile(fd, file, NULL, n));
		close(file);
		break;
	case 6:
		(void)!pipe(pipes);
		(void)!write(pipes[1], room, 50);
		told("splice", splice(pipes[0], NULL, fd, NULL, 50, 0));
		close(pipes[0]);
		close(pipes[1]);
		break;
	default:
		told("write", write(fd, room, n));
	}
}

static void take(int fd)
{
	size_t n = draw(3) ? draw(100) + 1 : ROOM;
	struct pollfd waits = { fd, POLLIN, 0 };

	switch (draw(7)) {
	case 0:
		told("peek", recv(fd, room, n, MSG_PEEK));
		break;
	case 1:
		told("all", recv(fd, room, n, MSG_WAITALL));
		break;
	case 2:
		told("not waiting", recv(fd, room, n, MSG_DONTWAIT));
		break;
	case 3:
		told("urgent", recv(fd, room, 1, MSG_OOB));
		break;
	case 4:
		told("thrown away", recv(fd, NULL, n, MSG_TRUNC));
		break;
	case 5:
		told("poll", poll(&waits, 1, (int)draw(100)));
		break;
	default:
		told("read", read(fd, room, n));
	}
}

/* The descriptor gets another number. */
static int moved(int fd)
{
	int other = draw(2) ? dup(fd) : fcntl(fd, F_DUPFD_CLOEXEC, (int)draw(100) + 20);

	if (draw(4))
		close(fd);
	return other;
}

static struct sockaddr_in endpoint(const char *address, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };

	a.sin_addr.s_addr = inet_addr(address);
	return a;
}

/* Another connection in the same socket: net/ipv4/tcp.c tcp_disconnect(). */
static void again(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct sockaddr_in to = endpoint("10.0.0.2", PORT);

	told("disconnect", connect(fd, &none, sizeof(none)));
	told("connect again", connect(fd, (struct sockaddr *)&to, sizeof(to)));
}

static void session(int fd, bool is_client)
{
	for (unsigned int n = draw(7); n--;)
		switch (draw(12)) {
		case 0:
		case 1:
		case 2:
		case 3:
			give(fd);
			break;
		case 4:
		case 5:
		case 6:
			take(fd);
			break;
		case 7:
			told("shutdown", shutdown(fd, (int)draw(3)));
			break;
		case 8:
			fd = moved(fd);
			break;
		case 9:
			tune(fd);
			break;
		case 10:
			if (is_client)
				again(fd);
			break;
		default:
			rest(60);
		}
	/* what is left to the kernel, at the process's end, is closed by it */
	if (draw(4))
		told("close", close(fd));
}

/* One process a session, so that each draws what it would draw alone. */
static void apart(int number, int fd)
{
	if (fork())
		return;
	drawn = seed * 1000 + (unsigned int)number * 2;
	bounded(fd);
	session(fd, false);
	exit(0);
}

/* ---- datagrams ---- */

static int udp(int port)
{
	struct sockaddr_in at = endpoint("0.0.0.0", port);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	bounded(fd);
	tune(fd);
	if (port)
		told("bind", bind(fd, (struct sockaddr *)&at, sizeof(at)));
	return fd;
}

static void datagrams(int fd)
{
	struct sockaddr_in to = endpoint("10.0.0.2", draw(4) ? PORT : CLOSED);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct sockaddr *peer = (struct sockaddr *)&to;

	for (unsigned int n = draw(8) + 1; n--;)
		switch (draw(11)) {
		case 0:
			told("connect", connect(fd, peer, sizeof(to)));
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
			told("errors", recv(fd, room, ROOM, MSG_ERRQUEUE));
			break;
		case 5:
			tune(fd);
			break;
		case 6:
			fd = moved(fd);
			break;
		case 7:
			set(fd, IPPROTO_UDP, UDP_CORK, (int)draw(2));
			break;
		default:
			told("sendto", sendto(fd, room, draw(3) ? draw(200) : draw(4000), 0, peer,
					      sizeof(to)));
		}
	if (draw(4))
		told("close", close(fd));
}

/* Some are answered; while it rests, its buffer may become full. */
static void answers(int fd)
{
	struct sockaddr_in from;
	socklen_t size;
	struct pollfd waits = { fd, POLLIN, 0 };

	while (poll(&waits, 1, IDLE_MS) > 0) {
		ssize_t n;

		rest(draw(4) ? 1 : 200);
		size = sizeof(from);
		n = recvfrom(fd, room, draw(3) ? ROOM : 10, draw(6) ? 0 : MSG_PEEK,
			     (struct sockaddr *)&from, &size);
		told("recvfrom", n);
		if (n >= 0 && !draw(3))
			told("answer",
			     sendto(fd, room, (size_t)n, 0, (struct sockaddr *)&from, size));
	}
	close(fd);
}

/* ---- both sides ---- */

static struct sockaddr_in6 mapped(int port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
				  .sin6_port = htons((unsigned short)port) };

	inet_pton(AF_INET6, "::ffff:10.0.0.2", &a.sin6_addr);
	return a;
}

static void client(void)
{
	struct sockaddr_in to, own;
	struct sockaddr_in6 to6;
	int port = draw(8) ? PORT : CLOSED, six = !draw(5);
	int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | (draw(5) ? 0 : SOCK_NONBLOCK), 0);
	struct pollfd waits = { fd, POLLOUT, 0 };

	bounded(fd);
	tune(fd);
	to = endpoint(draw(10) ? "10.0.0.2" : "10.0.0.77", port);
	to6 = mapped(port);
	if (!six && !draw(3)) {
		own = endpoint("0.0.0.0", OWN + (int)draw(2));
		set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
		told("bind", bind(fd, (struct sockaddr *)&own, sizeof(own)));
	}
	told("connect", six ? connect(fd, (struct sockaddr *)&to6, sizeof(to6))
			    : connect(fd, (struct sockaddr *)&to, sizeof(to)));
	if (!draw(2))
		told("writable", poll(&waits, 1, WAIT_MS));
	session(fd, true);
	close(fd);
}

static int clients(void)
{
	for (int i = 0; i < SESSIONS; i++) {
		pid_t child = fork();

		if (!child) {
			drawn = seed * 1000 + (unsigned int)i * 2 + 1;
			if (draw(3))
				client();
			else
				datagrams(udp(0));
			exit(0);
		}
		drawn = seed * 1000 + (unsigned int)i;
		if (draw(3))
			waitpid(child, NULL, 0);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

static int server(void)
{
	struct sockaddr_in at = endpoint("0.0.0.0", PORT);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct pollfd waits = { listener, POLLIN, 0 };

	set(listener, SOL_SOCKET, SO_REUSEADDR, 1);
	tune(listener);
	told("bind", bind(listener, (struct sockaddr *)&at, sizeof(at)));
	told("listen", listen(listener, (int)draw(6)));
	if (!fork()) {
		close(listener);
		answers(udp(PORT));
		exit(0);
	}
	for (int i = 0; poll(&waits, 1, IDLE_MS) > 0; i++) {
		int fd;

		rest(draw(3) ? 1 : 300);
		fd = accept4(listener, NULL, NULL, draw(4) ? 0 : SOCK_NONBLOCK);
		told("accept", fd);
		if (fd < 0)
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
	signal(SIGPIPE, SIG_IGN);
	if (argc != 3)
		return 2;
	seed = (unsigned int)atoi(argv[2]);
	drawn = seed * 1000 + 999;
	return !strcmp(argv[1], "server") ? server() : clients();
}
