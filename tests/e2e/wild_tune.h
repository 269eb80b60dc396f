/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What wild.c draws, and the options that it sets. */
#ifndef WILD_TUNE_H
#define WILD_TUNE_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
	WAIT_MS = 400 /* for whatever blocks */
};

static unsigned int drawn;

static unsigned int draw(unsigned int below)
{
	drawn = drawn * 1103515245 + 12345;
	return (drawn >> 16) % below;
}

static void set(int fd, int level, int name, int value)
{
	(void)!setsockopt(fd, level, name, &value, sizeof(value));
}

static void bounded(int fd)
{
	struct timeval t = { 0, WAIT_MS * 1000 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

static void tune(int fd)
{
	static const struct {
		int level, name, values[3];
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, { 0, 1, 1 } },
		{ IPPROTO_TCP, TCP_CORK, { 0, 1, 1 } },
		{ IPPROTO_TCP, TCP_QUICKACK, { 0, 1, 0 } },
		{ IPPROTO_TCP, TCP_MAXSEG, { 100, 536, 1400 } },
		{ IPPROTO_TCP, TCP_WINDOW_CLAMP, { 500, 3000, 30000 } },
		{ IPPROTO_TCP, TCP_DEFER_ACCEPT, { 0, 1, 2 } },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, { 0, 500, 2000 } },
		{ IPPROTO_TCP, TCP_SYNCNT, { 1, 2, 3 } },
		{ IPPROTO_TCP, TCP_KEEPIDLE, { 1, 1, 2 } },
		{ IPPROTO_TCP, TCP_LINGER2, { -1, 1, 2 } },
		{ IPPROTO_IP, IP_TTL, { 1, 3, 255 } },
		{ IPPROTO_IP, IP_TOS, { 0x10, 0x48, 0xb8 } },
		{ IPPROTO_IP, IP_MTU_DISCOVER, { 0, 1, 2 } },
		{ IPPROTO_IP, IP_RECVERR, { 0, 1, 1 } },
		{ SOL_SOCKET, SO_KEEPALIVE, { 0, 1, 1 } },
		{ SOL_SOCKET, SO_OOBINLINE, { 0, 1, 1 } },
		{ SOL_SOCKET, SO_RCVBUF, { 2304, 5000, 60000 } },
		{ SOL_SOCKET, SO_SNDBUF, { 4608, 9000, 60000 } },
		{ SOL_SOCKET, SO_RCVLOWAT, { 1, 50, 5 } },
		{ SOL_SOCKET, SO_PRIORITY, { 1, 3, 6 } },
		{ SOL_SOCKET, SO_MARK, { 0, 7, 9 } },
		{ SOL_SOCKET, SO_ZEROCOPY, { 0, 1, 1 } },
		{ SOL_SOCKET, SO_TIMESTAMP, { 0, 1, 1 } },
	};
	static const unsigned char record_route[] = { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

	for (unsigned int n = draw(4); n--;) {
		unsigned int i = draw(sizeof(options) / sizeof(options[0]));

		set(fd, options[i].level, options[i].name, options[i].values[draw(3)]);
	}
	if (!draw(8))
		setsockopt(fd, IPPROTO_IP, IP_OPTIONS, record_route, sizeof(record_route));
	if (!draw(6)) {
		struct linger linger = { 1, (int)draw(2) };

		setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	}
}

#endif
