// SPDX-License-Identifier: GPL-2.0-or-later
// epoll: one thread waits for the listener and for all connections at once.
#include "../example.h"

#include <sys/epoll.h>

static void watch(int epoll, int sock)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = sock };

	must("epoll_ctl", epoll_ctl(epoll, EPOLL_CTL_ADD, sock, &event));
}

/* answers what has come; whether the other end has closed */
static int answer(int sock)
{
	char bytes[64];
	int n = must("recv", recv(sock, bytes, sizeof(bytes), 0));

	if (n > 0) {
		must("send", send(sock, bytes, n, 0));
		printf("fd %d has echoed %d bytes\n", sock, n);
		return 0;
	}
	close(sock);
	return 1;
}

int main(void)
{
	int sock = listener(SOCK_STREAM), epoll = must("epoll_create1", epoll_create1(0));
	struct epoll_event ready[CLIENTS + 1];
	int gone = 0;

	watch(epoll, sock);
	while (gone < CLIENTS) {
		int n = must("epoll_wait", epoll_wait(epoll, ready, CLIENTS + 1, -1));

		for (int i = 0; i < n; i++)
			if (ready[i].data.fd == sock)
				watch(epoll, must("accept", accept(sock, NULL, NULL)));
			else
				gone += answer(ready[i].data.fd);
	}
	close(epoll);
	close(sock);
	return 0;
}
