// SPDX-License-Identifier: GPL-2.0-or-later
/* Hangs the guest: no interrupt comes any more, and the program never ends. Needs iopl(), and a kernel before 5.5. */
#include <stdio.h>
#include <sys/io.h>

int main(void)
{
	if (iopl(3)) {
		perror("irqs-off: iopl");
		return 1;
	}
	__asm__ volatile("cli");
	for (;;)
		;
}
