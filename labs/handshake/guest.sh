#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One TCP connection: a server that waits, a client that connects, sends, and closes.
set -eu
. /ktlab/lib.sh

# listens NODE PORT: a socket of the node is in the state LISTEN
listens() { on "$1" grep -q "$(printf ':%04X 00000000:0000 0A' "$2")" /proc/net/tcp; }

step links
up client server

# with arp_notify, a card that gets an address of its own tells its neighbours: arp_send() with a gratuitous ARP
step announce
on server sysctl -q -w net.ipv4.conf.all.arp_notify=1
on server ip link set eth0 address 52:54:00:00:00:02

step listen
on server server &
server=$!
wait_for listens server 8080

step connect
client_status=0
on client client || client_status=$?
server_status=0
wait "$server" || server_status=$?

step end
for node in client server; do
	for file in tcp arp snmp netstat; do
		echo "-- $node: /proc/net/$file"
		on "$node" cat "/proc/net/$file"
	done
	echo "-- $node: ss -tan"
	on "$node" ss -tan
	echo "-- $node: ip neigh"
	on "$node" ip neigh
done

exit $((client_status > server_status ? client_status : server_status))
