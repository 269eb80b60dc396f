#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bind() to a free, a used and a foreign address; listen() with several backlogs. Nothing of it is seen on the wire.
set -eu
. /ktlab/lib.sh

# last FILE: the result of the last call that a program printed
last() { sed -n '$s/.* = \(-1 \)\{0,1\}//p' "$1"; }

step links
up client server
mkfifo /tmp/holder

step bind
on server sock bind 10.0.0.2:8080 wait <>/tmp/holder &
holder=$!
wait_for on server sh -c 'ss -Htan | grep -q . || grep -q 1F90 /proc/net/tcp || sleep 0.1'

step used
# exercise 1: another address of the server, the same port
if [ "$KTLAB_EXERCISE" = 1 ]; then
	on server ip address add 10.0.0.3/24 dev eth0
	on server sock bind 10.0.0.3:8080 >/tmp/used || :
else
	on server sock bind 10.0.0.2:8080 >/tmp/used || :
fi
cat /tmp/used
witness server program used="$(last /tmp/used)"

step foreign
on server sock bind 10.0.0.99:8080 >/tmp/foreign || :
cat /tmp/foreign
witness server program foreign="$(last /tmp/foreign)"

step backlogs
mkfifo /tmp/listener
on server sock bind 10.0.0.2:8081 listen 0 wait listen 5 wait listen 100000 wait <>/tmp/listener &
listener=$!
wait_for listens server 8081
for backlog in 0 5 100000; do
	sockets server -l
	[ $backlog = 100000 ] || { echo >/tmp/listener; sleep 1; }
done
witness server sysctl somaxconn="$(cat /proc/sys/net/core/somaxconn)"
echo >/tmp/listener
wait $listener

step end
echo >/tmp/holder
wait $holder
counters server TcpOutSegs TcpInSegs
counters client TcpOutSegs TcpInSegs
