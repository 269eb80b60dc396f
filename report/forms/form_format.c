// SPDX-License-Identifier: GPL-2.0-or-later
// How a line of events.jsonl is written, made from the rows of types/: docs/event-format.md and its JSON schema hold it.
#include "forms/form.h"
#include "run/event.h"

#include <string.h>

/* Each word of the list, between the two texts. */
static void put_words(FILE *out, const char *list, const char *before, const char *behind,
		      const char *between)
{
	const char *start = list;

	for (size_t len; *list; list += len + (list[len] == ' ')) {
		len = strcspn(list, " ");
		fprintf(out, "%s%s%.*s%s", list > start ? between : "", before, (int)len, list,
			behind);
	}
}

void form_format(FILE *out)
{
	const struct event_type *type;

	fputs("| type | its own keys |\n|---|---|\n", out);
	for (size_t i = 0; (type = type_at(i)); i++) {
		fprintf(out, "| `%s` | ", type->name);
		put_words(out, type->keys, "`", "`", ", ");
		fputs(" |\n", out);
	}
}

/* A type may have what every event may have, and its own. */
static void put_type(FILE *out, const struct event_type *type)
{
	fprintf(out, "\t\t{ \"properties\": { \"type\": { \"const\": \"%s\" } },\n", type->name);
	fputs("\t\t  \"propertyNames\": { \"anyOf\": [{ \"$ref\": \"#/$defs/envelope\" }, { "
	      "\"enum\": [",
	      out);
	put_words(out, type->keys, "\"", "\"", ", ");
	fputs("] }] } }", out);
}

void form_format_schema(FILE *out)
{
	const struct event_type *type;

	fputs("{\n\t\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	      "\t\"title\": \"An event: a line of events.jsonl or tree.jsonl, but the first and "
	      "the last\",\n"
	      "\t\"type\": \"object\",\n\t\"required\": [\"n\", \"type\", \"t_ns\"],\n"
	      "\t\"$defs\": { \"envelope\": { \"enum\": [",
	      out);
	for (const char *const *key = event_envelope_keys; *key; key++)
		fprintf(out, "%s\"%s\"", key == event_envelope_keys ? "" : ", ", *key);
	fputs("] } },\n\t\"oneOf\": [\n", out);
	for (size_t i = 0; (type = type_at(i)); i++) {
		put_type(out, type);
		fputs(type_at(i + 1) ? ",\n" : "\n", out);
	}
	fputs("\t]\n}\n", out);
}
