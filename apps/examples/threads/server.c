// SPDX-License-Identifier: GPL-2.0-or-later
// Threads: the main thread accepts, a thread for each connection serves it.
#include "../example.h"

#include <pthread.h>
#include <stdint.h>

static void *serve(void *sock)
{
	printf("a thread has echoed %d bytes\n", echo((int)(intptr_t)sock));
	return NULL;
}

int main(void)
{
	int sock = listener(SOCK_STREAM);
	pthread_t threads[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		intptr_t child = must("accept", accept(sock, NULL, NULL));

		pthread_create(&threads[i], NULL, serve, (void *)child);
	}
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(threads[i], NULL);
	close(sock);
	return 0;
}
