#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A client reaches a server behind a router: by the main table, past a blackhole, by a table of its own.
set -eu
. /ktlab/lib.sh

# talk ADDRESS: connects and closes
talk() { on client sock connect "$1:8080" close || :; }

step links
up client router server

step routes
on router sysctl -q -w net.ipv4.ip_forward=1
on server ip route add default via 10.0.2.254
on client ip route add default via 10.0.1.254
on client ip route add 10.0.2.0/24 via 10.0.1.254
on client ip route add blackhole 10.0.2.64/26
# exercise 1: the blackhole is as large as the server's subnet, and its half with the server in it is more specific
[ "$KTLAB_EXERCISE" != 1 ] || on client ip route add blackhole 10.0.2.0/25

on server sock reuse bind 10.0.2.2:8080 listen 2 accept recv 1 close &
wait_for listens server 8080
step main-table
route client 10.0.2.2
talk 10.0.2.2

step blackhole
route client 10.0.2.65
talk 10.0.2.65

step default
route client 203.0.113.7

step rule
on client ip route add 10.0.2.0/24 via 10.0.1.254 table 100
on client ip rule add to 10.0.2.2 lookup 100 pref 100
on server sock reuse bind 10.0.2.2:8080 listen 2 accept recv 1 close &
wait_for listens server 8080
route client 10.0.2.2
talk 10.0.2.2

# what the server closes last goes through the router, too
wait_for settled server
step end
counters router IpForwDatagrams IpInReceives
counters client IpOutNoRoutes TcpOutSegs TcpInSegs
