#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A reader that waits for the data, and data that wait for the reader.
set -eu
. /ktlab/lib.sh

step links
up client server
on client ip neigh replace 10.0.0.2 lladdr 52:54:00:00:00:02 nud permanent dev eth0
on server ip neigh replace 10.0.0.1 lladdr 52:54:00:00:00:01 nud permanent dev eth0

mkfifo /tmp/client /tmp/server
on server sock bind 10.0.0.2:8080 listen 1 accept wait recv 1000 wait recv 2000 recv 1 <>/tmp/server >/tmp/server.said &
server=$!
wait_for listens server 8080
on client sock connect 10.0.0.2:8080 wait send 1000 wait send 2000 wait close <>/tmp/client >/tmp/client.said &
client=$!
wait_for grep -q accept /tmp/server.said

step reader-waits
# exercise 1: the data come first
[ "$KTLAB_EXERCISE" != 1 ] || { echo >/tmp/client; sleep 1; }
echo >/tmp/server
sleep 1
[ "$KTLAB_EXERCISE" = 1 ] || echo >/tmp/client
wait_for grep -q 'recv 1000' /tmp/server.said

step data-wait
echo >/tmp/client
wait_for on server sh -c 'ss -Htn | grep -q "ESTAB 2000"'
sockets server -o
echo >/tmp/server
wait_for grep -q 'recv 2000' /tmp/server.said

step end
witness server program received="$(sed -n 's/^recv 2000 = //p' /tmp/server.said)"
echo >/tmp/client
wait $client
wait $server
counters server TcpInSegs TcpInErrs
