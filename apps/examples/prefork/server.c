// SPDX-License-Identifier: GPL-2.0-or-later
// Prefork: processes that were made before any client came wait in accept() on one listener.
#include "../example.h"

#include <sys/wait.h>

static void work(int sock, int number)
{
	int child = must("accept", accept(sock, NULL, NULL));

	printf("process %d has echoed %d bytes\n", number, echo(child));
	close(sock);
	exit(0);
}

int main(void)
{
	int sock = listener(SOCK_STREAM);

	for (int i = 0; i < CLIENTS; i++)
		if (must("fork", fork()) == 0)
			work(sock, i);
	close(sock);
	while (wait(NULL) > 0)
		;
	return 0;
}
