#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Segments that are lost, copied, cut, damaged, and one connection to which nothing happens.
set -eu
. /ktlab/lib.sh

# transfer BYTES: in a connection of its own, from the client to the server
transfer() {
	on server sock reuse bind 10.0.0.2:8080 listen 1 accept recv "$1" close >>/tmp/programs &
	transfer_server=$!
	wait_for listens server 8080
	on client sock connect 10.0.0.2:8080 send "$1" shutdown recv 1 close >>/tmp/programs
	wait $transfer_server
}

# netem NODE OPTIONS...: what goes out of the node's card is treated so
netem() {
	netem_node=$1
	shift
	on "$netem_node" tc qdisc add dev eth0 root netem "$@"
}

# dropped NODE: no more is lost; how many segments the queue says that it dropped; then it ends
dropped() {
	on "$1" tc qdisc change dev eth0 root netem loss 0%
	witness "$1" queue dropped="$(on "$1" tc -s qdisc show dev eth0 | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p')"
	on "$1" tc qdisc del dev eth0 root
}

step links
up client server
on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0
on server ip neigh replace 10.0.0.1 lladdr 52:54:00:00:00:01 nud permanent dev eth0

step plain
transfer 100
sleep 1

# the first SYN-ACK is lost behind ip_output(); without timestamps the next one is the same, byte for byte
step twice
on client sysctl -q -w net.ipv4.tcp_timestamps=0
netem server loss 100%
transfer 100 &
transfer=$!
sleep 0.8
dropped server
wait $transfer
on client sysctl -q -w net.ipv4.tcp_timestamps=1

step copies
netem client delay 5ms duplicate 50%
transfer 5000
dropped client

step loss
netem client delay 10ms 4ms loss 20% reorder 20% 50%
netem server delay 10ms 4ms loss 20%
transfer 60000
dropped client
dropped server

# IP header, TCP header; raw sets the checksums
step raw
while read -r how packet; do
	on client raw "$how" "$packet" || :
done <<'E2'
right 450000280001000040060000 0a000001 0a000002 c3500009 000003e8 00000007 5000 1000 0000 0000
right 450000280002000040060000 0a000001 0a000002 c3510009 000003e8 00000007 51ff 1000 0000 0003
right 4500002c0003000040060000 0a000001 0a000002 c3520009 000003e8 00000000 6e02 1000 0000 0000 02030501
right 4600002c0004000040060000 0a000001 0a000002 94040000 c3530009 000003e8 00000000 5002 1000 0000 0000
right 450000280005000040060000 0a000001 0a000002 c3540009 000003e8 00000000 f002 1000 0000 0000
right 450000280006000040060000 0a000001 0a000002 c3550009 000003e8 00000000 4002 1000 0000 0000
wrong 450000280007000040060000 0a000001 0a000002 c3560009 000003e8 00000000 5002 1000 0000 0000
E2
sleep 0.3

step end
cat /tmp/programs
counters server TcpInErrs TcpInCsumErrors TcpOutRsts
