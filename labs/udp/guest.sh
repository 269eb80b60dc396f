#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Datagrams: whose they are, how they wait, and what becomes of those for which there is no room or no socket. Over IPv4, then
# the same over IPv6.
set -eu
. /ktlab/lib.sh

said=/tmp/said
mkdir $said
# what a program reads that waits for a line
mkfifo $said/go
exec 9<>$said/go
kind=udp

# ear NAME WORD...: a program on the server that has bound its socket when this returns
ear() {
	ear_name=$1
	shift
	on server sock $kind "$@" <$said/go >$said/"$ear_name" &
	wait_for grep -q '^bind .* = 0' $said/"$ear_name"
}

# heard NAME...: what the programs printed last, as a witness each
heard() {
	for heard_name in "$@"; do
		echo "-- $heard_name"
		cat $said/"$heard_name"
		witness server program name="$heard_name" result="$(sed -n '$s/.* = //p' $said/"$heard_name" | tr ' ' _)"
	done
}

# mouth NAME WORD...: a program on the client that may fail, and what it printed last
mouth() {
	mouth_name=$1
	shift
	refused=$(on client sock $kind "$@") || :
	echo "$refused"
	witness client program name="$mouth_name" result="$(echo "$refused" | sed -n '$s/.* = //p' | tr ' ' _)"
}

step links
up client server
on client ip route add 224.0.0.0/4 dev eth0

# exercise 1: the receive buffer is as large as it is without setsockopt()
rcvbuf='rcvbuf 1'
[ "$KTLAB_EXERCISE" != 1 ] || rcvbuf=

# three sockets with one port
step lookup
ear any reuse bind 0.0.0.0:5000 recv 3
ear address reuse bind 10.0.0.2:5000 recv 2
ear connected reuse bind 10.0.0.2:5000 connect 10.0.0.1:6000 recv 1
wait_for grep -q '^connect .* = 0' $said/connected
on client sock udp bind 10.0.0.1:6000 to 10.0.0.2:5000 send 1
on client sock udp bind 10.0.0.1:6001 to 10.0.0.2:5000 send 2
on client sock udp broadcast bind 10.0.0.1:6001 to 10.0.0.255:5000 send 3
wait
heard connected address any

# two that share a port: one has both datagrams of a flow, the other is ended
step reuseport
ear left reuseport bind 0.0.0.0:5001 recv 1 recv 1
ear right reuseport bind 0.0.0.0:5001 recv 1 recv 1
on client sock udp bind 10.0.0.1:6002 to 10.0.0.2:5001 send 1 send 1
wait_for grep -q 'recv 1 = 1' $said/left $said/right
usleep 100000
killall sock
wait || :

# to a group, and to all: each socket gets its own
step group
ear one reuse bind 0.0.0.0:5002 recv 4 recv 5
ear two reuse bind 0.0.0.0:5002 recv 4 recv 5
on client sock udp bind 10.0.0.1:6003 to 224.0.0.1:5002 send 4
on client sock udp broadcast bind 10.0.0.1:6003 to 10.0.0.255:5002 send 5
wait
heard one two

# more than there is room for, while the program does not read
step queue
# shellcheck disable=SC2086 # two words, or none
ear slow $rcvbuf bind 10.0.0.2:5003 wait peek 100 recv 100 recvmmsg 8
on client sock udp to 10.0.0.2:5003 send 100 send 100 send 100 send 100 send 100 send 100
usleep 10000
datagrams server :5003
echo >&9
wait
heard slow

# several send() and one datagram
step cork
ear whole bind 10.0.0.2:5004 recv 7
on client sock udp to 10.0.0.2:5004 cork 1 send 3 send 4 cork 0
wait
heard whole

# more than a frame holds
step fragments
ear large bind 10.0.0.2:5005 recv 4000
on client sock udp to 10.0.0.2:5005 send 4000
wait
heard large

# a datagram that was damaged, and one that was not
step checksum
ear sound bind 10.0.0.2:5006 recv 5
on client sock udp to 10.0.0.2:5006 badsum 6 send 5
wait
heard sound

# nobody has the port
step closed
mouth connected connect 10.0.0.2:9 send 5 recv 5

# without connect() only who asks for errors is told
step recverr
mouth recverr recverr to 10.0.0.2:9 send 5 sleep 50 error

# the same over IPv6. The cards neither ask for a neighbour of IPv6 nor answer: each node is told the other's MAC
on client ip neigh replace fd00::2 lladdr 52:54:00:00:00:02 nud permanent dev eth0
on server ip neigh replace fd00::1 lladdr 52:54:00:00:00:01 nud permanent dev eth0
kind=udp6

# three sockets with one port; the one that takes any address takes those of IPv4, too
step lookup6
ear any6 reuse bind '[::]:5000' recv 3
ear address6 reuse bind '[fd00::2]:5000' recv 2
ear connected6 reuse bind '[fd00::2]:5000' connect '[fd00::1]:6000' recv 1
wait_for grep -q '^connect .* = 0' $said/connected6
on client sock udp6 bind '[fd00::1]:6000' to '[fd00::2]:5000' send 1
on client sock udp6 bind '[fd00::1]:6001' to '[fd00::2]:5000' send 2
on client sock udp6 bind '[::ffff:10.0.0.1]:6001' to '[::ffff:10.0.0.2]:5000' send 3
wait
heard connected6 address6 any6

step reuseport6
ear left6 reuseport bind '[::]:5001' recv 1 recv 1
ear right6 reuseport bind '[::]:5001' recv 1 recv 1
on client sock udp6 bind '[fd00::1]:6002' to '[fd00::2]:5001' send 1 send 1
wait_for grep -q 'recv 1 = 1' $said/left6 $said/right6
usleep 100000
killall sock
wait || :

# there is no broadcast: all nodes are a group, and a group is one of a link
step group6
ear one6 reuse bind '[::]:5002' recv 4
ear two6 reuse bind '[::]:5002' recv 4
on client sock udp6 bind '[fd00::1]:6003' to '[ff02::1%eth0]:5002' send 4
wait
heard one6 two6

step queue6
# shellcheck disable=SC2086 # two words, or none
ear slow6 $rcvbuf bind '[fd00::2]:5003' wait peek 100 recv 100 recvmmsg 8
on client sock udp6 to '[fd00::2]:5003' send 100 send 100 send 100 send 100 send 100 send 100
usleep 10000
datagrams server :5003
echo >&9
wait
heard slow6

step cork6
ear whole6 bind '[fd00::2]:5004' recv 7
on client sock udp6 to '[fd00::2]:5004' cork 1 send 3 send 4 cork 0
wait
heard whole6

step fragments6
ear large6 bind '[fd00::2]:5005' recv 4000
on client sock udp6 to '[fd00::2]:5005' send 4000
wait
heard large6

# over IPv6 no datagram may be without a checksum
step checksum6
ear sound6 bind '[fd00::2]:5006' recv 5
on client sock udp6 to '[fd00::2]:5006' badsum 6 nosum 7 send 5
wait
heard sound6

step closed6
mouth connected6 connect '[fd00::2]:9' send 5 recv 5

step recverr6
mouth recverr6 recverr to '[fd00::2]:9' send 5 sleep 50 error

step end
counters client UdpOutDatagrams UdpNoPorts IpFragOKs IpFragCreates IcmpInDestUnreachs \
	Udp6OutDatagrams Udp6NoPorts Ip6FragOKs Ip6FragCreates Icmp6InDestUnreachs
counters server UdpInDatagrams UdpNoPorts UdpInErrors UdpRcvbufErrors UdpInCsumErrors IpReasmReqds IpReasmOKs IcmpOutDestUnreachs \
	Udp6InDatagrams Udp6NoPorts Udp6InErrors Udp6RcvbufErrors Udp6InCsumErrors Ip6ReasmReqds Ip6ReasmOKs Icmp6OutDestUnreachs
