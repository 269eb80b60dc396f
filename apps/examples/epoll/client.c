// SPDX-License-Identifier: GPL-2.0-or-later
// epoll: three connections at once; the last that was made is the first that asks.
#include "../example.h"

int main(void)
{
	int socks[CLIENTS];

	for (int i = 0; i < CLIENTS; i++)
		socks[i] = connected();
	for (int i = CLIENTS - 1; i >= 0; i--)
		ask(socks[i], i);
	return 0;
}
