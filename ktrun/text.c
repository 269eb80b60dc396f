// SPDX-License-Identifier: GPL-2.0-or-later
/* Small helpers for text and files. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *allocated(void *memory)
{
	if (!memory) {
		fputs("ktrun: out of memory\n", stderr);
		abort();
	}
	return memory;
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = allocated(malloc(length + 1));
	va_start(args, format);
	vsnprintf(text, length + 1, format, args);
	va_end(args);
	return text;
}

char *text_copy(const char *text)
{
	return text_format("%s", text);
}

char *file_tail(const char *path, size_t limit_bytes)
{
	FILE *file = fopen(path, "re");
	char *text;
	long size;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0) {
		fclose(file);
		return NULL;
	}
	if ((size_t)size > limit_bytes)
		fseek(file, size - (long)limit_bytes, SEEK_SET);
	else
		rewind(file);
	text = allocated(malloc(limit_bytes + 1));
	text[fread(text, 1, limit_bytes, file)] = '\0';
	fclose(file);
	return text;
}

bool file_readable(const char *path)
{
	return access(path, R_OK) == 0;
}
