// SPDX-License-Identifier: GPL-2.0-or-later
// Unit tests of the way to an event's fields: by what was noted of its keys, and without. Prints TAP.
#include "run/event.h"

#include <string.h>

static int count, failed;

static void it(const char *name, bool good)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++count, name);
	failed += !good;
}

/* An event with so many keys, behind a text that is so long, has its last one. */
static bool finds_key_behind(int keys, int length)
{
	struct names *names = names_new();
	struct str text = { 0 };
	struct event ev;
	const char *what;
	bool good;

	str_add(&text, "{\"n\":1,\"type\":\"call\",\"t_ns\":2,\"long\":\"");
	str_fill(&text, "x", length);
	str_add(&text, "\"");
	for (int i = 0; i < keys; i++)
		str_addf(&text, ",\"k%d\":%d", i, i);
	str_add(&text, ",\"last\":{\"in\":7},\"stack\":[{\"fn\":\"f\",\"last\":8}]}");
	good = !event_read(&ev, str_text(&text), text.len, names, &what) &&
	       event_int(&ev, "last.in", 0) == 7 && event_int(&ev, "n", 0) == 1 &&
	       event_get(&ev, "las").kind == JSON_NONE &&
	       event_get(&ev, "lasts").kind == JSON_NONE && event_is(&ev, "stack.0.fn", "f");
	str_free(&text);
	names_free(names);
	return good;
}

int main(void)
{
	it("finds a key among few", finds_key_behind(3, 10));
	it("finds a key among more than are noted", finds_key_behind(3 * EVENT_KEYS, 10));
	it("finds a key that lies farther off than is noted", finds_key_behind(3, 2 * UINT16_MAX));
	printf("1..%d\n", count);
	return failed != 0;
}
