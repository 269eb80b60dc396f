#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Four ways not to reach somebody, and who says so.
set -eu
. /ktlab/lib.sh

# try NAME ADDRESS: connects; what came of it is a witness
try() {
	step "$1"
	said=$(on client sock connect "$2:8080") || :
	echo "$said"
	witness client program "$1=${said##* }"
}

step links
up client router server
on router sysctl -q -w net.ipv4.ip_forward=1
# an error that comes while connect() still holds the socket is only noted (sock_owned_by_user() in tcp_v4_err()); on a
# wire without any delay that happens
on router tc qdisc add dev eth0 root netem delay 10ms

# the client has no route
try no-route 192.0.2.1

# the router has none
on client ip route add default via 10.0.1.254
# exercise 1: the router may not forward
[ "$KTLAB_EXERCISE" != 1 ] || on router sysctl -q -w net.ipv4.ip_forward=0
try router-no-route 192.0.2.1

# the router knows that nobody is there
on router ip route add unreachable 198.51.100.0/24
try router-unreachable 198.51.100.1

# a neighbour that does not answer; after the error the SYN is tried once more, and so is the neighbour
try silent-neighbour 10.0.1.99
sleep 4
neighbour client 10.0.1.99

step end
counters client TcpActiveOpens TcpAttemptFails TcpRetransSegs IcmpInDestUnreachs IpOutNoRoutes
counters router IcmpOutDestUnreachs
