// SPDX-License-Identifier: GPL-2.0-or-later
// Prints each instruction of `objdump -d` (on stdin) that insn_completes() says of that it always completes.
#include "insn.h"

#include <stdio.h>
#include <string.h>

int main(void)
{
	char line[512];

	while (fgets(line, sizeof(line), stdin)) {
		char *at = strchr(line, '\t'), *text = at ? strchr(at + 1, '\t') : NULL;
		uint8_t bytes[INSN_BYTES];
		size_t length = 0;
		int taken;

		if (!text)
			continue;
		for (;
		     length < sizeof(bytes) && sscanf(at, " %2hhx%n", &bytes[length], &taken) == 1;
		     at += taken)
			length++;
		if (insn_completes(bytes, length))
			fputs(text + 1, stdout);
	}
	return 0;
}
