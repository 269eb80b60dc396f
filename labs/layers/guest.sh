#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel joins its layers when it starts; then a client and a server make use of the joints, and a card goes.
set -eu
. /ktlab/lib.sh

step links
up client server
on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0
on server ip neigh replace 10.0.0.1 lladdr 52:54:00:00:00:01 nud permanent dev eth0

step exchange
# exercise 1: a datagram in place of a connection
if [ "$KTLAB_EXERCISE" = 1 ]; then
	on client sock udp connect 10.0.0.2:8080 send 5 || :
else
	on server sock bind 10.0.0.2:8080 listen 1 accept recv 1 &
	wait_for listens server 8080
	on client sock connect 10.0.0.2:8080 close
	wait $!
fi

step tables
# the same from the kernel itself: "0800 ip_rcv", and the protocols by name
on client cat /proc/net/ptype /proc/net/protocols
# shellcheck disable=SC2046 # a word an entry
witness client ptype $(on client awk 'NR > 1 { sub("\\+.*", "", $NF); print $1 "=" $NF }' /proc/net/ptype)
# shellcheck disable=SC2046
witness client protocols $(on client awk 'NR > 1 { print $1 "=" $2 }' /proc/net/protocols)

# the client's card, the first of the topology, is pulled out
step card-goes
set -- /sys/bus/pci/drivers/e1000/0000:*
echo "${1##*/}" >/sys/bus/pci/drivers/e1000/unbind
witness client links count="$(on client ip -o link | grep -c eth0 || :)"
step end
