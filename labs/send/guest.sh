#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A client sends 5 bytes, then 100 kB.
set -eu
. /ktlab/lib.sh

step links
up client server
on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0
on server ip neigh replace 10.0.0.1 lladdr 52:54:00:00:00:01 nud permanent dev eth0
# a round trip of 200 ms: what the server sends is on its way for that long
on server tc qdisc add dev eth0 root netem delay 200ms
# a debugger's stops make round trips longer, which HyStart (net/ipv4/tcp_cubic.c) takes for a queue and ends slow start
hystart=/sys/module/tcp_cubic/parameters/hystart
[ ! -e $hystart ] || echo 0 >$hystart
# exercise 1: the card may not cut segments itself
[ "$KTLAB_EXERCISE" != 1 ] || on client ip link set dev eth0 gso_max_segs 1

on server sock bind 10.0.0.2:8080 listen 1 accept recv 5 recv 100000 recv 1 >/tmp/server &
server=$!
wait_for listens server 8080
mkfifo /tmp/client
on client sock connect 10.0.0.2:8080 wait send 5 wait send 100000 wait close <>/tmp/client >/tmp/client.said &
client=$!
wait_for grep -q connect /tmp/client.said

step five-bytes
echo >/tmp/client
wait_for grep -q 'recv 5' /tmp/server

step hundred-kilobytes
echo >/tmp/client
wait_for grep -q 'recv 100000' /tmp/server

step end
witness server program received="$(sed -n 's/^recv 100000 = //p' /tmp/server)"
witness client program sent="$(sed -n 's/^send 100000 = //p' /tmp/client.said)"
echo >/tmp/client
wait $client
wait $server
counters client TcpOutSegs TcpRetransSegs
counters server TcpInSegs TcpInErrs
