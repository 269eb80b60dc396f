// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each system call that a socket may be given, once with success and once without: every_call server, every_call client.
 * tests/e2e/strace.sh compares what the trace says of them with what strace says.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
	PORT = 8080,
	OPTIONS = 80, /* of a level: their numbers are below this */
	NETFILTER = 62,
	ROOM = 600
};

static char room[ROOM] = "hello";

static struct sockaddr_in address(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

/* ---- options ---- */

static void ask_all(int fd, int level)
{
	for (int name = 0; name < OPTIONS; name++) {
		socklen_t size = ROOM;

		/* what netfilter asks there has names of its own */
		if (level != SOL_SOCKET && name >= NETFILTER && name < NETFILTER + 8)
			continue;

		getsockopt(fd, level, name, room, &size);
	}
}

static void set_some(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ SOL_SOCKET, SO_REUSEPORT, 1 },   { SOL_SOCKET, SO_BROADCAST, 1 },
		{ SOL_SOCKET, SO_RCVBUF, 5000 },   { SOL_SOCKET, 4711, 1 },
		{ SOL_SOCKET, SO_TIMESTAMP, 1 },   { IPPROTO_TCP, TCP_KEEPINTVL, 7 },
		{ IPPROTO_TCP, TCP_FASTOPEN, 5 },  { IPPROTO_TCP, TCP_DEFER_ACCEPT, 2 },
		{ IPPROTO_TCP, TCP_LINGER2, -1 },  { IPPROTO_IP, IP_TTL, 9 },
		{ IPPROTO_IP, IP_TOS, 0xb8 },	   { IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO },
		{ IPPROTO_IP, IP_PKTINFO, 1 },	   { IPPROTO_UDP, UDP_CORK, 1 },
		{ IPPROTO_UDP, UDP_SEGMENT, 100 }, { IPPROTO_IPV6, IPV6_V6ONLY, 1 },
		{ IPPROTO_IPV6, IPV6_RECVERR, 1 }, { 4711, 1, 1 },
	};
	struct linger linger = { 1, 5 };
	struct timeval t = { 2, 500000 };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	linger.l_onoff = 0;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, NULL, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, room, 2);
	setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5);
	setsockopt(fd, IPPROTO_IP, IP_TTL, room, 1);
}

static void options(void)
{
	static const struct {
		int family, type, levels[3];
	} kinds[] = {
		{ AF_INET, SOCK_STREAM, { SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP } },
		{ AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, { IPPROTO_IPV6, IPPROTO_UDP, 4711 } },
	};

	for (size_t i = 0; i < 2; i++) {
		int fd = socket(kinds[i].family, kinds[i].type, 0);

		set_some(fd);
		for (size_t level = 0; level < 3; level++)
			ask_all(fd, kinds[i].levels[level]);
		close(fd);
	}
}

/* ---- descriptors ---- */

static void descriptors(int fd)
{
	int number = 1, other = dup(fd);

	fcntl(fd, F_GETFL);
	fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC);
	fcntl(fd, F_GETFL);
	fcntl(fd, F_SETFL, O_RDWR);
	fcntl(fd, F_GETFD);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_GETFD);
	fcntl(fd, F_SETOWN, getpid());
	close(fcntl(fd, F_DUPFD, 50));
	close(dup2(fd, 60));
	close(dup3(fd, 61, O_CLOEXEC));
	dup3(fd, fd, 0);
	close(other);
	ioctl(fd, FIONREAD, &number);
	ioctl(fd, TIOCOUTQ, &number);
	number = 0;
	ioctl(fd, FIONBIO, &number);
	ioctl(fd, 0x8905 /* SIOCATMARK */, &number);
	ioctl(fd, 0x4711, 5);
}

/* ---- messages ---- */

static struct msghdr message(struct iovec *parts, size_t n, struct sockaddr_in *to)
{
	return (struct msghdr){ .msg_name = to,
				.msg_namelen = to ? sizeof(*to) : 0,
				.msg_iov = parts,
				.msg_iovlen = n };
}

static void send_all_ways(int fd, struct sockaddr_in *to)
{
	struct iovec parts[6] = { { room, 3 }, { room, 0 }, { room, 2 },
				  { room, 1 }, { room, 1 }, { room, 1 } };
	struct msghdr one = message(parts, 3, to);
	struct mmsghdr two[3] = { { .msg_hdr = message(parts, 1, to) },
				  { .msg_hdr = message(parts + 2, 2, to) },
				  { .msg_hdr = message(parts, 1, to) } };
	int pipes[2], file = open("/proc/self/exe", O_RDONLY);
	off_t at = 3;

	write(fd, room, 5);
	writev(fd, parts, 2);
	writev(fd, parts, 6);
	send(fd, room, 7, MSG_DONTWAIT | MSG_MORE);
	send(fd, room, 1, MSG_CONFIRM | 0x200000);
	sendto(fd, room, 0, MSG_NOSIGNAL, (struct sockaddr *)to, to ? sizeof(*to) : 0);
	sendmsg(fd, &one, MSG_EOR);
	sendmmsg(fd, two, 2, 0);
	sendmmsg(fd, two, 3, MSG_DONTWAIT);
	sendfile(fd, file, NULL, 10);
	sendfile(fd, file, &at, 20);
	(void)!pipe(pipes);
	(void)!write(pipes[1], room, 50);
	splice(pipes[0], NULL, fd, NULL, 50, SPLICE_F_MORE | SPLICE_F_MOVE);
	close(file);
	close(pipes[0]);
	close(pipes[1]);
}

static void receive_all_ways(int fd)
{
	struct iovec parts[2] = { { room, 4 }, { room + 4, 5 } };
	struct sockaddr_in6 from;
	char control[100];
	struct msghdr one = message(parts, 2, NULL);
	struct mmsghdr two[2] = { { .msg_hdr = message(parts, 1, NULL) },
				  { .msg_hdr = message(parts + 1, 1, NULL) } };
	struct timespec t = { 1, 5 };
	socklen_t size = sizeof(from);
	int pipes[2];

	read(fd, room, 2);
	readv(fd, parts, 2);
	recv(fd, room, 3, MSG_PEEK | MSG_TRUNC);
	recvfrom(fd, room, 3, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
	size = 4;
	recvfrom(fd, room, 3, 0, (struct sockaddr *)&from, &size);
	recvmsg(fd, &one, MSG_DONTWAIT);
	one.msg_name = &from;
	one.msg_namelen = sizeof(from);
	one.msg_control = control;
	one.msg_controllen = sizeof(control);
	recvmsg(fd, &one, MSG_CMSG_CLOEXEC);
	recvmmsg(fd, two, 2, MSG_DONTWAIT, NULL);
	recvmmsg(fd, two, 1, MSG_WAITFORONE, &t);
	(void)!pipe(pipes);
	splice(fd, NULL, pipes[1], NULL, 5, SPLICE_F_NONBLOCK);
	recv(fd, room, 5, MSG_ERRQUEUE);
	recv(fd, room, 1, MSG_OOB);
	close(pipes[0]);
	close(pipes[1]);
	while (recv(fd, room, ROOM, MSG_DONTWAIT) > 0)
		;
}

/* ---- waiting ---- */

static void wait_all_ways(int fd)
{
	struct pollfd polled[] = { { fd, POLLIN | POLLRDHUP, 0 },
				   { fd, POLLOUT, 0 },
				   { -1, POLLIN, 0 },
				   { 77, POLLPRI, 0 } };
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.fd = fd }, woken[4];
	struct timeval t = { 0, 1000 };
	struct timespec ts = { 0, 2000 };
	int watched = epoll_create1(EPOLL_CLOEXEC);
	fd_set in, out;

	poll(polled, 4, 10);
	poll(polled, 1, 0);
	ppoll(polled, 2, &ts, NULL);
	ppoll(polled + 1, 1, NULL, NULL);
	FD_ZERO(&in);
	FD_SET(fd, &in);
	out = in;
	select(fd + 1, &in, &out, NULL, &t);
	FD_SET(fd, &in);
	select(fd + 1, &in, NULL, NULL, &t);
	FD_SET(fd, &in);
	syscall(SYS_select, fd + 1, &in, &out, NULL, &t);
	epoll_ctl(watched, EPOLL_CTL_ADD, fd, &event);
	epoll_ctl(watched, EPOLL_CTL_ADD, fd, &event);
	epoll_wait(watched, woken, 4, 1);
	event.events = EPOLLIN | EPOLLOUT | EPOLLONESHOT;
	event.data.u64 = 0x1234567890;
	epoll_ctl(watched, EPOLL_CTL_MOD, fd, &event);
	epoll_wait(watched, woken, 4, -1);
	epoll_pwait(watched, woken, 2, 0, NULL);
	epoll_ctl(watched, EPOLL_CTL_DEL, fd, NULL);
	close(watched);
}

/* ---- both sides ---- */

static void names(int fd)
{
	struct sockaddr_in6 a;
	socklen_t size = sizeof(a);

	getsockname(fd, (struct sockaddr *)&a, &size);
	getpeername(fd, (struct sockaddr *)&a, &size);
	size = 6;
	getsockname(fd, (struct sockaddr *)&a, &size);
	getsockname(fd, (struct sockaddr *)&a, NULL);
}

static int client(const char *ip)
{
	struct sockaddr_in to = address(ip, PORT), none = { .sin_family = AF_UNSPEC };
	int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);

	options();
	socket(AF_INET, SOCK_STREAM, IPPROTO_UDP);
	names(fd);
	connect(fd, (struct sockaddr *)&to, sizeof(to));
	names(fd);
	descriptors(fd);
	send_all_ways(fd, NULL);
	send(fd, "!", 1, MSG_OOB);
	usleep(50000);
	wait_all_ways(fd);
	shutdown(fd, SHUT_WR);
	shutdown(fd, 7);
	recv(fd, room, ROOM, 0);
	close(fd);
	sendto(udp, room, 9, 0, (struct sockaddr *)&to, sizeof(to));
	connect(udp, (struct sockaddr *)&to, sizeof(to));
	names(udp);
	send_all_ways(udp, NULL);
	wait_all_ways(udp);
	connect(udp, (struct sockaddr *)&none, sizeof(none));
	send_all_ways(udp, &to);
	close(udp);
	printf("client: done\n");
	return 0;
}

static int server(void)
{
	struct sockaddr_in at = address("0.0.0.0", PORT);
	struct sockaddr_in6 from;
	socklen_t size = sizeof(from);
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), fd;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	bind(udp, (struct sockaddr *)&at, sizeof(at));
	bind(listener, (struct sockaddr *)&at, sizeof(at));
	bind(listener, (struct sockaddr *)&at, sizeof(at));
	listen(listener, 3);
	fd = accept4(listener, (struct sockaddr *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
	accept4(listener, NULL, NULL, 7);
	usleep(20000);
	receive_all_ways(fd);
	fcntl(fd, F_SETFL, O_RDWR);
	while (recv(fd, room, ROOM, 0) > 0)
		;
	close(fd);
	usleep(50000);
	receive_all_ways(udp);
	fcntl(listener, F_SETFL, O_RDWR | O_NONBLOCK);
	size = sizeof(from);
	accept(listener, (struct sockaddr *)&from, &size);
	close(listener);
	usleep(50000);
	close(udp);
	printf("server: done\n");
	return 0;
}

int main(int argc, char **argv)
{
	return argc > 2 ? client(argv[2]) : server();
}
