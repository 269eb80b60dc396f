/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What wild.c does with one socket: bytes go out and come in, and its descriptor goes from hand to hand. */
#ifndef WILD_DO_H
#define WILD_DO_H

#include "wild_tune.h"
#include "wild_world.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ROOM = 20000
};

static char room[ROOM];

/* Each does something with a descriptor, and returns the one that there is then. */
typedef int act(int fd);

static int give(int fd)
{
	size_t n = draw(3) ? draw(200) + 1 : draw(ROOM) + 1;
	struct iovec parts[] = { { room, n / 2 }, { room, n - n / 2 } };
	struct mmsghdr messages[] = { { .msg_hdr = { .msg_iov = parts, .msg_iovlen = 2 } },
				      { .msg_hdr = { .msg_iov = parts, .msg_iovlen = 1 } } };
	int file, pipes[2];

	switch (draw(11)) {
	case 0:
		told("sendmsg", sendmsg(fd, &messages[0].msg_hdr, MSG_NOSIGNAL));
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
	case 7:
		told("sendmmsg", sendmmsg(fd, messages, 2, MSG_NOSIGNAL));
		break;
	case 8:
		told("not copied", send(fd, room, n, MSG_ZEROCOPY | MSG_NOSIGNAL));
		break;
	case 9:
		told("urgent, behind others", send(fd, room, n, MSG_OOB | MSG_NOSIGNAL));
		break;
	default:
		told("write", write(fd, room, n));
	}
	return fd;
}

static int take(int fd)
{
	size_t n = draw(3) ? draw(100) + 1 : ROOM;
	struct pollfd waits = { fd, POLLIN, 0 };
	struct iovec parts[] = { { room, n / 2 }, { room, n - n / 2 } };
	struct mmsghdr messages[] = { { .msg_hdr = { .msg_iov = parts, .msg_iovlen = 2 } },
				      { .msg_hdr = { .msg_iov = parts, .msg_iovlen = 1 } } };
	int pipes[2];

	switch (draw(11)) {
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
	case 6:
		told("readv", readv(fd, parts, 2));
		break;
	case 7:
		told("recvmmsg", recvmmsg(fd, messages, 2, MSG_WAITFORONE, NULL));
		break;
	case 8:
		(void)!pipe(pipes);
		told("splice", splice(fd, NULL, pipes[1], NULL, n, SPLICE_F_NONBLOCK));
		close(pipes[0]);
		close(pipes[1]);
		break;
	case 9:
		told("errors", recv(fd, room, n, MSG_ERRQUEUE));
		break;
	default:
		told("read", read(fd, room, n));
	}
	return fd;
}

/* The descriptor gets another number. */
static int move(int fd)
{
	int other = draw(2) ? dup(fd) : fcntl(fd, F_DUPFD_CLOEXEC, (int)draw(100) + 20);

	if (draw(4))
		close(fd);
	return other;
}

/* It goes through a pair of unix sockets, and is taken out of them, or not. */
static int pass(int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} rights = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec part = { room, 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &rights,
				  .msg_controllen = sizeof(rights) };
	bool keeps = !draw(3), takes = draw(5);
	int pair[2], other = fd;

	(void)!socketpair(AF_UNIX, draw(2) ? SOCK_STREAM : SOCK_DGRAM, 0, pair);
	memcpy(CMSG_DATA(&rights.head), &fd, sizeof(fd));
	told("pass", sendmsg(pair[0], &message, 0));
	if (!keeps)
		close(fd);
	if (takes && recvmsg(pair[1], &message, 0) == 1)
		memcpy(&other, CMSG_DATA(&rights.head), sizeof(other));
	close(pair[0]);
	close(pair[1]);
	return told("passed", other);
}

/* A child has it, too, for as long as it does something. */
static int share(int fd)
{
	unsigned int does = draw(4);
	pid_t child = fork();

	if (!child) {
		drawn += does;
		if (does == 3) {
			/* what inetd does */
			dup2(fd, STDOUT_FILENO);
			execl("/bin/echo", "echo", "another program", NULL);
		}
		(does == 2 ? give : take)(fd);
		_exit(0);
	}
	if (does == 1)
		close(fd);
	waitpid(child, NULL, 0);
	return fd;
}

static void *gives(void *fd)
{
	give(*(int *)fd);
	return NULL;
}

static int beside(int fd)
{
	pthread_t thread;

	pthread_create(&thread, NULL, gives, &fd);
	sched_yield();
	pthread_join(thread, NULL);
	return take(fd);
}

static int await(int fd)
{
	int set = epoll_create1(0);
	struct epoll_event event = { .events = draw(2) ? EPOLLIN : EPOLLOUT | EPOLLET };

	epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
	told("epoll", epoll_wait(set, &event, 1, (int)draw(150)));
	close(set);
	return fd;
}

static int shut(int fd)
{
	told("shutdown", shutdown(fd, (int)draw(3)));
	return fd;
}

static int adjust(int fd)
{
	tune(fd);
	return fd;
}

static int pause_it(int fd)
{
	rest(draw(6) ? 60 : 2500);
	return fd;
}

/* The other end of the wire changes while it is used. */
static int disturb(int fd)
{
	if (!draw(3))
		change();
	return fd;
}

#endif
