// SPDX-License-Identifier: GPL-2.0-or-later
// Each type of event says all that a row can say, and names its keys, columns and conditions as they are. Prints TAP.
#include "run/event.h"

#include <string.h>

static int count, failed;

/* Complains of the type at the place of the other arguments. */
static bool complain(const struct event_type *type, const char *what, const char *word)
{
	printf("# %s: %s%s\n", type->name, what, word);
	return false;
}

static bool is_whole(const struct event_type *t)
{
	const struct {
		const char *member;
		bool said;
	} members[] = {
		{ "name", t->name && *t->name },
		{ "keys", t->keys && *t->keys },
		{ "ink", t->ink != INK_FORGOTTEN },
		{ "in_ladder", t->in_ladder },
		{ "say", t->say },
		{ "identity", t->identity },
		{ "detail", t->detail },
		{ "exact", t->exact },
		{ "table", t->table },
		{ "meanings", t->meanings },
	};
	bool good = true;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (!members[i].said)
			good = complain(t, "its row does not say: ", members[i].member);
	return good;
}

static bool has_key(const struct event_type *type, const char *path)
{
	size_t len = strcspn(path, ".=!~ ");

	for (const char *const *key = event_envelope_keys; *key; key++)
		if (strlen(*key) == len && memcmp(*key, path, len) == 0)
			return true;
	return type_has_key(type, path, len);
}

/* Paths or conditions with a space between two: each begins with a key. */
static bool keys_exist(const struct event_type *type, const char *list)
{
	bool good = true;

	for (; *list; list += strcspn(list, " "), list += *list == ' ')
		if (!has_key(type, list))
			good = complain(type, "it has no key for ", list);
	return good;
}

/* A table may be of several types: one of them has the key. */
static bool columns_exist(const struct event_type *type)
{
	const struct event_table *list = type->table;
	const struct event_type *other;
	bool good = true;

	for (size_t i = 0; i < list->width; i++) {
		bool known = !list->columns[i].path;

		for (size_t k = 0; !known && (other = type_at(k)); k++)
			known = other->table == list && has_key(other, list->columns[i].path);
		if (!known)
			good = complain(type,
					"its table has a column of no key: ", list->columns[i].key);
	}
	return good;
}

static bool words_are_right(const struct event_type *type)
{
	bool good = keys_exist(type, type->identity) & keys_exist(type, type->detail) &
		    keys_exist(type, type->exact) & columns_exist(type);

	for (const struct meaning *m = type->meanings; m->source; m++)
		good &= keys_exist(type, m->when);
	return good;
}

static bool is_alone(const struct event_type *type)
{
	const struct event_type *other;

	for (size_t i = 0; (other = type_at(i)) != type; i++)
		if (strcmp(other->name, type->name) == 0 ||
		    (type->kind && other->kind == type->kind))
			return complain(type, "of the same name or kind as ", other->name);
	return true;
}

static void it(const char *name, bool (*holds)(const struct event_type *type))
{
	const struct event_type *type;
	bool good = type_at(0) != NULL;

	for (size_t i = 0; (type = type_at(i)); i++)
		good &= holds(type);
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++count, name);
	failed += !good;
}

/* Each kind that code speaks of is some type's. */
static bool kinds_are_used(void)
{
	const struct event_type *type;

	for (int kind = EV_OTHER + 1; kind < EV_KINDS; kind++) {
		size_t i = 0;

		while ((type = type_at(i)) && (int)type->kind != kind)
			i++;
		if (!type)
			printf("# kind %d is no type's\n", kind);
		if (!type)
			return false;
	}
	return true;
}

int main(void)
{
	it("has a type's whole row", is_whole);
	if (!failed) {
		it("names keys that the type has", words_are_right);
		it("has each name and kind once", is_alone);
	}
	printf("%s %d - has a type of each kind\n", kinds_are_used() ? "ok" : "not ok", ++count);
	failed += !kinds_are_used();
	printf("1..%d\n", count);
	return failed != 0;
}
