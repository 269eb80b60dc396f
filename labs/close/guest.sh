#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two connections end: first the client closes and the server follows; then both close at the same time.
set -eu
. /ktlab/lib.sh

step links
up client server
on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0
on server ip neigh replace 10.0.0.1 lladdr 52:54:00:00:00:01 nud permanent dev eth0
# what acknowledges the client's FIN comes after close() is over: before that the whole sock stays in FIN_WAIT2
# (tcp_rcv_state_process(), "bad case")
on server tc qdisc add dev eth0 root netem delay 300ms
mkfifo /tmp/client /tmp/server

connect() {
	on server sock reuse bind 10.0.0.2:8080 listen 1 accept wait close <>/tmp/server &
	server=$!
	wait_for listens server 8080
	on client sock connect 10.0.0.2:8080 wait close <>/tmp/client &
	client=$!
	wait_for on server sh -c 'ss -Htn state established | grep -q .'
}

step one-first
connect
step client-closes
echo >/tmp/client
wait $client
wait_for on server sh -c 'ss -Htn state close-wait | grep -q .'
wait_for on client sh -c 'ss -Htn state fin-wait-2 | grep -q .'
sockets client -a
sockets server -a

# exercise 1: the server does not close for 70 s, more than tcp_fin_timeout allows FIN_WAIT2 to last
[ "$KTLAB_EXERCISE" != 1 ] || sleep 70

step server-closes
echo >/tmp/server
wait $server
wait_for on server sh -c '! ss -Htn state last-ack | grep -q .'
sockets client -a

# 60 s, and up to an eighth more
step time-wait
sleep 70
sockets client -a

step both
on client tc qdisc add dev eth0 root netem delay 300ms
connect
step both-close
echo >/tmp/client
echo >/tmp/server
wait $client
wait $server
# each FIN is on its way for 300 ms, and so is its acknowledgement
sleep 2
sockets client -a
sockets server -a

step end
counters client TcpCurrEstab TcpExtTW TcpRetransSegs TcpOutRsts
counters server TcpCurrEstab TcpExtTW TcpRetransSegs TcpOutRsts
