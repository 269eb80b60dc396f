// SPDX-License-Identifier: GPL-2.0-or-later
// What the plugin says.
#define _GNU_SOURCE
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void say_tell(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vdprintf(STDOUT_FILENO, format, arguments);
	va_end(arguments);
}

void say_refuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("ktlab-plugin: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	/* without what is registered for the end: this may be the vCPU's thread */
	_exit(1);
}
