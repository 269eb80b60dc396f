// SPDX-License-Identifier: GPL-2.0-or-later
// How one event is said to contradict another, or itself.
#include "run/derive.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

void contradicts(struct derive *d, const struct event *ev, const char *path, const char *format,
		 ...)
{
	char *found = event_dup(ev, path), *other;
	va_list args;

	va_start(args, format);
	other = xvasprintf(format, args);
	va_end(args);
	trace_unmatched(d->trace, xasprintf(_("event %lld: %s is %s, by its other fields and "
					      "events %s"),
					    (long long)ev->n, path, found, other));
	free(found);
	free(other);
}

/* The field is this number, or not said. */
void is_number(struct derive *d, const struct event *ev, const char *path, int64_t wanted)
{
	int64_t number;

	if (json_int(event_get(ev, path), &number) && number != wanted)
		contradicts(d, ev, path, "%lld", (long long)wanted);
}

void is_text(struct derive *d, const struct event *ev, const char *path, const char *wanted)
{
	if (event_get(ev, path).kind == JSON_STRING && !event_is(ev, path, wanted))
		contradicts(d, ev, path, "%s", wanted);
}
