/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptors of act.c by their letters, and how a call on one is told. */
#ifndef ACT_TELL_H
#define ACT_TELL_H

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	LETTERS = 128,
	NONE = -1
};

static int fds[LETTERS];
static const char *conns[LETTERS];

static int *slot(const char *letter)
{
	return &fds[(unsigned char)*letter % LETTERS];
}

static const char *conn(const char *letter)
{
	const char *name = conns[(unsigned char)*letter % LETTERS];

	return name ? name : "?";
}

/* One write() a line: threads and processes share the output. */
static void tell(const char *format, const char *name, int fd, long result, const char *of)
{
	char line[120];
	int length =
		snprintf(line, sizeof(line), format, syscall(SYS_gettid), name, fd, result, of);

	(void)!write(STDOUT_FILENO, line, (size_t)length);
}

static long say(const char *name, const char *letter, int fd, long result)
{
	tell("told: %ld call %s %d %ld %s\n", name, fd, result < 0 ? -(long)errno : result,
	     conn(letter));
	return result;
}

/* An address with its port, of IPv4 or, in brackets, of IPv6. */
union endpoint {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union endpoint endpoint(const char *text)
{
	union endpoint made = { .v6 = { .sin6_family = *text == '[' ? AF_INET6 : AF_INET } };
	char ip[INET6_ADDRSTRLEN] = "";
	int port = 0;

	sscanf(text, *text == '[' ? "[%45[0-9a-f.:]]:%d" : "%15[0-9.]:%d", ip, &port);
	if (*text == '[')
		inet_pton(AF_INET6, ip, &made.v6.sin6_addr);
	else
		inet_pton(AF_INET, ip, &made.v4.sin_addr);
	made.v4.sin_port = htons((uint16_t)port); /* both have it there */
	return made;
}

static socklen_t length_of(const union endpoint *at)
{
	return at->any.sa_family == AF_INET6 ? sizeof(at->v6) : sizeof(at->v4);
}

#endif
