#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The same client and the same server twice, over IPv4 and over IPv6; a port of IPv6 on which nobody listens; ping over both.
set -eu
# shellcheck source=SCRIPTDIR/../../rootfs/lib.sh
. /ktlab/lib.sh

step links
up client server
# the cards neither ask for a neighbour of IPv6 nor answer: each node is told the other's MAC, of both families alike
for address in 10.0.0.2 fd00::2; do
	on client ip neigh replace $address lladdr 52:54:00:00:00:02 nud permanent dev eth0
done
for address in 10.0.0.1 fd00::1; do
	on server ip neigh replace $address lladdr 52:54:00:00:00:01 nud permanent dev eth0
done

# exercise 1: a rule of the client's sends what is for fd00::2 to a table of its own
if [ "$KTLAB_EXERCISE" = 1 ]; then
	on client ip -6 rule add to fd00::2 lookup 100
	on client ip -6 route add fd00::/64 dev eth0 table 100 pref high
fi

# one listener for both families
step listen
on server server --address :: --count 2 &
server=$!
wait_for listens server 8080

step four
on client client --address 10.0.0.2

step six
on client client --address fd00::2
wait "$server"

step refused
refused=$(on client client --address fd00::2 --port 8081 2>&1) || :
echo "$refused"
witness client program error="${refused##*: }"

# ping NAME ADDRESS: how many replies it has printed, and the longest time between a request and its reply
ping() {
	said=$(on client ping -c 2 "$2")
	echo "$said"
	witness client program name="$1" received="$(echo "$said" | sed -n 's/.* \([0-9]*\) packets received.*/\1/p')" \
		longest_ns="$(echo "$said" | sed -n 's/.* time=\([0-9]*\)\.\([0-9]*\) ms$/\1\2000/p' | sort -n | tail -n 1)"
}

step ping4
ping ping4 10.0.0.2

step ping6
ping ping6 fd00::2

step end
for node in client server; do
	counters $node TcpActiveOpens TcpPassiveOpens TcpAttemptFails TcpOutSegs TcpInSegs TcpOutRsts IpOutRequests \
		IpInReceives IcmpInEchos IcmpOutEchoReps IcmpOutEchos IcmpInEchoReps Ip6OutRequests Ip6InReceives Ip6InDelivers \
		Icmp6OutMsgs Icmp6InEchos Icmp6OutEchoReplies Icmp6OutEchos Icmp6InEchoReplies
done
# the client's sockets are in TIME_WAIT for a minute more
sockets client -a6
sockets client -a4
neighbour client fd00::2
route client 10.0.0.2
route client fd00::2
