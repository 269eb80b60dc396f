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

char *text_grow(char *text, size_t length)
{
	return allocated(realloc(text, length + 1));
}

/* How many bytes the character at `text` has; 0 if it is no UTF-8 (RFC 3629, section 4). */
static size_t utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char first, last; /* of the first byte */
		unsigned char second_first, second_last;
		size_t length;
	} forms[] = {
		{ 0x00, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t length = forms[i].length, place = 2;

		if (*text < forms[i].first || *text > forms[i].last)
			continue;
		if (length > 1 &&
		    (text[1] < forms[i].second_first || text[1] > forms[i].second_last))
			return 0;
		while (place < length && text[place] >= 0x80 && text[place] <= 0xbf)
			place++;
		return place >= length ? length : 0;
	}
	return 0;
}

char *text_utf8(const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *copy = allocated(malloc(strlen(text) * strlen(replacement) + 1)), *to = copy;

	while (*text) {
		size_t length = utf8_length((const unsigned char *)text);

		memcpy(to, length ? text : replacement, length ? length : strlen(replacement));
		to += length ? length : strlen(replacement);
		text += length ? length : 1;
	}
	*to = '\0';
	return copy;
}

char *file_tail(const char *path, size_t limit_bytes)
{
	FILE *file = fopen(path, "re");
	size_t length;
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
	length = fread(text, 1, limit_bytes, file);
	text[length] = '\0';
	/* a zero byte, which a guest may write to its console, ends no text */
	for (char *zero; (zero = memchr(text, '\0', length));)
		*zero = ' ';
	fclose(file);
	return text;
}

bool file_readable(const char *path)
{
	return access(path, R_OK) == 0;
}
