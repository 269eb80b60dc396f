// SPDX-License-Identifier: GPL-2.0-or-later
// Whose a card, a MAC and an address are.
#include "run/cards.h"

bool is_loop(const struct wire *wire)
{
	return text_is(wire->nic, LOOPBACK);
}

bool is_broadcast(const unsigned char *mac)
{
	return mac[0] & 1;
}

bool is_mac_of(const struct node *node, const unsigned char *mac)
{
	char text[18];

	return node && text_is(node->mac, mac_text(mac, text));
}

const struct node *node_of_nic(const struct trace *trace, const struct wire *wire)
{
	for (size_t i = 0; i < trace->nodes.n; i++)
		if (text_is(trace->nodes.v[i].name, wire->node) &&
		    text_is(trace->nodes.v[i].nic, wire->nic))
			return &trace->nodes.v[i];
	return NULL;
}

bool is_of_link(const struct frame *f)
{
	return f->datagrams && f->datagrams->of_link;
}

bool has_joined(const struct wire *wire, const struct frame *f)
{
	for (const struct frame *g = wire->frames.v; g < f; g++)
		if (g->rx_event && address_same(g->daddr, f->daddr))
			return true;
	return false;
}
