// SPDX-License-Identifier: GPL-2.0-or-later
// Threads: a connection each, of one process.
#include "../example.h"

#include <pthread.h>
#include <stdint.h>

static void *run(void *number)
{
	ask(connected(), (int)(intptr_t)number);
	return NULL;
}

int main(void)
{
	pthread_t threads[CLIENTS];

	for (intptr_t i = 0; i < CLIENTS; i++)
		pthread_create(&threads[i], NULL, run, (void *)i);
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
