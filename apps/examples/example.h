/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the examples share: where the server is, checked calls, and a whole message through a blocking socket. */
#ifndef KTLAB_EXAMPLE_H
#define KTLAB_EXAMPLE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CLIENTS = 3,
	PORT = 8080
};

/* must("bind", bind(…)): what the call returned; where that is an error the program ends with its name */
static inline int must(const char *what, int returned)
{
	if (returned >= 0)
		return returned;
	perror(what);
	exit(1);
}

static inline struct sockaddr_in address(const char *ip)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	inet_pton(AF_INET, ip, &to.sin_addr);
	return to;
}

/* a listener on all addresses of this node; TYPE: SOCK_STREAM, with SOCK_NONBLOCK if need be */
static inline int listener(int type)
{
	struct sockaddr_in any = address("0.0.0.0");
	int one = 1, sock = must("socket", socket(AF_INET, type, 0));

	must("setsockopt", setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	must("bind", bind(sock, (struct sockaddr *)&any, sizeof(any)));
	must("listen", listen(sock, 8));
	return sock;
}

/* a connection to the server */
static inline int connected(void)
{
	struct sockaddr_in to = address("10.0.0.2");
	int sock = must("socket", socket(AF_INET, SOCK_STREAM, 0));

	must("connect", connect(sock, (struct sockaddr *)&to, sizeof(to)));
	return sock;
}

/* sends back what comes, until the other end closes; how many bytes that were */
static inline int echo(int sock)
{
	char bytes[64];
	int n, all = 0;

	while ((n = must("recv", recv(sock, bytes, sizeof(bytes), 0))) > 0)
		all += must("send", send(sock, bytes, n, 0));
	close(sock);
	return all;
}

/* sends a question, prints the answer, closes */
static inline void ask(int sock, int number)
{
	char question[16], answer[64];
	int length = snprintf(question, sizeof(question), "hello %d", number), n;

	must("send", send(sock, question, length, 0));
	n = must("recv", recv(sock, answer, sizeof(answer), 0));
	printf("asked %s, got %.*s\n", question, n, answer);
	close(sock);
}

#endif
