// SPDX-License-Identifier: GPL-2.0-or-later
// The types of events: how the rows of all families are found.
#include "run/type.h"

#include <string.h>

/* Where the linker puts the families that EVENT_FAMILY() names. */
extern const struct event_family *const __start_event_families[], *const __stop_event_families[];

static const struct {
	enum color color;
	const char *name;
} inks[] = {
	[INK_PLAIN] = { PLAIN, "soft" },   [INK_PACKET] = { BOLD, "text" },
	[INK_STATE] = { GREEN, "state" },  [INK_CALL] = { CYAN, "call" },
	[INK_QUEUE] = { YELLOW, "queue" }, [INK_ROUTE] = { BLUE, "route" },
	[INK_LOSS] = { RED, "bad" },	   [INK_NEIGHBOUR] = { MAGENTA, "neigh" },
};

enum color ink_color(enum event_ink ink)
{
	return inks[ink].color;
}

const char *ink_name(enum event_ink ink)
{
	return inks[ink].name;
}

bool ladder_always(const struct event *ev)
{
	(void)ev;
	return true;
}

bool ladder_nothing(const struct event *ev)
{
	(void)ev;
	return false;
}

void say_nothing(const struct telling *of, struct str *out)
{
	(void)of;
	(void)out;
}

const struct event_table no_table = { .key = "" };
const struct meaning no_meanings[] = { { 0 } };

const struct event_type unknown_type = {
	.name = "",
	.keys = "",
	.ink = INK_PLAIN,
	.in_ladder = ladder_nothing,
	.say = say_nothing,
	.identity = "point at",
	.detail = "",
	.exact = "",
	.table = &no_table,
	.meanings = no_meanings,
};

const struct event_type *type_at(size_t index)
{
	const struct event_family *const *family = __start_event_families;

	/* to the linker they are one array */
	/* cppcheck-suppress comparePointers */
	for (; family < __stop_event_families; index -= (*family++)->n)
		if (index < (*family)->n)
			return &(*family)->types[index];
	return NULL;
}

const struct event_type *type_named(const char *name)
{
	const struct event_type *type;

	for (size_t i = 0; (type = type_at(i)); i++)
		if (strcmp(type->name, name) == 0)
			return type;
	return &unknown_type;
}

bool type_has_key(const struct event_type *type, const char *key, size_t len)
{
	size_t item;

	for (const char *p = type->keys; *p; p += item + (p[item] == ' ')) {
		item = strcspn(p, " ");
		if (item == len && memcmp(p, key, len) == 0)
			return true;
	}
	return false;
}
