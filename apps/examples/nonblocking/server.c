// SPDX-License-Identifier: GPL-2.0-or-later
// Non-blocking: accept() and recv() say EAGAIN where they would wait, and poll() waits in their stead.
#include "../example.h"

#include <poll.h>

/* accept4() or recv(), tried until it has something */
static int waits(const char *what, int sock, char *bytes, size_t size)
{
	struct pollfd pollfd = { .fd = sock, .events = POLLIN };
	int n;

	while ((n = bytes ? (int)recv(sock, bytes, size, 0)
			  : accept4(sock, NULL, NULL, SOCK_NONBLOCK)) < 0 &&
	       errno == EAGAIN) {
		printf("%s: EAGAIN\n", what);
		must("poll", poll(&pollfd, 1, -1));
	}
	return must(what, n);
}

int main(void)
{
	int sock = listener(SOCK_STREAM | SOCK_NONBLOCK);
	int child = waits("accept4", sock, NULL, 0), n;
	char bytes[64];

	while ((n = waits("recv", child, bytes, sizeof(bytes))) > 0)
		must("send", send(child, bytes, n, 0));
	close(child);
	close(sock);
	return 0;
}
