// SPDX-License-Identifier: GPL-2.0-or-later
// Objects by their addresses in events, each within its life.
#include "judge/owners.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

struct mention {
	uint64_t address;
	int64_t icount;
	const struct event *ev;
};

struct life {
	uint64_t address;
	int64_t born, died; /* INT64_MAX: at the end of the run */
	uint32_t data; /* of a packet, and of data their own: their number; UINT32_MAX: none */
	bool listens; /* of a socket: at some time */
};

struct owners {
	VEC(struct mention) by_address;
	VEC(struct mention) by_time; /* of each event, whatever its objects */
	VEC(struct life) lives; /* by the number of an object */
	VEC(struct mention) by_data; /* of packets, with the number of their data for an address */
};

static int by_address(const void *one, const void *other)
{
	const struct mention *a = one, *b = other;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return (a->icount > b->icount) - (a->icount < b->icount);
}

static void mentions_add(struct owners *owners, const struct event *ev)
{
	static const char *const keys[] = { "sk", "skb" };
	int64_t icount = event_int(ev, "icount", -1);

	if (icount < 0)
		return;
	*vec_add(&owners->by_time) = (struct mention){ .icount = icount, .ev = ev };
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct str text = { 0 };

		if (event_text(ev, keys[i], &text))
			*vec_add(&owners->by_address) =
				(struct mention){ strtoull(str_text(&text), NULL, 16), icount, ev };
		str_free(&text);
	}
}

/* The number of the data that a packet points to. */
static uint32_t data_of(const struct layout *layout, const struct written_file *file,
			const struct written_object *packet)
{
	const struct kind *kind = &layout->kinds.v[packet->kind];
	size_t count;
	const struct written_object *const *objects = written_objects(file, &count);
	uint64_t head;

	if (!kind->fields.list.n)
		return packet->number;
	if (!kind->has_data || kind->head_at + sizeof(head) > packet->bytes)
		return UINT32_MAX;
	memcpy(&head, packet->copy + kind->head_at, sizeof(head));
	for (size_t i = count; i-- > 0;)
		if (objects[i] && objects[i]->address == head)
			return objects[i]->number;
	return UINT32_MAX;
}

/* include/net/tcp_states.h */
static const uint8_t tcp_listen = 10;

static bool makes_listener(const struct layout *layout, const struct written *written)
{
	const struct kind *kind = &layout->kinds.v[written->object->kind];
	const struct field *state = fields_find(&kind->fields, "sk_state");

	return state && written->what == WRITTEN_STORE && written->offset == state->bit / 8 &&
	       written->bytes == 1 && *written->value == tcp_listen;
}

static void lives_read(struct owners *owners, const char *folder, const struct layout *layout)
{
	enum ran_end how;
	struct written_file *file = written_open(folder, &how);
	struct written written;

	while (file && written_next(file, &written, &how)) {
		const struct written_object *object = written.object;
		struct life *life;

		if (object->kind >= layout->kinds.n)
			continue;
		if (written.what > WRITTEN_DIED) {
			if (object->number < owners->lives.n && makes_listener(layout, &written))
				owners->lives.v[object->number].listens = true;
			continue;
		}
		while (owners->lives.n <= object->number)
			*vec_add(&owners->lives) = (struct life){ .data = UINT32_MAX };
		life = &owners->lives.v[object->number];
		*life = (struct life){ object->address, object->born,
				       object->died < 0 ? INT64_MAX : object->died,
				       data_of(layout, file, object), life->listens };
	}
	written_close(file);
}

/* Where in a list the mentions of an address begin that are not before a moment. */
static size_t mention_first(const struct mention *list, size_t n, uint64_t address, int64_t icount)
{
	const struct mention wanted = { .address = address, .icount = icount };
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_address(&list[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is said of a packet is said of its data. */
static void data_mention(struct owners *owners)
{
	for (size_t i = 0; i < owners->lives.n; i++) {
		const struct life *life = &owners->lives.v[i];
		size_t at = mention_first(owners->by_address.v, owners->by_address.n, life->address,
					  life->born);

		for (; life->data != UINT32_MAX && at < owners->by_address.n; at++) {
			const struct mention *here = &owners->by_address.v[at];

			if (here->address != life->address || here->icount > life->died)
				break;
			*vec_add(&owners->by_data) =
				(struct mention){ life->data, here->icount, here->ev };
		}
	}
	if (owners->by_data.n)
		qsort(owners->by_data.v, owners->by_data.n, sizeof(struct mention), by_address);
}

struct owners *owners_new(const struct trace *trace, const struct layout *layout)
{
	struct owners *owners = xcalloc(1, sizeof(*owners));

	for (size_t i = 0; i < trace->events.n; i++)
		mentions_add(owners, &trace->events.v[i]);
	if (owners->by_address.n)
		qsort(owners->by_address.v, owners->by_address.n, sizeof(struct mention),
		      by_address);
	lives_read(owners, trace->folder, layout);
	data_mention(owners);
	return owners;
}

void owners_free(struct owners *owners)
{
	vec_free(&owners->by_address);
	vec_free(&owners->by_time);
	vec_free(&owners->lives);
	vec_free(&owners->by_data);
	free(owners);
}

int64_t owners_event(const struct owners *owners, int64_t icount)
{
	size_t low = 0, high = owners->by_time.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (owners->by_time.v[middle].icount <= icount)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? owners->by_time.v[low - 1].ev->n : 0;
}

/* The event that speaks of an object: of a packet the next one, else the first that knows its connection. */
static const struct event *mention_find(const struct owners *owners, const struct life *life,
					int64_t icount)
{
	bool packet = life->data != UINT32_MAX;
	const struct mention *list = packet ? owners->by_data.v : owners->by_address.v;
	size_t n = packet ? owners->by_data.n : owners->by_address.n;
	uint64_t key = packet ? life->data : life->address;
	const struct event *found = NULL;

	for (size_t at = mention_first(list, n, key, packet ? 0 : life->born); at < n; at++) {
		if (list[at].address != key || (!packet && list[at].icount > life->died))
			break;
		if (!found || (packet ? list[at].ev->pkt : !found->conn && list[at].ev->conn))
			found = list[at].ev;
		if (packet && list[at].icount >= icount && found->pkt)
			break;
	}
	return found;
}

struct owner owners_find(const struct owners *owners, const struct layout *layout,
			 const struct written_object *object, int64_t icount)
{
	const struct field *key = fields_find(&layout->kinds.v[object->kind].fields, "primary_key");
	struct owner owner = { 0 };
	char *value = key ? field_value(key, object->copy, object->bytes) : NULL;

	if (value)
		snprintf(owner.key, sizeof(owner.key), "%s", value);
	free(value);
	if (object->number < owners->lives.n) {
		const struct life *life = &owners->lives.v[object->number];

		owner.listens = life->listens;
		owner.ev = mention_find(owners, life, icount);
	}
	return owner;
}

int64_t owner_packet(const struct owner *owner, const struct layout *layout,
		     const struct written_object *object)
{
	const struct kind *kind = &layout->kinds.v[object->kind];

	return kind->has_data || !kind->fields.list.n ? owner->ev->pkt : 0;
}

char *owner_name(const struct owner *owner, const struct layout *layout,
		 const struct written_object *object)
{
	const struct kind *kind = &layout->kinds.v[object->kind];
	const char *node = owner->ev && owner->ev->netns ? owner->ev->netns : "";

	if (owner->key[0])
		return xasprintf("%s %s", kind->fields.name, owner->key);
	if (!owner->ev)
		return xasprintf("%s %u", kind->fields.name, object->number);
	if (owner->listens)
		return xasprintf(_("%s, listener"), node);
	if (owner_packet(owner, layout, object))
		return xasprintf(_("%s, packet %lld"), node, (long long)owner->ev->pkt);
	if (owner->ev->conn)
		return xasprintf(_("%s, connection %lld"), node, (long long)owner->ev->conn);
	return xstrdup(node);
}
