#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One datagram to a neighbour of whom nothing is known, and one more.
set -eu
. /ktlab/lib.sh

step links
up client server

on server sock udp bind 10.0.0.2:5000 recv 5 recv 5 &
server=$!
wait_for on server grep -q 0200000A:1388 /proc/net/udp

# exercise 1: the neighbour is known already
[ "$KTLAB_EXERCISE" != 1 ] || on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0

step cold
on client sock udp to 10.0.0.2:5000 send 5 sleep 500
neighbour client 10.0.0.2

# connect() on a datagram socket looks up the route once and for all
step warm
on client sock udp connect 10.0.0.2:5000 send 5
wait $server

step end
route client 10.0.0.2
counters client UdpOutDatagrams
counters server UdpInDatagrams UdpNoPorts
