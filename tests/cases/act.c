// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The program of the cases: act WORD... does with its descriptors what the words say, and tells each call on a socket
 * that it made, as tests/e2e/told.py reads it:
 *
 *   told: THREAD call NAME FD RESULT CONNECTION     ? for a connection that it was not told by "as"
 *   told: THREAD owner FD CONNECTION SIDE           who opened a socket of a connection ("owns")
 *
 * A descriptor is called by a letter. What stands between { and } is done by a child or by a thread of its own.
 */
#define _GNU_SOURCE
#include "act_set.h"
#include "act_tell.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum {
	ROOM = 70000,
	THREADS = 16,
};

static pthread_t threads[THREADS];
static int threads_n;

/* ---- words: `w` are the word's arguments ---- */

static void do_socket(char **w)
{
	static const struct {
		const char *name;
		int family, type;
	} kinds[] = {
		{ "tcp", AF_INET, SOCK_STREAM },
		{ "tcp6", AF_INET6, SOCK_STREAM },
		{ "nonblocking", AF_INET, SOCK_STREAM | SOCK_NONBLOCK },
		{ "udp", AF_INET, SOCK_DGRAM },
		{ "udp6", AF_INET6, SOCK_DGRAM },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, w[1])) {
			int fd = socket(kinds[i].family, kinds[i].type, 0);

			*slot(w[0]) = fd;
			if (kinds[i].family != AF_UNIX)
				say("socket", w[0], NONE, fd);
		}
}

static void do_pair(char **w)
{
	int pair[2] = { NONE, NONE };

	(void)!socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	*slot(w[0]) = pair[0];
	*slot(w[1]) = pair[1];
}

static void do_as(char **w)
{
	conns[(unsigned char)*w[0] % LETTERS] = w[1];
}

static void do_owns(char **w)
{
	char line[100];
	int length = snprintf(line, sizeof(line), "told: %ld owner %d %s %s\n", syscall(SYS_gettid),
			      *slot(w[0]), conn(w[0]), w[1]);

	(void)!write(STDOUT_FILENO, line, (size_t)length);
}

static void do_bind(char **w)
{
	union endpoint at = endpoint(w[1]);
	int on = 1;

	setsockopt(*slot(w[0]), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	say("bind", w[0], *slot(w[0]), bind(*slot(w[0]), &at.any, length_of(&at)));
}

static void do_listen(char **w)
{
	say("listen", w[0], *slot(w[0]), listen(*slot(w[0]), atoi(w[1])));
}

static void do_accept(char **w)
{
	*slot(w[1]) = (int)say("accept", "\1", *slot(w[0]), accept(*slot(w[0]), NULL, NULL));
}

static void do_accept4(char **w)
{
	*slot(w[1]) = (int)say("accept4", "\1", *slot(w[0]),
			       accept4(*slot(w[0]), NULL, NULL, SOCK_NONBLOCK));
}

static void do_connect(char **w)
{
	union endpoint to = endpoint(w[1]);

	say("connect", w[0], *slot(w[0]), connect(*slot(w[0]), &to.any, length_of(&to)));
}

/* What it was connected to is over: net/ipv4/tcp.c tcp_disconnect(). */
static void do_disconnect(char **w)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	say("connect", w[0], *slot(w[0]), connect(*slot(w[0]), &none, sizeof(none)));
}

/* The network of another node. */
static void do_enter(char **w)
{
	char path[100];
	int node;

	snprintf(path, sizeof(path), "/run/netns/%s", w[0]);
	node = open(path, O_RDONLY);
	if (node < 0 || setns(node, CLONE_NEWNET))
		perror(path);
	close(node);
}

static char room[ROOM];

static void do_send(char **w)
{
	say("sendto", w[0], *slot(w[0]), send(*slot(w[0]), room, (size_t)atoi(w[1]), MSG_NOSIGNAL));
}

/* send() until so many bytes went */
static void do_put(char **w)
{
	long left = atol(w[1]), sent = 1;

	for (; left > 0 && sent > 0; left -= sent)
		sent = say(
			"sendto", w[0], *slot(w[0]),
			send(*slot(w[0]), room, left > ROOM ? ROOM : (size_t)left, MSG_NOSIGNAL));
}

static void do_fast(char **w)
{
	union endpoint to = endpoint(w[1]);

	say("sendto", w[0], *slot(w[0]),
	    sendto(*slot(w[0]), room, (size_t)atoi(w[2]), MSG_FASTOPEN, &to.any, length_of(&to)));
}

static void do_to(char **w)
{
	union endpoint to = endpoint(w[1]);

	say("sendto", w[0], *slot(w[0]),
	    sendto(*slot(w[0]), room, (size_t)atoi(w[2]), 0, &to.any, length_of(&to)));
}

static void do_write(char **w)
{
	say("write", w[0], *slot(w[0]), write(*slot(w[0]), room, (size_t)atoi(w[1])));
}

static void do_sendmsg(char **w)
{
	struct iovec part = { room, (size_t)atoi(w[1]) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	say("sendmsg", w[0], *slot(w[0]), sendmsg(*slot(w[0]), &message, MSG_NOSIGNAL));
}

static void do_recv(char **w)
{
	char got[ROOM];

	say("recvfrom", w[0], *slot(w[0]), recv(*slot(w[0]), got, (size_t)atoi(w[1]), 0));
}

/* recv() until the other end closes, or an error */
static void do_drain(char **w)
{
	char got[ROOM];

	while (say("recvfrom", w[0], *slot(w[0]), recv(*slot(w[0]), got, sizeof(got), 0)) > 0)
		;
}

static void do_read(char **w)
{
	char got[ROOM];

	say("read", w[0], *slot(w[0]), read(*slot(w[0]), got, (size_t)atoi(w[1])));
}

static void do_recvmsg(char **w)
{
	char got[ROOM];
	struct iovec part = { got, (size_t)atoi(w[1]) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	say("recvmsg", w[0], *slot(w[0]), recvmsg(*slot(w[0]), &message, 0));
}

static void do_poll(char **w)
{
	struct pollfd one = { *slot(w[0]), *w[1] == 'i' ? POLLIN : POLLOUT, 0 };

	poll(&one, 1, 5000);
}

static void do_epoll(char **w)
{
	int set = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };

	epoll_ctl(set, EPOLL_CTL_ADD, *slot(w[0]), &event);
	epoll_wait(set, &event, 1, 5000);
	close(set);
}

static void do_shutdown(char **w)
{
	say("shutdown", w[0], *slot(w[0]), shutdown(*slot(w[0]), SHUT_WR));
}

static void do_close(char **w)
{
	int fd = *slot(w[0]);

	say("close", w[0], fd, close(fd));
}

/* to a descriptor of this number */
static void do_move(char **w)
{
	int from = *slot(w[0]), to = dup2(from, atoi(w[1]));

	close(from);
	*slot(w[0]) = to;
}

union rights {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void do_pass(char **w)
{
	union rights rights = { { 0 } };
	struct iovec part = { room, 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &rights,
				  .msg_controllen = sizeof(rights) };

	rights.align = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
					 .cmsg_level = SOL_SOCKET,
					 .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&rights.align), slot(w[0]), sizeof(int));
	sendmsg(*slot(w[1]), &message, 0);
}

static void do_take(char **w)
{
	union rights rights;
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &rights,
				  .msg_controllen = sizeof(rights) };

	if (recvmsg(*slot(w[0]), &message, 0) == 1)
		memcpy(slot(w[1]), CMSG_DATA(&rights.align), sizeof(int));
}

static void do_sleep(char **w)
{
	usleep((useconds_t)atoi(w[0]) * 1000);
}

static void do_nothing(int signal)
{
	(void)signal;
}

static void do_alarm(char **w)
{
	struct sigaction action = { .sa_handler = do_nothing };

	sigaction(SIGALRM, &action, NULL);
	alarm((unsigned int)atoi(w[0]));
}

static void do_name(char **w)
{
	prctl(PR_SET_NAME, w[0]);
}

static void do_wait(char **w)
{
	(void)w;
	while (wait(NULL) > 0)
		;
	for (; threads_n; threads_n--)
		pthread_join(threads[threads_n - 1], NULL);
}

static const struct word {
	const char *name;
	int arguments;
	void (*act)(char **w);
} words[] = {
	{ "socket", 2, do_socket },   { "pair", 2, do_pair },
	{ "as", 2, do_as },	      { "owns", 2, do_owns },
	{ "bind", 2, do_bind },	      { "listen", 2, do_listen },
	{ "accept", 2, do_accept },   { "accept4", 2, do_accept4 },
	{ "connect", 2, do_connect }, { "send", 2, do_send },
	{ "put", 2, do_put },	      { "fast", 3, do_fast },
	{ "to", 3, do_to },	      { "write", 2, do_write },
	{ "sendmsg", 2, do_sendmsg }, { "recv", 2, do_recv },
	{ "drain", 1, do_drain },     { "read", 2, do_read },
	{ "recvmsg", 2, do_recvmsg }, { "poll", 2, do_poll },
	{ "epoll", 1, do_epoll },     { "shutdown", 1, do_shutdown },
	{ "close", 1, do_close },     { "move", 2, do_move },
	{ "pass", 2, do_pass },	      { "take", 2, do_take },
	{ "set", 3, do_set },	      { "sleep", 1, do_sleep },
	{ "alarm", 1, do_alarm },     { "name", 1, do_name },
	{ "enter", 1, do_enter },     { "disconnect", 1, do_disconnect },
	{ "wait", 0, do_wait },
};

static void *act(void *from);

/* Behind the block that begins here. */
static char **behind(char **w)
{
	for (int depth = 0; *w; w++) {
		depth += !strcmp(*w, "{") - !strcmp(*w, "}");
		if (!depth)
			return w + 1;
	}
	return w;
}

static char **block(char **w)
{
	if (!strcmp(*w, "thread")) {
		pthread_create(&threads[threads_n++ % THREADS], NULL, act, w + 2);
	} else if (!fork()) {
		act(w + 2);
		_exit(0);
	}
	return behind(w + 1);
}

static void *act(void *from)
{
	char **w = from;

	while (*w && strcmp(*w, "}")) {
		const struct word *found = NULL;

		if (!strcmp(*w, "fork") || !strcmp(*w, "thread")) {
			w = block(w);
			continue;
		}
		for (size_t i = 0; !found && i < sizeof(words) / sizeof(words[0]); i++)
			if (!strcmp(words[i].name, *w))
				found = &words[i];
		if (!found) {
			fprintf(stderr, "act: unknown word '%s'\n", *w);
			exit(2);
		}
		found->act(w + 1);
		w += 1 + found->arguments;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	(void)argc;
	act(argv + 1);
	return 0;
}
