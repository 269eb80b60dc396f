#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Both ends connect to each other: each SYN is on its way for 250 ms, so they cross.
set -eu
. /ktlab/lib.sh

step links
up client server
on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0
on server ip neigh replace 10.0.0.1 lladdr 52:54:00:00:00:01 nud permanent dev eth0

step delay
# exercise 1: no delay, so that one SYN comes before the other is sent
pause=0
if [ "$KTLAB_EXERCISE" = 1 ]; then
	pause=0.2
else
	on client tc qdisc add dev eth0 root netem delay 250ms
	on server tc qdisc add dev eth0 root netem delay 250ms
fi

step connect
on client sock bind 10.0.0.1:4000 connect 10.0.0.2:5000 sleep 2000 close >/tmp/client &
client=$!
# At once: the only measured round trip is from this end's SYN-ACK to the other's, 250 ms less what passes here, and the
# first RTO thrice that (RFC 6298, 2.2). After 83 ms it is below the 500 ms that the FIN is under way.
[ $pause = 0 ] || sleep $pause
on server sock bind 10.0.0.2:5000 connect 10.0.0.1:4000 sleep 2000 close >/tmp/server &
server=$!
sleep 1.5
for node in client server; do
	sockets $node -a
done
wait $client || :
wait $server || :

step end
for node in client server; do
	cat /tmp/$node
	witness $node program connect="$(sed -n 's/^connect .* = \(-1 \)\{0,1\}//p' /tmp/$node)"
	counters $node TcpActiveOpens TcpPassiveOpens TcpRetransSegs TcpOutRsts
done
