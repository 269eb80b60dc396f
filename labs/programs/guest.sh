#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs of any kind: a server, then its clients, in two nodes or in one. `make lab CLIENT=… SERVER=…` runs this.
set -eu
# shellcheck source=SCRIPTDIR/../../rootfs/lib.sh
. /ktlab/lib.sh

# what rootfs/own.sh wrote of the user's settings
NODES=2 CLIENTS=1 TOGETHER='' CLIENT_ARGS='' SERVER_ARGS=''
# shellcheck source=/dev/null
[ ! -r /ktlab/own ] || . /ktlab/own

# exercise 1: client and server share a node, and reach each other over lo
if [ "$KTLAB_EXERCISE" = 1 ]; then
	NODES=1 CLIENT_ARGS='--address 127.0.0.1'
fi
client_node=client server_node=server
[ "$NODES" = 2 ] || server_node=client

said=/tmp/said
# lines that a report has of what a program printed, and letters of a line
LINES_SHOWN=20
LETTERS_SHOWN=200
# what all programs together may print, and files that they write may take, of the guest's memory
WRITTEN_KIB=32768

# program NODE NAME NUMBER ARGUMENTS: runs it, and keeps what it prints and how it ends; SIGXFSZ ends who writes too much
program() {
	program_file=$said/$2-$3 program_status=0
	eval "set -- \"\$1\" \"\$2\" $4"
	program_node=$1
	shift
	# what this shell says of a signal is not the program's
	# shellcheck disable=SC2016 # the inner shell's
	on "$program_node" sh -c 'cd /home && ulimit -f "$1" && shift && exec "$@" >"$0" 2>&1' "$program_file" \
		$((WRITTEN_KIB * 2 / (CLIENTS + 1))) "$@" || program_status=$?
	echo $program_status >"$program_file.status"
}

# ready: the server waits for somebody: in TCP (state 0A) or UDP (07), or it has ended already
ready() {
	[ -e $said/server-1.status ] || on $server_node grep -qsE ' 0+:0000 0[A7] ' /proc/net/tcp /proc/net/udp /proc/net/tcp6 /proc/net/udp6
}

# server_process: its number; it is what the shell that `program` runs in waits for
server_process() { grep -ls "^PPid:[[:space:]]*$server\$" /proc/[0-9]*/status | cut -d/ -f3; }

# end_server SIGNAL: by name, which its children have, too; and by number, where it has become another program
end_server() {
	if ! killall "-$1" server 2>/dev/null || [ "$1" = KILL ]; then
		# shellcheck disable=SC2046 # none or one
		kill "-$1" $(server_process) 2>/dev/null || :
	fi
}

# told NODE NAME NUMBER: hands over what it printed, and how it ended
told() {
	told_file=$said/$2-$3
	head -n $LINES_SHOWN "$told_file" | cut -c -$LETTERS_SHOWN | while IFS= read -r told_line || [ -n "$told_line" ]; do
		mark "printed $1 $2-$3 $told_line"
	done
	set -- "$@" "$(cat "$told_file.status")"
	if [ "$4" -gt 128 ]; then
		set -- "$@" "signal=SIG$(kill -l $(($4 - 128)))"
	fi
	witness "$1" program name="$2-$3" status="$4" lines="$(wc -l <"$told_file")" ${5:+"$5"}
}

step links
up client server
mkdir -p $said

step server
program $server_node server 1 "$SERVER_ARGS" &
server=$!
tries=0
until ready || [ $tries = 200 ]; do
	usleep 10000
	tries=$((tries + 1))
done

step clients
number=0
clients=''
while [ $number -lt "$CLIENTS" ]; do
	number=$((number + 1))
	if [ -n "$TOGETHER" ]; then
		program $client_node client $number "$CLIENT_ARGS" &
		clients="$clients $!"
	else
		program $client_node client $number "$CLIENT_ARGS"
	fi
done
for client in $clients; do
	wait "$client"
done

step end
# a server that waits for more clients is ended, as by kill; then as by kill -9
ended=''
for signal in '' TERM KILL; do
	if [ -n "$signal" ]; then
		ended=SIG$signal
		end_server $signal
	fi
	tries=0
	until [ -e $said/server-1.status ] || [ $tries = 100 ]; do
		usleep 10000
		tries=$((tries + 1))
	done
	[ ! -e $said/server-1.status ] || break
done
if [ ! -e $said/server-1.status ]; then
	echo "guest.sh: the server does not end, not even by SIGKILL" >&2
	exit 1
fi

told $server_node server 1
number=0
while [ $number -lt "$CLIENTS" ]; do
	number=$((number + 1))
	told $client_node client $number
done
[ -z "$ended" ] || witness $server_node ended name=server-1 by="$ended"
witnesses client server
for node in client server; do
	counters $node TcpActiveOpens TcpPassiveOpens TcpOutSegs TcpInSegs TcpRetransSegs TcpInErrs TcpOutRsts
done
