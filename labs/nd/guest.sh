#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A node comes to a link: its own address, a router's prefix, its neighbours; an address that is taken, and one that is free.
set -eu
# shellcheck source=SCRIPTDIR/../../rootfs/lib.sh
. /ktlab/lib.sh

# six_there NODE NIC [ADDRESS]: a card with IPv6 whose addresses are there from the first: nobody asks whether they are free
six_there() {
	on "$1" sysctl -q -w "net.ipv6.conf.$2.accept_dad=0" "net.ipv6.conf.$2.accept_ra=0" "net.ipv6.conf.$2.disable_ipv6=0"
	on "$1" ip -6 address add "$3" dev "$2" nodad
}

# has NODE ADDRESS WORD...: whether `ip -6 address` shows the address with such flags
has() {
	has_node=$1 has_address=$2
	shift 2
	on "$has_node" ip -6 -o address show to "$has_address" "$@" | grep -q inet6
}

# exercise 1: the router says that it is no default router
lifetime=1800
[ "$KTLAB_EXERCISE" != 1 ] || lifetime=0

step links
up client router server
on router sysctl -q -w net.ipv6.conf.all.forwarding=1
six_there router eth0 fd00:1::fe/64
on router ip -6 address add fd00:1::1/64 dev eth0 nodad
six_there router eth1 fd00:2::fe/64
six_there server eth0 fd00:2::2/64
on server ip -6 route add default via fd00:2::fe

# the client's card is one of IPv6 from now on; all else comes by itself
step join
on router ra --card eth0 --prefix fd00:1:: --lifetime $lifetime >/tmp/ra &
ra=$!
# 58, ICMPv6, is 3A
wait_for on router grep -q ':003A ' /proc/net/raw6
on client sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=0
own=fd00:1::5054:ff:fe00:1
wait_for has client $own -tentative
wait "$ra"
cat /tmp/ra
witness router program name=ra solicited="$(sed -n 's/.* solicitation from //p' /tmp/ra)"
address client fe80::5054:ff:fe00:1
address client $own
defaults client

step first
on client ping -q -c 1 fd00:1::fe
neighbour client fd00:1::fe

# the same over IPv4
step four
on client ping -q -c 1 10.0.1.254
neighbour client 10.0.1.254

step second
on client ping -q -c 1 fd00:1::fe
neighbour client fd00:1::fe

# an entry that nothing confirms grows old: 15 to 45 s
step stale
sleep 60
neighbour client fd00:1::fe

# used again, it is asked for after 5 s, but not by a multicast
step delay
on client ping -q -c 1 fd00:1::fe
neighbour client fd00:1::fe
sleep 6
neighbour client fd00:1::fe

step silent
on client ping -q -c 1 -W 8 fd00:1::99 || :
neighbour client fd00:1::99

# by the router's route, to the other link
step away
away=$(on client ping -q -c 1 fd00:2::2 2>&1) || :
echo "$away"
received=$(echo "$away" | sed -n 's/.* \([0-9]*\) packets received.*/\1/p')
witness client program name=away received="${received:-0}"
# whoever used an entry that was old asks 5 s later
sleep 6

# its group is one that the client is in already: where a group is new, QEMU's e1000 takes no frame for 1 s (set_rx_control()
# in hw/net/e1000.c), and what waits for it is lost when GDB stops the guest (qemu_flush_or_purge_queued_packets())
step duplicate
on client ip -6 address add fd00:1::1/64 dev eth0
wait_for has client fd00:1::1 dadfailed
address client fd00:1::1
on client ip -6 address del fd00:1::1/64 dev eth0

step free
on client ip -6 address add fd00:1::7/64 dev eth0
wait_for has client fd00:1::7 -tentative
address client fd00:1::7

# the router says that it is one no longer
step leave
on router ra --card eth0 --prefix fd00:1:: --lifetime 0 --ask 0
no_default() { ! on client ip -6 route show default | grep -q .; }
wait_for no_default
defaults client

step end
for node in client router; do
	counters $node Icmp6OutRouterSolicits Icmp6InRouterSolicits Icmp6InRouterAdvertisements Icmp6OutNeighborSolicits \
		Icmp6InNeighborSolicits Icmp6OutNeighborAdvertisements Icmp6InNeighborAdvertisements
done
