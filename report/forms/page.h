/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data of the page: what form_html.c puts together. Each function writes members of one JSON object. */
#ifndef KTREPORT_PAGE_H
#define KTREPORT_PAGE_H

#include "forms/form.h"

struct page {
	FILE *out;
	const struct request *rq;
	struct names *names;
	VEC(const char *) stacks; /* each text once */
	VEC(const struct meaning *) meanings; /* that an event of this run has */
	VEC(const char *) places; /* "file:line" whose source is wanted */
};

/* "key":"value", with a comma behind it */
void put_member(FILE *out, const char *key, const char *value);

/* page_events.c: the events, their stacks each once; then the lines of the source that stacks name, and what events mean */
void put_events(struct page *page);
void put_sources(struct page *page);
void put_meanings(struct page *page);

/* page_facts.c: what the report knows of events, and the page draws */
void put_facts(struct page *page);

/* page_frames.c: the bytes of the events' frames, field by field */
void put_frames(struct page *page);

/* page_walk.c: the source of the functions that events are of, the lines of each call that ran, and every change of a field */
void put_walk(struct page *page);

/* page_words.c: the page's own words in the reader's language */
void put_words(struct page *page);

#endif
