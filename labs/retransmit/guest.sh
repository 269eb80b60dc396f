#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One data segment is lost: first with others behind it, then alone.
set -eu
. /ktlab/lib.sh

step links
up client server
on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0
on server ip neigh replace 10.0.0.1 lladdr 52:54:00:00:00:01 nud permanent dev eth0
# a round trip of 200 ms
on client tc qdisc add dev eth0 root netem delay 100ms
on server tc qdisc add dev eth0 root netem delay 100ms
# exercise 1: without SACK, three duplicate acknowledgements must do
[ "$KTLAB_EXERCISE" != 1 ] || on client sysctl -q -w net.ipv4.tcp_sack=0

# what the client sends with a TTL of 63 is lost; sent again with 64, it comes
step loss
on server tc qdisc add dev eth0 ingress
on server tc filter add dev eth0 ingress protocol ip u32 match u8 63 0xff at 8 action drop

on server sock reuse bind 10.0.0.2:8080 listen 1 accept recv 6000 recv 100 recv 1 >/tmp/server &
server=$!
wait_for listens server 8080

step fast
on client sock nodelay connect 10.0.0.2:8080 sleep 500 \
	send 1000 ttl 63 send 1000 ttl 64 send 1000 send 1000 send 1000 send 1000 sleep 3000 \
	ttl 63 send 100 sleep 1500 ttl 64 sleep 4000 close >/tmp/client &
client=$!
sleep 3.5
step timer
wait $client
wait $server

step end
cat /tmp/server
witness server program received="$(sed -n 's/^recv 6000 = //p' /tmp/server)" alone="$(sed -n 's/^recv 100 = //p' /tmp/server)"
counters client TcpRetransSegs TcpExtTCPTimeouts TcpExtTCPFastRetrans TcpExtTCPSackRecovery TcpExtTCPLossProbes
witness server filter dropped="$(on server tc -s filter show dev eth0 ingress | sed -n 's/.*dropped \([0-9]*\).*/\1/p')"
