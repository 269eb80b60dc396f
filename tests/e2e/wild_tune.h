/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that wild.c sets. */
#ifndef WILD_TUNE_H
#define WILD_TUNE_H

#include "wild_draw.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
	WAIT_MS = 400 /* for whatever blocks */
};

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

/* A filter of the socket's throws away what is longer than so many bytes. */
static void filter(int fd)
{
	struct sock_filter code[] = {
		{ BPF_LD | BPF_W | BPF_LEN, 0, 0, 0 },
		{ BPF_JMP | BPF_JGT | BPF_K, 0, 1, 60 + draw(200) },
		{ BPF_RET | BPF_K, 0, 0, 0 },
		{ BPF_RET | BPF_K, 0, 0, 0xffff },
	};
	struct sock_fprog program = { COUNT(code), code };

	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
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
		{ SOL_SOCKET, SO_BROADCAST, { 0, 1, 1 } },
		{ SOL_SOCKET, SO_REUSEPORT, { 0, 1, 1 } },
		{ SOL_SOCKET, SO_PEEK_OFF, { 0, 3, 20 } },
		{ SOL_SOCKET, SO_MAX_PACING_RATE, { 3000, 20000, 900000 } },
		{ IPPROTO_TCP, TCP_KEEPINTVL, { 1, 1, 2 } },
		{ IPPROTO_TCP, TCP_KEEPCNT, { 1, 2, 3 } },
		{ IPPROTO_TCP, TCP_NOTSENT_LOWAT, { 1, 500, 9000 } },
		{ IPPROTO_TCP, TCP_FASTOPEN, { 1, 5, 9 } },
		{ IPPROTO_TCP, TCP_FASTOPEN_CONNECT, { 0, 1, 1 } },
		{ IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, { 0, 1, 1 } },
		{ IPPROTO_TCP, TCP_SAVE_SYN, { 0, 1, 2 } },
		{ IPPROTO_IP, IP_FREEBIND, { 0, 1, 1 } },
		{ IPPROTO_IP, IP_PKTINFO, { 0, 1, 1 } },
		{ IPPROTO_IP, IP_RECVTTL, { 0, 1, 1 } },
		{ IPPROTO_IP, IP_MULTICAST_TTL, { 1, 2, 9 } },
		{ IPPROTO_IPV6, IPV6_UNICAST_HOPS, { 1, 3, 255 } },
		{ IPPROTO_IPV6, IPV6_TCLASS, { 0x10, 0x48, 0xb8 } },
		{ IPPROTO_IPV6, IPV6_RECVERR, { 0, 1, 1 } },
		{ IPPROTO_IPV6, IPV6_MTU_DISCOVER, { 0, 1, 2 } },
		{ IPPROTO_UDP, UDP_GRO, { 0, 1, 1 } },
	};
	static const unsigned char record_route[] = { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

	for (unsigned int n = draw(4); n--;) {
		unsigned int i = draw(COUNT(options));

		set(fd, options[i].level, options[i].name, options[i].values[draw(3)]);
	}
	if (!draw(20))
		filter(fd);
	if (!draw(8))
		setsockopt(fd, IPPROTO_IP, IP_OPTIONS, record_route, sizeof(record_route));
	if (!draw(6)) {
		struct linger linger = { 1, (int)draw(2) };

		setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	}
}

#endif
