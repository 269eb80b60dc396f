#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# listen(fd, 2), nobody accepts, and six clients connect: two, then two at once, then two more.
set -eu
. /ktlab/lib.sh

step links
up client server
on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0
on server ip neigh replace 10.0.0.1 lladdr 52:54:00:00:00:01 nud permanent dev eth0
# since 6.5 the first four tries again come each after 1 s, and are not counted (ccce324dabfe)
where_known client net/ipv4/tcp_syn_linear_timeouts=0
# a client that gets no answer asks once more, then gives up
on client sysctl -q -w net.ipv4.tcp_syn_retries=1

# exercise 1: the listener answers with a reset instead of silence
[ "$KTLAB_EXERCISE" != 1 ] || on server sysctl -q -w net.ipv4.tcp_abort_on_overflow=1

step listen
mkfifo /tmp/server /tmp/clients
on server sock bind 10.0.0.2:8080 listen 2 wait <>/tmp/server &
wait_for listens server 8080

# client N MS: connects from port 40000 + N when MS milliseconds have passed, and stays
exec 4<>/tmp/clients
client() {
	on client sock sleep "$2" bind "10.0.0.1:$((40000 + $1))" connect 10.0.0.2:8080 wait <&4 >"/tmp/client-$1" 2>&1 &
}

# ended N...: each of these clients is connected or has given up
ended() {
	for ended_client in "$@"; do
		wait_for grep -q connect "/tmp/client-$ended_client"
		cat "/tmp/client-$ended_client"
	done
	sockets server -l
}

for n in 1 2; do
	step client-$n
	client $n 0
	ended $n
done

# what a client sends is on its way for 200 ms, so the second SYN comes before the first one's handshake is complete
step clients-3-4
on client tc qdisc add dev eth0 root netem delay 200ms
client 3 0
client 4 100
ended 3 4
sleep 1
sockets server -a

for n in 5 6; do
	step client-$n
	client $n 0
	ended $n
done

step end
for n in 1 2 3 4 5 6; do
	witness client client-$n connect="$(sed -n 's/^connect .* = \(-1 \)\{0,1\}//p' /tmp/client-$n)"
done
counters server TcpPassiveOpens TcpExtListenOverflows TcpExtListenDrops TcpOutRsts
counters client TcpActiveOpens TcpAttemptFails TcpRetransSegs
