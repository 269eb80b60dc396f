// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both programs of tests/e2e/identity.sh: what they do with their descriptors is drawn by SEED, and they tell each call
 * that they make, so that the events can be compared with it.
 *
 *   told: THREAD call NAME FD RESULT CONNECTION   a call; - for the connection of none, ? for one that the caller
 *                                                    does not know; a negative errno as result
 *   told: THREAD owner FD CONNECTION SIDE         who opened a socket of a connection
 *
 * A connection is called by the number of the connect() that the client made for it, which it sends as its first byte.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SEED
#define SEED 1
#endif

enum {
	ROUNDS = 8,
	PORT = 8080,
	REFUSED = 9999,
	NONE = -1,
	UNKNOWN = -2
};

/* What is done with a connection's descriptor, by whom. */
enum way {
	PLAIN,
	COPY,
	MOVED,
	THREAD,
	CHILD,
	LEAVER,
	HANDED,
	WAYS
};

struct job {
	int fd, number;
	int (*work)(int fd, int number);
};

static unsigned int drawn = SEED;
static int helper = NONE; /* a socket to the process that is handed descriptors */

static unsigned int draw(unsigned int below)
{
	drawn = drawn * 1103515245 + 12345;
	return (drawn >> 16) % below;
}

/* One write() a line: threads and processes share the console. */
static int say(const char *name, int fd, long result, int number)
{
	char line[100], conn[12] = "-";
	int length;

	if (number >= 0)
		snprintf(conn, sizeof(conn), "%d", number);
	else if (number == UNKNOWN)
		conn[0] = '?';
	length = snprintf(line, sizeof(line), "told: %ld call %s %d %ld %s\n", syscall(SYS_gettid),
			  name, fd, result < 0 ? -(long)errno : result, conn);
	(void)!write(STDOUT_FILENO, line, (size_t)length);
	return (int)result;
}

static void owns(int fd, int number, const char *side)
{
	char line[100];
	int length = snprintf(line, sizeof(line), "told: %ld owner %d %d %s\n", syscall(SYS_gettid),
			      fd, number, side);

	(void)!write(STDOUT_FILENO, line, (size_t)length);
}

/* Not the last descriptor, unless all others were quicker. */
static void say_first_close(int fd, int number)
{
	say("close", fd, close(fd), number == NONE ? UNKNOWN : number);
}

static void say_close(int fd, int number)
{
	say("close", fd, close(fd), number);
}

static ssize_t put(int fd, char *data, size_t length, int number)
{
	struct iovec part = { data, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	switch (draw(3)) {
	case 0:
		return say("sendto", fd, send(fd, data, length, MSG_NOSIGNAL), number);
	case 1:
		return say("sendmsg", fd, sendmsg(fd, &message, MSG_NOSIGNAL), number);
	default:
		return say("write", fd, write(fd, data, length), number);
	}
}

/* Of the first bytes of a connection the server learns which it is. */
static ssize_t get(int fd, char *data, size_t length, int number)
{
	static const char *const names[] = { "recvfrom", "recvmsg", "read" };
	struct iovec part = { data, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	unsigned int way = draw(3);
	ssize_t got = way == 0	 ? recv(fd, data, length, 0)
		      : way == 1 ? recvmsg(fd, &message, 0)
				 : read(fd, data, length);

	say(names[way], fd, got, number != NONE ? number : got > 0 ? data[0] : NONE);
	return got;
}

static int ask(int fd, int number)
{
	char data[3] = { (char)number, (char)draw(2), 0 };

	put(fd, data, sizeof(data), number);
	get(fd, data, sizeof(data), number);
	/* the other end closes first */
	if (data[1])
		get(fd, data, sizeof(data), number);
	return number;
}

static int answer(int fd, int number)
{
	char data[3];

	get(fd, data, sizeof(data), NONE);
	number = data[0];
	put(fd, data, sizeof(data), number);
	if (!data[1])
		get(fd, data, sizeof(data), number);
	return number;
}

static void *in_thread(void *argument)
{
	struct job *job = argument;

	job->number = job->work(job->fd, job->number);
	say_close(job->fd, job->number);
	return NULL;
}

/* The helper's life: it works on what it is handed, and says which connection it was. */
static void help(int from, int (*work)(int, int))
{
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec part = { &byte, 1 };
	int fd;

	for (;;) {
		struct msghdr message = { .msg_iov = &part,
					  .msg_iovlen = 1,
					  .msg_control = space,
					  .msg_controllen = sizeof(space) };

		if (recvmsg(from, &message, 0) <= 0)
			_exit(0);
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
		byte = (char)work(fd, byte);
		say_close(fd, byte);
		(void)!write(from, &byte, 1);
	}
}

static int hand_over(int fd, int number)
{
	char byte = (char)number, space[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = space,
				  .msg_controllen = sizeof(space) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	*head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
				  .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	sendmsg(helper, &message, 0);
	/* it is in flight, or there already */
	if (draw(2)) {
		say_first_close(fd, number);
		fd = NONE;
	}
	(void)!read(helper, &byte, 1);
	if (fd != NONE)
		say_close(fd, byte);
	return byte;
}

static int in_child(int fd, int number, enum way way, int (*work)(int, int))
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		number = work(fd, number);
		if (way == CHILD)
			say_close(fd, number);
		_exit(number);
	}
	if (draw(2)) {
		say_first_close(fd, number);
		fd = NONE;
	}
	waitpid(child, &status, 0);
	if (fd != NONE)
		say_close(fd, WEXITSTATUS(status));
	return WEXITSTATUS(status);
}

/* Works on a connection in a way that is drawn, and ends with its last descriptor. Returns its number. */
static int juggle(int fd, int number, int (*work)(int, int))
{
	enum way way = draw(WAYS);
	struct job job = { fd, number, work };
	pthread_t thread;
	int other;

	switch (way) {
	case THREAD:
		pthread_create(&thread, NULL, in_thread, &job);
		pthread_join(thread, NULL);
		return job.number;
	case CHILD:
	case LEAVER:
		return in_child(fd, number, way, work);
	case HANDED:
		return hand_over(fd, number);
	case COPY:
	case MOVED:
		other = way == COPY ? dup(fd) : dup2(fd, 20 + (int)draw(5));
		say_first_close(fd, number);
		fd = other;
		break;
	default:
		break;
	}
	number = work(fd, number);
	say_close(fd, number);
	return number;
}

/* Sockets of another family take and leave descriptors. */
static void others(void)
{
	int pair[2];
	char byte = 0;

	if (!draw(2) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return;
	send(pair[0], &byte, 1, 0);
	recv(pair[1], &byte, 1, 0);
	close(pair[1]);
	if (draw(2))
		close(pair[0]);
}

static struct sockaddr_in at(const char *address, int port)
{
	struct sockaddr_in made = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, address, &made.sin_addr);
	return made;
}

static void start_helper(int (*work)(int, int))
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		exit(1);
	if (!fork()) {
		close(pair[0]);
		help(pair[1], work);
	}
	close(pair[1]);
	helper = pair[0];
}

static int serve(void)
{
	struct sockaddr_in here = at("10.0.0.2", PORT);
	int on = 1, listener = say("socket", NONE, socket(AF_INET, SOCK_STREAM, 0), NONE);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	say("bind", listener, bind(listener, (struct sockaddr *)&here, sizeof(here)), NONE);
	say("listen", listener, listen(listener, 5), NONE);
	for (int round = 0; round < ROUNDS; round++) {
		int fd;

		others();
		fd = say("accept", listener, accept(listener, NULL, NULL), NONE);
		owns(fd, juggle(fd, NONE, answer), "server");
	}
	return 0;
}

static int connect_to(void)
{
	struct sockaddr_in there = at("10.0.0.2", PORT), nobody = at("10.0.0.2", REFUSED);
	int number = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int fd;

		others();
		number++;
		fd = say("socket", NONE, socket(AF_INET, SOCK_STREAM, 0), number);
		while (!draw(3)) {
			owns(fd, number, "client");
			say("connect", fd, connect(fd, (struct sockaddr *)&nobody, sizeof(nobody)),
			    number);
			number++;
		}
		owns(fd, number, "client");
		say("connect", fd, connect(fd, (struct sockaddr *)&there, sizeof(there)), number);
		juggle(fd, number, ask);
		if (!draw(3)) {
			/* one that is refused and closed, before its memory is used again */
			number++;
			fd = say("socket", NONE, socket(AF_INET, SOCK_STREAM, 0), number);
			owns(fd, number, "client");
			say("connect", fd, connect(fd, (struct sockaddr *)&nobody, sizeof(nobody)),
			    number);
			say_close(fd, number);
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	(void)argc;
	int is_server = strstr(argv[0], "server") != NULL;

	drawn += (unsigned int)is_server;
	start_helper(is_server ? answer : ask);
	return is_server ? serve() : connect_to();
}
