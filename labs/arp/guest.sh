#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The life of a neighbour entry: made, used, old, asked again; and one that nobody answers for.
set -eu
. /ktlab/lib.sh

step links
up client server

step first
on client ping -q -c 1 10.0.0.2
neighbour client 10.0.0.2

step second
on client ping -q -c 1 10.0.0.2
neighbour client 10.0.0.2

# the server announces itself when its card gets an address: arp_send() with a gratuitous ARP
step gratuitous
on server sysctl -q -w net.ipv4.conf.all.arp_notify=1
on server ip link set eth0 address 52:54:00:00:00:02

# an entry that nothing confirms grows old: 15 to 45 s
step stale
sleep 60
neighbour client 10.0.0.2

# used again, it is asked for after 5 s, but not by a broadcast
step delay
on client ping -q -c 1 10.0.0.2
neighbour client 10.0.0.2
sleep 6
neighbour client 10.0.0.2

# exercise 1: the silent neighbour gets five tries instead of three
[ "$KTLAB_EXERCISE" != 1 ] || on client sysctl -q -w net.ipv4.neigh.eth0.mcast_solicit=5

step silent
on client ping -q -c 1 -W 8 10.0.0.99 || :
neighbour client 10.0.0.99
step end
