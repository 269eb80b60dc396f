#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The server's machine drops every segment that comes; the client tries until it gives up.
set -eu
. /ktlab/lib.sh

step links
up client server
# the MAC addresses are known, so that nothing but TCP's own timers decides
on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0

step loss
on server tc qdisc add dev eth0 ingress
on server tc filter add dev eth0 ingress protocol ip u32 match ip protocol 6 0xff action drop

# since 6.5 the first four tries again come each after 1 s, and are not counted (ccce324dabfe)
where_known client net/ipv4/tcp_syn_linear_timeouts=0
# exercise 1: three tries again instead of six
[ "$KTLAB_EXERCISE" != 1 ] || on client sysctl -q -w net.ipv4.tcp_syn_retries=3

step connect
said=$(on client sock connect 10.0.0.2:8080) || :
echo "$said"

step end
witness client program error="${said##* }"
counters client TcpActiveOpens TcpAttemptFails TcpRetransSegs TcpExtTCPTimeouts TcpExtTCPSynRetrans TcpInSegs
counters server TcpInSegs
witness server filter dropped="$(on server tc -s filter show dev eth0 ingress | sed -n 's/.*dropped \([0-9]*\).*/\1/p')"
