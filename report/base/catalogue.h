/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A catalogue of translations, as msgfmt writes it. */
#ifndef KTREPORT_CATALOGUE_H
#define KTREPORT_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalogue {
	const char *bytes; /* the whole file; mapped, and never given back */
	size_t size;
	uint32_t count; /* of texts */
	uint32_t texts, translations; /* where their tables begin, in bytes */
};

/* Maps a file. False where there is none, or where it is no catalogue of this machine's byte order. */
bool catalogue_open(struct catalogue *catalogue, const char *path);

/* The translation of a text, which stays the catalogue's; NULL where it has none. */
const char *catalogue_find(const struct catalogue *catalogue, const char *text);

#endif
