// SPDX-License-Identifier: GPL-2.0-or-later
// Stands between the rules of report/run and what they say (ld --wrap): a rule is the place that calls. RULES_TELL names
// a file that gets a line "place path sentence" for each contradiction; the rule at the place that RULES_WITHOUT names
// says nothing.
#include "run/follow.h"

#include <inttypes.h>
#include <stdlib.h>

#define PLACE ((uintptr_t)__builtin_return_address(0))

/* The rule that calls one of the functions below, which call trace_contradicts() for it; 0: none. */
static uintptr_t within;

static bool is_out(uintptr_t place)
{
	const char *out = getenv("RULES_WITHOUT");

	return out && strtoull(out, NULL, 16) == place;
}

static void tell(uintptr_t place, const char *path, const char *sentence)
{
	const char *name = getenv("RULES_TELL");
	FILE *file = name ? fopen(name, "a") : NULL;

	if (file) {
		fprintf(file, "%" PRIxPTR " %s %s\n", place, path, sentence);
		fclose(file);
	}
}

/* Whether a sentence of this rule is said. */
static bool is_said(uintptr_t place, const char *path, const struct event *ev, const char *other)
{
	char *value = event_dup(ev, path);
	char *sentence = xasprintf("%s is %s; %s", path, value, other);

	if (!is_out(place))
		tell(place, path, sentence);
	free(sentence);
	free(value);
	return !is_out(place);
}

#define SAYS(name, of)                                                                            \
	void __wrap_##name(of *, const struct event *, const char *, const char *, ...)           \
		__attribute__((format(printf, 4, 5)));                                            \
	void __real_##name(of *, const struct event *, const char *, const char *, ...)           \
		__attribute__((format(printf, 4, 5)));                                            \
	void __wrap_##name(of *all, const struct event *ev, const char *path, const char *format, \
			   ...)                                                                   \
	{                                                                                         \
		va_list args;                                                                     \
		char *other;                                                                      \
                                                                                                  \
		va_start(args, format);                                                           \
		other = xvasprintf(format, args);                                                 \
		va_end(args);                                                                     \
		if (is_said(within ? within : PLACE, path, ev, other))                            \
			__real_##name(all, ev, path, "%s", other);                                \
		free(other);                                                                      \
	}

#define ASKS(name, of, wanted)                                                              \
	void __wrap_##name(of *, const struct event *, const char *, wanted);               \
	void __real_##name(of *, const struct event *, const char *, wanted);               \
	void __wrap_##name(of *all, const struct event *ev, const char *path, wanted value) \
	{                                                                                   \
		uintptr_t before = within;                                                  \
                                                                                            \
		within = within ? within : PLACE;                                           \
		__real_##name(all, ev, path, value);                                        \
		within = before;                                                            \
	}

SAYS(trace_contradicts, struct trace)
ASKS(event_must_be, struct trace, int64_t)
ASKS(event_must_say, struct trace, const char *)

void __wrap_event_must_be_as(struct trace *, const struct event *, const char *,
			     const struct event *, const char *);
void __real_event_must_be_as(struct trace *, const struct event *, const char *,
			     const struct event *, const char *);
void __wrap_event_must_be_as(struct trace *trace, const struct event *ev, const char *path,
			     const struct event *other, const char *of)
{
	uintptr_t before = within;

	within = within ? within : PLACE;
	__real_event_must_be_as(trace, ev, path, other, of);
	within = before;
}
