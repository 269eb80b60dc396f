/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that act.c sets, by their names. */
#ifndef ACT_SET_H
#define ACT_SET_H

#include "act_tell.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

/* set FD NAME VALUE */
static void do_set(char **w)
{
	static const struct {
		const char *name;
		int level, option;
	} options[] = {
		{ "keepalive", SOL_SOCKET, SO_KEEPALIVE },
		{ "idle", IPPROTO_TCP, TCP_KEEPIDLE },
		{ "interval", IPPROTO_TCP, TCP_KEEPINTVL },
		{ "count", IPPROTO_TCP, TCP_KEEPCNT },
		{ "rcvbuf", SOL_SOCKET, SO_RCVBUF },
		{ "reuseport", SOL_SOCKET, SO_REUSEPORT },
		{ "fastopen", IPPROTO_TCP, TCP_FASTOPEN },
		{ "nodelay", IPPROTO_TCP, TCP_NODELAY },
		{ "defer", IPPROTO_TCP, TCP_DEFER_ACCEPT },
		{ "cork", IPPROTO_TCP, TCP_CORK },
	};
	int value = atoi(w[2]);
	struct linger linger = { 1, value };
	/* RFC 791 3.1: room for two addresses; RFC 8200 4.2, 4.6: eight bytes, which pad each other */
	static const unsigned char record_route[] = { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const unsigned char padding[] = { 0, 0, 1, 4, 0, 0, 0, 0 };
	static const struct {
		const char *name;
		int level, option;
		const void *value;
		socklen_t bytes;
	} headers[] = {
		{ "route", IPPROTO_IP, IP_OPTIONS, record_route, sizeof(record_route) },
		{ "hopbyhop", IPPROTO_IPV6, IPV6_HOPOPTS, padding, sizeof(padding) },
		{ "destination", IPPROTO_IPV6, IPV6_DSTOPTS, padding, sizeof(padding) },
	};

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (!strcmp(headers[i].name, w[1]) &&
		    setsockopt(*slot(w[0]), headers[i].level, headers[i].option, headers[i].value,
			       headers[i].bytes))
			perror(w[1]);
	if (!strcmp(w[1], "linger"))
		setsockopt(*slot(w[0]), SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(options[i].name, w[1]) &&
		    setsockopt(*slot(w[0]), options[i].level, options[i].option, &value,
			       sizeof(value)))
			perror(w[1]);
}

#endif
