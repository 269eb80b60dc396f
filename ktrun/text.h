/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small helpers for text and files; out of memory ends the program. */
#ifndef KTRUN_TEXT_H
#define KTRUN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A new string as printf() would print it; the caller frees it. */
__attribute__((format(printf, 1, 2))) char *text_format(const char *format, ...);

/* A copy of the text; the caller frees it. */
char *text_copy(const char *text);

/* The text with room for a length and its end; the old one is gone. */
char *text_grow(char *text, size_t length);

/* A copy in which each byte that is no UTF-8 is U+FFFD, for JSON; the caller frees it. */
char *text_utf8(const char *text);

/* The whole file as a string, at most `limit_bytes` of its end; NULL if it cannot be read. The caller frees it. */
char *file_tail(const char *path, size_t limit_bytes);

/* Whether the file exists and can be read. */
bool file_readable(const char *path);

#endif
