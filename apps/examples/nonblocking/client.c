// SPDX-License-Identifier: GPL-2.0-or-later
// Non-blocking: connect() says EINPROGRESS, poll() says when the connection stands, SO_ERROR whether it does.
#include "../example.h"

#include <poll.h>
#include <string.h>

static void wait_for(int sock, int events)
{
	struct pollfd pollfd = { .fd = sock, .events = events };

	must("poll", poll(&pollfd, 1, -1));
}

int main(void)
{
	struct sockaddr_in to = address("10.0.0.2");
	int sock = must("socket", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), error, n;
	char answer[64];
	socklen_t size = sizeof(error);

	if (connect(sock, (struct sockaddr *)&to, sizeof(to)) < 0 && errno == EINPROGRESS)
		puts("connect: EINPROGRESS");
	wait_for(sock, POLLOUT);
	must("getsockopt", getsockopt(sock, SOL_SOCKET, SO_ERROR, &error, &size));
	printf("connected: %s\n", strerror(error));
	// so that the server has to wait, too
	usleep(20000);
	must("send", send(sock, "hello", 5, 0));
	n = (int)recv(sock, answer, sizeof(answer), 0);
	if (n < 0 && errno == EAGAIN) {
		puts("recv: EAGAIN");
		wait_for(sock, POLLIN);
		n = (int)recv(sock, answer, sizeof(answer), 0);
	}
	must("recv", n);
	printf("asked hello, got %.*s\n", n, answer);
	close(sock);
	return 0;
}
