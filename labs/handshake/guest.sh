#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One TCP connection: a server that waits, a client that connects, sends, and closes.
set -eu
# shellcheck source=SCRIPTDIR/../../rootfs/lib.sh
. /ktlab/lib.sh

step links
up client server

# with arp_notify, a card that gets an address of its own tells its neighbours: arp_send() with a gratuitous ARP
step announce
on server sysctl -q -w net.ipv4.conf.all.arp_notify=1
on server ip link set eth0 address 52:54:00:00:00:02

# exercise 1: the client's kernel offers neither SACK nor timestamps nor a window scale
[ "$KTLAB_EXERCISE" != 1 ] ||
	on client sysctl -q -w net.ipv4.tcp_sack=0 net.ipv4.tcp_timestamps=0 net.ipv4.tcp_window_scaling=0

step listen
# COUNT=N makes N connections, one after the other
[ "$KTLAB_COUNT" = 1 ] || set -- --count "$KTLAB_COUNT"
on server server "$@" &
server=$!
wait_for listens server 8080

step connect
client_status=0
# a server that no client reached would wait for ever
on client client "$@" || { client_status=$?; kill "$server"; }
server_status=0
wait "$server" || server_status=$?

step end
# the client's socket is in TIME_WAIT for a minute more
witnesses client server
for node in client server; do
	counters $node TcpActiveOpens TcpPassiveOpens TcpOutSegs TcpInSegs TcpRetransSegs TcpInErrs TcpOutRsts \
		TcpExtListenOverflows
done
sockets client -a
neighbour client 10.0.0.2
route client 10.0.0.2

exit $((client_status > server_status ? client_status : server_status))
