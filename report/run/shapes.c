// SPDX-License-Identifier: GPL-2.0-or-later
// What kind of value a field holds, as docs/event-format.md says; null may stand anywhere.
#include "run/follow.h"
#include "base/i18n.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum shape {
	POINTER, /* of an object that the kernel allocates: it lies at a multiple of 8 */
	ADDRESS,
	MAC,
	WORD,
	OBJECT,
	SHAPES
};

static const char *const shape_words[SHAPES] = {
	[POINTER] = N_("the address of an object"),
	[ADDRESS] = N_("an IP address"),
	[MAC] = N_("a MAC"),
	[WORD] = N_("a word"),
	[OBJECT] = N_("an object"),
};

static const struct {
	const char *field;
	enum shape shape;
	bool envelope;
} fields[] = {
	{ "sk", POINTER, true },
	{ "skb", POINTER, true },
	{ "owner", OBJECT, true },
	{ "dev", WORD, true },
	{ "step", WORD, true },
	{ "listener", POINTER, false },
	{ "req", POINTER, false },
	{ "child", POINTER, false },
	{ "result", OBJECT, false },
	{ "args", OBJECT, false },
	{ "out", OBJECT, false },
	{ "via", ADDRESS, false },
	{ "saddr", ADDRESS, false },
	{ "daddr", ADDRESS, false },
	{ "src", ADDRESS, false },
	{ "dst", ADDRESS, false },
	{ "in.daddr", ADDRESS, false },
	{ "in.saddr", ADDRESS, false },
	{ "out.via", ADDRESS, false },
	{ "out.prefsrc", ADDRESS, false },
	{ "out.prefix", ADDRESS, false },
	{ "ip", ADDRESS, false },
	{ "out_dev", WORD, false },
	{ "out.dev", WORD, false },
	{ "error", WORD, false },
	{ "err", WORD, false },
	{ "ret_name", WORD, false },
	{ "reason", WORD, false },
	{ "damage", WORD, false },
	{ "lladdr", MAC, false },
	{ "lladdr.old", MAC, false },
	{ "lladdr.new", MAC, false },
	{ "result.err", WORD, false },
	{ "result.child", POINTER, false },
	{ "args.listener", POINTER, false },
	{ "args.via", ADDRESS, false },
	{ "args.dest_hw", MAC, false },
	{ "args.src_hw", MAC, false },
	{ "args.target_hw", MAC, false },
	{ "args.prefsrc", ADDRESS, false },
};

/* "0xffff888000388840" */
static bool is_pointer(const char *text)
{
	size_t len = strlen(text);

	return len == 18 && starts_with(text, "0x") && strspn(text + 2, "0123456789abcdef") == 16 &&
	       (text[17] == '0' || text[17] == '8');
}

static bool is_mac(const char *text)
{
	for (int i = 0; i < 17; i++)
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	return !text[17];
}

static bool has_shape(struct json v, enum shape shape)
{
	char *text;
	struct address ip;
	bool good = true;

	/* lladdr and ip of other types of events */
	if (v.kind == JSON_OBJECT && (shape == MAC || shape == ADDRESS))
		return true;
	if (shape == OBJECT || v.kind != JSON_STRING)
		return shape == OBJECT && v.kind == JSON_OBJECT;
	text = json_dup(v);
	if (shape == POINTER)
		good = is_pointer(text);
	else if (shape == ADDRESS)
		good = address_parse(text, &ip);
	else if (shape == MAC)
		good = is_mac(text);
	free(text);
	return good;
}

void shapes_check(struct trace *trace, const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct json v;

		if (!fields[i].envelope && !event_may_have(ev, fields[i].field))
			continue;
		v = event_get(ev, fields[i].field);
		if (v.kind != JSON_NONE && v.kind != JSON_NULL && !has_shape(v, fields[i].shape))
			trace_contradicts(trace, ev, fields[i].field, "%s",
					  _(shape_words[fields[i].shape]));
	}
	if (ev->kind == EV_TCP_RX && event_has(ev, "retrans"))
		trace_contradicts(trace, ev, "retrans", "null");
}
