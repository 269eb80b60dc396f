// SPDX-License-Identifier: GPL-2.0-or-later
// Which frame of a stack tells the story: the function that decided, not the one that was watched.
#include "types/story.h"

#include <stdlib.h>
#include <string.h>

/* Only carries out what its caller decided, in the order of the layers; 5.4 and 6.1. */
static const char *const carriers[] = {
	/* include/net/inet_sock.h, net/ipv4: a state is set, a sock is put somewhere */
	"inet_sk_set_state",
	"inet_sk_state_store",
	"tcp_set_state",
	"tcp_done",
	"tcp_done_with_error",
	"inet_reqsk_alloc",
	"inet_twsk_alloc",
	"inet_csk_reqsk_queue_hash_add",
	"inet_csk_complete_hashdance",
	/* net/ipv4/fib_*.c, route.c: a table is searched */
	"fib_table_lookup",
	"fib_lookup",
	"ip_route_output_key_hash_rcu",
	"ip_route_output_key_hash",
	"__ip_route_output_key",
	"ip_route_output_key",
	"ip_route_output_flow",
	"ip_route_input_slow",
	"ip_route_input_rcu",
	"ip_route_input_noref",
	/* net/core/neighbour.c: an entry changes */
	"___neigh_create",
	"__neigh_create",
	"neigh_create",
	"__neigh_update",
	"neigh_update",
	"__neigh_event_send",
	"neigh_event_send",
	/* net/core: a packet is given back */
	"kfree_skb",
	"__kfree_skb",
	"kfree_skb_reason",
	"__kfree_skb_reason",
	"sk_skb_reason_drop",
	"__sk_skb_reason_drop",
	"kfree_skb_list",
	"kfree_skb_list_reason",
	"consume_skb",
	"tcp_drop",
	"tcp_drop_reason",
};

static bool is_carrier(const char *fn)
{
	for (size_t i = 0; i < ARRAY_SIZE(carriers); i++)
		if (text_is(carriers[i], fn))
			return true;
	return false;
}

/* Who decided, as the event itself says: of a frame, of a drop. The caller frees it; "": it does not. */
static char *decider_of(const struct event *ev)
{
	return event_dup(ev, ev->kind == EV_SKB_DROP ? "by_fn" : "by");
}

int story_index(const struct event *ev)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));
	char *decider = decider_of(ev), *fn;
	int found = -1, first = -1;

	for (int i = 0; found < 0 && json_next(&it); i++) {
		fn = json_dup(json_path(it.value, "fn"));
		if (*decider ? text_is(fn, decider) : !is_carrier(fn))
			found = i;
		first = 0;
		free(fn);
	}
	free(decider);
	return found < 0 ? first : found;
}

static struct json story_frame(const struct event *ev)
{
	struct json_iter it = json_iter(event_get(ev, "stack"));

	for (int left = story_index(ev); json_next(&it) && left; left--)
		;
	return it.value; /* without a stack: no value */
}

char *story_function(const struct event *ev)
{
	return json_dup(json_path(story_frame(ev), "fn"));
}

char *story_place(const struct event *ev)
{
	struct json frame = story_frame(ev);
	char *file = json_dup(json_path(frame, "file")), *place = NULL;
	int64_t line = 0;

	if (file && json_int(json_path(frame, "line"), &line))
		place = xasprintf("%s:%lld", file, (long long)line);
	free(file);
	return place;
}
