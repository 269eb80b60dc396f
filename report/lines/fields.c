// SPDX-License-Identifier: GPL-2.0-or-later
// From bytes to fields, as the kernel's debug information has them.
#include "lines/fields.h"
#include "lines/source.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

enum {
	BITS_MAX = 65536 * 8,
	SHOWN_MAX = 16 /* bytes of a field that is no number */
};

static const char *const hows[FIELD_HOWS] = { "uint", "int", "be", "ip", "ptr", "bool", "bytes" };

/* [PATH, FIRST BIT, BITS, HOW, ELEMENT'S BYTES] */
static bool field_read(struct json row, struct json words, struct field *field)
{
	int64_t bit, bits, element;
	size_t how = 0;

	if (!json_int(json_path(row, "1"), &bit) || !json_int(json_path(row, "2"), &bits) ||
	    !json_int(json_path(row, "4"), &element) || bit < 0 || bit > BITS_MAX || bits <= 0 ||
	    bits > BITS_MAX || element <= 0 || element > 8)
		return false;
	while (how < FIELD_HOWS && !json_is(json_path(row, "3"), hows[how]))
		how++;
	field->path = json_dup(json_path(row, "0"));
	field->bit = (uint32_t)bit;
	field->bits = (uint32_t)bits;
	field->element = (uint32_t)element;
	field->how = (enum field_how)how;
	if (field->path)
		field->words = json_get(words, field->path, strlen(field->path));
	return field->path && how < FIELD_HOWS;
}

static bool fields_read(struct json rows, struct json words, struct fields *fields)
{
	for (struct json_iter it = json_iter(rows); json_next(&it);) {
		struct field field = { 0 };
		bool good = field_read(it.value, words, &field);

		*vec_add(&fields->list) = field;
		if (!good)
			return false;
	}
	return true;
}

static bool kinds_read(struct layout *layout, struct json kinds)
{
	for (struct json_iter it = json_iter(kinds); json_next(&it);) {
		struct kind *kind = vec_add(&layout->kinds);
		int64_t head = 0;

		*kind = (struct kind){ .fields.name = json_dup(json_path(it.value, "name")) };
		kind->has_data = json_int(json_path(it.value, "data.head"), &head) && head >= 0;
		kind->head_at = (uint32_t)head;
		if (!kind->fields.name || !fields_read(json_path(it.value, "fields"),
						       json_path(it.value, "words"), &kind->fields))
			return false;
	}
	return layout->kinds.n > 0;
}

static bool headers_read(struct layout *layout, struct json headers)
{
	for (struct json_iter it = json_iter(headers); json_next(&it);) {
		struct fields *fields = vec_add(&layout->headers);

		*fields = (struct fields){ .name = json_dup(it.key) };
		if (!fields_read(it.value, (struct json){ 0 }, fields))
			return false;
	}
	return true;
}

/* {STRUCT: [FILES, FIELDS]} */
static bool controls_read(struct layout *layout, struct json controls)
{
	for (struct json_iter it = json_iter(controls); json_next(&it);) {
		struct fields *fields = vec_add(&layout->controls);

		*fields = (struct fields){ .name = json_dup(it.key),
					   .files = json_dup(json_path(it.value, "0")) };
		if (!fields->files ||
		    !fields_read(json_path(it.value, "1"), (struct json){ 0 }, fields))
			return false;
	}
	return true;
}

static const char *layout_read(struct layout *layout, size_t len)
{
	struct json plan, writes;
	const char *reason = json_parse(layout->text, len, &plan);

	if (reason)
		return reason;
	writes = json_path(plan, "writes");
	if (writes.kind == JSON_NONE)
		return "";
	return kinds_read(layout, json_path(writes, "kinds")) &&
			       headers_read(layout, json_path(writes, "headers")) &&
			       controls_read(layout, json_path(writes, "control"))
		       ? NULL
		       : N_("it is of another version");
}

struct layout *layout_open(const char *folder, char **damaged)
{
	char *path = xasprintf("%s/plan.json", folder ? folder : ".");
	struct layout *layout = xcalloc(1, sizeof(*layout));
	const char *reason = "";
	size_t len;

	*damaged = NULL;
	layout->text = text_of_file(path, &len);
	if (layout->text)
		reason = layout_read(layout, len);
	free(path);
	if (!reason)
		return layout;
	if (*reason)
		*damaged = xasprintf("plan.json: %s", _(reason));
	layout_close(layout);
	return NULL;
}

static void fields_free(struct fields *fields)
{
	for (size_t i = 0; i < fields->list.n; i++)
		free(fields->list.v[i].path);
	vec_free(&fields->list);
	free(fields->name);
	free(fields->files);
}

void layout_close(struct layout *layout)
{
	if (!layout)
		return;
	for (size_t i = 0; i < layout->kinds.n; i++)
		fields_free(&layout->kinds.v[i].fields);
	for (size_t i = 0; i < layout->headers.n; i++)
		fields_free(&layout->headers.v[i]);
	for (size_t i = 0; i < layout->controls.n; i++)
		fields_free(&layout->controls.v[i]);
	vec_free(&layout->kinds);
	vec_free(&layout->headers);
	vec_free(&layout->controls);
	free(layout->text);
	free(layout);
}

const struct fields *layout_header(const struct layout *layout, const char *name)
{
	for (size_t i = 0; i < layout->headers.n; i++)
		if (text_is(layout->headers.v[i].name, name))
			return &layout->headers.v[i];
	return NULL;
}

const struct field *fields_find(const struct fields *fields, const char *path)
{
	for (size_t i = 0; i < fields->list.n; i++)
		if (text_is(fields->list.v[i].path, path))
			return &fields->list.v[i];
	return NULL;
}

static bool lies_within(const struct field *field, size_t bytes)
{
	return (field->bit + field->bits + 7) / 8 <= bytes;
}

/* The bits of a number, from the first one on; of eight bytes at most. */
static uint64_t bits_of(const uint8_t *object, uint32_t bit, uint32_t bits)
{
	uint64_t value = 0;

	memcpy(&value, object + bit / 8, (bit % 8 + bits + 7) / 8);
	value >>= bit % 8;
	return bits < 64 ? value & ((1ULL << bits) - 1) : value;
}

uint64_t field_number(const struct field *field, const uint8_t *object, size_t bytes)
{
	uint32_t bits = field->bits < field->element * 8 ? field->bits : field->element * 8;
	uint64_t value = 0;

	if (!lies_within(field, bytes) || field->bit % 8 + bits > 64)
		return 0;
	value = bits_of(object, field->bit, bits);
	if (field->how != FIELD_BE && field->how != FIELD_IP)
		return value;
	return bits == 16   ? __builtin_bswap16((uint16_t)value)
	       : bits == 32 ? __builtin_bswap32((uint32_t)value)
			    : __builtin_bswap64(value);
}

static void hex_add(struct str *out, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
		str_addf(out, "%02x", bytes[i]);
	if (count > SHOWN_MAX)
		str_add(out, "…");
}

static char *number_said(const struct field *field, uint64_t value)
{
	char key[24];
	struct json word;

	snprintf(key, sizeof(key), "%llu", (unsigned long long)value);
	word = json_get(field->words, key, strlen(key));
	if (word.kind == JSON_STRING)
		return json_dup(word);
	if (field->how == FIELD_PTR)
		return value ? xasprintf("0x%llx", (unsigned long long)value) : xstrdup("NULL");
	if (field->how == FIELD_IP)
		return xasprintf("%llu.%llu.%llu.%llu", (unsigned long long)value >> 24,
				 (unsigned long long)value >> 16 & 255,
				 (unsigned long long)value >> 8 & 255,
				 (unsigned long long)value & 255);
	if (field->how == FIELD_INT && field->bits < 64 && value >> (field->bits - 1))
		return xasprintf("%lld", (long long)(value | ~0ULL << field->bits));
	return xasprintf(field->how == FIELD_INT ? "%lld" : "%llu", (unsigned long long)value);
}

char *field_value(const struct field *field, const uint8_t *object, size_t bytes)
{
	struct str out = { 0 };

	if (!lies_within(field, bytes))
		return NULL;
	if (field->how != FIELD_BYTES && field->bits <= field->element * 8 &&
	    field->bit % 8 + field->bits <= 64)
		return number_said(field, field_number(field, object, bytes));
	hex_add(&out, object + field->bit / 8, (field->bits + 7) / 8);
	return str_take(&out);
}
