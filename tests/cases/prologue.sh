# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034 # the case waits for $server
# What stands before each case: the words of the labs, and those of the cases.
#
#   knows NODE IP MAC DEV    the node has that neighbour's MAC, of which the last byte is given, and does not ask
#   known                    both nodes know each other so
#   server WORD...           the server's program, which listens on 8080 when this returns
#   client WORD...           the client's
#   segment ARGUMENTS        what tests/labs/segments/raw.c sends from the client
set -eu
# shellcheck source=SCRIPTDIR/../../rootfs/lib.sh
. /ktlab/lib.sh

knows() { on "$1" ip neigh replace "$2" lladdr "52:54:00:00:00:$3" nud permanent dev "$4"; }

known() {
	knows client 10.0.0.2 02 eth0
	knows server 10.0.0.1 01 eth0
}

server() {
	on server act name server "$@" >>/tmp/told &
	server=$!
	wait_for listens server 8080
}

client() { on client act name client "$@" >>/tmp/told; }

segment() { on client raw "$@" || :; }

step links
