// SPDX-License-Identifier: GPL-2.0-or-later
// One line of events.jsonl as a struct, and the one way to any field of it.
#include "run/event.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

const char *const event_envelope_keys[] = {
	"n",	 "type",  "t_ns", "icount", "ctx",  "pid",    "comm",  "owner",
	"netns", "point", "fn",	  "at",	    "file", "line",   "ret",   "conn",
	"pkt",	 "sk",	  "skb",  "dev",    "step", "parent", "stack", NULL,
};

/* The keys of the envelope that become members of the struct, in the order of the format. */
enum slot {
	SLOT_N,
	SLOT_TYPE,
	SLOT_T_NS,
	SLOT_CTX,
	SLOT_PID,
	SLOT_NETNS,
	SLOT_POINT,
	SLOT_FN,
	SLOT_AT,
	SLOT_CONN,
	SLOT_PKT,
	SLOT_STEP,
	SLOT_PARENT,
	SLOTS,
};

static const struct {
	const char *key;
	size_t len;
	bool number;
	bool needed;
	size_t offset;
} slots[SLOTS] = {
/* clang-format off */
#define SLOT(key, member, number, needed) \
	{ key, sizeof(key) - 1, number, needed, offsetof(struct event, member) }
	/* clang-format on */
	[SLOT_N] = SLOT("n", n, true, true),
	[SLOT_TYPE] = SLOT("type", type, false, true),
	[SLOT_T_NS] = SLOT("t_ns", t_ns, true, true),
	[SLOT_CTX] = SLOT("ctx", ctx, false, false),
	[SLOT_PID] = SLOT("pid", pid, true, false),
	[SLOT_NETNS] = SLOT("netns", netns, false, false),
	[SLOT_POINT] = SLOT("point", point, false, false),
	[SLOT_FN] = SLOT("fn", fn, false, false),
	[SLOT_AT] = SLOT("at", at, false, false),
	[SLOT_CONN] = SLOT("conn", conn, true, false),
	[SLOT_PKT] = SLOT("pkt", pkt, true, false),
	[SLOT_STEP] = SLOT("step", step, false, false),
	[SLOT_PARENT] = SLOT("parent", parent, true, false),
#undef SLOT
};

static bool key_is_slot(struct json key, int slot)
{
	return (size_t)(key.end - key.p) == slots[slot].len + 2 &&
	       memcmp(key.p + 1, slots[slot].key, slots[slot].len) == 0;
}

/* Keys stand in the format's order, so the next slot is tried first. */
static int find_slot(struct json key, int next)
{
	if (next < SLOTS && key_is_slot(key, next))
		return next;
	for (int i = 0; i < SLOTS; i++)
		if (key_is_slot(key, i))
			return i;
	return -1;
}

static const char *intern(struct json v, struct names *names)
{
	struct str text = { 0 };
	const char *name;

	if (v.kind != JSON_STRING)
		return NULL;
	if (!memchr(v.p, '\\', (size_t)(v.end - v.p)))
		return names_get(names, v.p + 1, (size_t)(v.end - v.p) - 2);
	json_text(v, &text);
	name = names_get(names, str_text(&text), strlen(str_text(&text)));
	str_free(&text);
	return name;
}

static const char *fill_slot(struct event *ev, int slot, struct json v, struct names *names)
{
	char *member = (char *)ev + slots[slot].offset;
	const char *name;
	int64_t number;

	if (v.kind == JSON_NULL || v.kind == JSON_NONE)
		return slots[slot].needed ? N_("missing field") : NULL;
	if (slots[slot].number) {
		if (!json_int(v, &number) || number < 0)
			return N_("no number that fits in field");
		memcpy(member, &number, sizeof(number));
		return NULL;
	}
	name = intern(v, names);
	if (!name)
		return N_("no text in field");
	memcpy(member, &name, sizeof(name));
	return NULL;
}

/* A key of the head, so that who asks for it need not walk there. */
static void note_key(struct event *ev, const char *key, bool *fits)
{
	size_t at = (size_t)(key - ev->text);

	*fits = *fits && ev->n_keys < EVENT_KEYS && at <= UINT16_MAX;
	if (*fits)
		ev->keys[ev->n_keys++] = (uint16_t)at;
	else
		ev->n_keys = 0;
}

static const char *read_members(struct event *ev, struct json *found)
{
	struct json_iter it = json_walk_unchecked(ev->text, ev->len);
	int slot, next = 0;
	bool fits = true;

	ev->head = ev->len;
	while (json_next(&it)) {
		bool stack = it.key.end - it.key.p == 7 && memcmp(it.key.p, "\"stack\"", 7) == 0;

		ev->head = stack ? (size_t)(it.key.p - ev->text) : ev->len;
		if (!stack)
			note_key(ev, it.key.p, &fits);
		slot = find_slot(it.key, next);
		if (slot < 0 || found[slot].p) /* the first of two equal keys counts */
			continue;
		found[slot] = it.value;
		next = slot + 1;
	}
	return it.error;
}

const char *event_read(struct event *ev, const char *text, size_t len, struct names *names,
		       const char **what)
{
	struct json found[SLOTS] = { 0 };
	const char *reason;

	*what = NULL;
	while (len && (*text == ' ' || *text == '\t'))
		text++, len--;
	*ev = (struct event){ .text = text, .len = len };
	reason = read_members(ev, found);
	for (int i = 0; !reason && i < SLOTS; i++) {
		reason = fill_slot(ev, i, found[i], names);
		if (reason)
			*what = slots[i].key;
	}
	ev->row = reason ? &unknown_type : type_named(ev->type);
	ev->kind = ev->row->kind;
	return reason;
}

/* The members of the event from the path's first key on; the stack stands last. A walk begins behind the bracket, or the
 * comma, before a key. */
static struct json members_from(const struct event *ev, const char *path)
{
	size_t len = strcspn(path, ".");

	if (ev->head < ev->len && starts_with(path, "stack"))
		return (struct json){ JSON_OBJECT, ev->text + ev->head - 1, ev->text + ev->len };
	for (size_t i = 0; i < ev->n_keys; i++) {
		const char *key = ev->text + ev->keys[i] + 1;

		if (ev->keys[i] + 1 + len < ev->len && key[len] == '"' &&
		    memcmp(key, path, len) == 0)
			return (struct json){ JSON_OBJECT, key - 2, ev->text + ev->head };
	}
	return (struct json){ ev->n_keys ? JSON_NONE : JSON_OBJECT, ev->text, ev->text + ev->head };
}

struct json event_get(const struct event *ev, const char *path)
{
	return json_path(members_from(ev, path), path);
}

bool event_is(const struct event *ev, const char *path, const char *text)
{
	return json_is(event_get(ev, path), text);
}

int64_t event_int(const struct event *ev, const char *path, int64_t otherwise)
{
	int64_t number;

	return json_int(event_get(ev, path), &number) ? number : otherwise;
}

bool event_text(const struct event *ev, const char *path, struct str *out)
{
	struct json v = event_get(ev, path);

	if (v.kind == JSON_NONE || v.kind == JSON_NULL)
		return false;
	json_text(v, out);
	return true;
}

char *event_dup(const struct event *ev, const char *path)
{
	struct str out = { 0 };

	event_text(ev, path, &out);
	return str_take(&out);
}

bool event_same(const struct event *a, const struct event *b, const char *path)
{
	char *one = event_dup(a, path), *other = event_dup(b, path);
	bool same = strcmp(one, other) == 0;

	free(one);
	free(other);
	return same;
}
