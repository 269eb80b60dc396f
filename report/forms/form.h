/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output forms: each writes a run, or tables, in one language. */
#ifndef KTREPORT_FORM_H
#define KTREPORT_FORM_H

#include "views/view.h"

/* One view as JSON, as report/forms/views.schema.json says. */
void form_json(FILE *out, const struct doc *doc, const struct view *view, const struct request *rq);

/* Whole runs. Each returns false when writing failed for another reason than the stream. */
void form_markdown(FILE *out, const struct request *rq);
void form_html(FILE *out, const struct request *rq);
void form_junit(FILE *out, const struct request *rq);
void form_tap(FILE *out, const struct request *rq);
void form_pcapng(FILE *out, const struct request *rq);
void form_trace(FILE *out, const struct request *rq);

/* How events are written: docs/event-format.md's table of types, and docs/events.schema.json. */
void form_format(FILE *out);
void form_format_schema(FILE *out);

/* Appends a text with &, <, >, " and ' escaped and control characters made visible. */
void escape_markup(struct str *out, const char *text);

/* The web address of a line of the traced release, or NULL when it is no plain release. */
char *source_link(const struct trace *trace, const char *file, int64_t line);
/* True if a file's name holds nothing but letters, digits and /._-+: */
bool source_is_plain(const char *file);

#endif
