/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a card, a MAC and an address are. */
#ifndef KTREPORT_CARDS_H
#define KTREPORT_CARDS_H

#include "run/trace.h"

/* Whether it is the capture of a loopback device. */
bool is_loop(const struct wire *wire);
/* Whether a frame to this MAC is for several. */
bool is_broadcast(const unsigned char *mac);
bool is_mac_of(const struct node *node, const unsigned char *mac);
/* The node with the card that was captured, or NULL. */
const struct node *node_of_nic(const struct trace *trace, const struct wire *wire);
/* Whether its protocol is one that no router sends on. */
bool is_of_link(const struct frame *f);
/* Whether one before it to the same group came to the node's kernel: a node joins that of an address when it gets the address. */
bool has_joined(const struct wire *wire, const struct frame *f);

#endif
