// SPDX-License-Identifier: GPL-2.0-or-later
// Prefork: one connection after the other, each to another of the server's processes.
#include "../example.h"

int main(void)
{
	for (int i = 0; i < CLIENTS; i++)
		ask(connected(), i);
	return 0;
}
