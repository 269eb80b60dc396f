#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each pair of apps/examples, traced with one command on each kernel: what the programs print, the wire and the kernel's
# counters say the same, and every explanation beside an event is confirmed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
# shellcheck source=tests/lib/kernel.sh
. tests/lib/kernel.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-examples.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# what a client prints, sorted; what its server does
hellos='asked hello 0, got hello 0|asked hello 1, got hello 1|asked hello 2, got hello 2'
# PAIR, connections, datagrams, CLIENT's lines, SERVER's lines (sorted), joined by |
table="threads	3	0	$hellos	a thread has echoed 7 bytes|a thread has echoed 7 bytes|a thread has echoed 7 bytes
prefork	3	0	$hellos	process 0 has echoed 7 bytes|process 1 has echoed 7 bytes|process 2 has echoed 7 bytes
epoll	3	0	$hellos	fd 5 has echoed 7 bytes|fd 6 has echoed 7 bytes|fd 7 has echoed 7 bytes
nonblocking	1	0	asked hello, got hello|connect: EINPROGRESS|connected: Success	accept4: EAGAIN|recv: EAGAIN|recv: EAGAIN
udp	0	6	$hellos	echoed 7 bytes to 10.0.0.1|echoed 7 bytes to 10.0.0.1|echoed 7 bytes to 10.0.0.1"

# traced PAIR KERNEL ENGINE
traced() { make -s lab EXAMPLE="$1" KERNEL="$2" ENGINE="$3" OUT="$work/$1-$2-$3"; }

# printed PROGRAM LINES: that and nothing else
printed() {
	local found
	found=$(build/ktreport show programs --json "$run" |
		jq -r --arg of "$1" '.tables[] | select(.name == "printed").rows[] | select(.program == $of).line' | LC_ALL=C sort | paste -sd '|')
	printf '%s\n' "$found"
	[ "$found" = "$2" ]
}

# frames FILTER COUNT: so many passed the card of the client
frames() {
	local found
	found=$(tshark -r "$run/wire-client-eth0.pcap" -Y "$1" 2>/dev/null | wc -l)
	printf '%s frames of %s, wanted %s\n' "$found" "$1" "$2"
	[ "$found" = "$2" ]
}

# counted NODE COUNTER COUNT: by the kernel
counted() {
	build/ktreport show counters --json "$run" | jq -e --arg node "$1" --arg name "$2" --argjson n "$3" \
		'[.tables[0].rows[] | select(.node == $node and .counter == $name).kernel] == [$n]'
}

# judged PAIR CONNECTIONS DATAGRAMS CLIENT SERVER WHERE
judged() {
	it "$6: the client printed what it is to" printed client-1 "$4"
	it "$6: so did the server" printed server-1 "$5"
	it "$6: a SYN for each connection is on the wire" frames 'tcp.flags.syn == 1 && tcp.flags.ack == 0' "$2"
	it "$6: a frame for each datagram" frames udp "$3"
	it "$6: the kernel counted as many connections that were asked for" counted client TcpActiveOpens "$2"
	it "$6: and that came" counted server TcpPassiveOpens "$2"
	it "$6: every explanation is confirmed" tests/explain/confirm "$run"
}

for source in apps/examples/*/*.c; do
	it "$source compiles without a warning" gcc -std=c11 -Wall -Wextra -Werror -O2 -static -pthread -o "$work/program" "$source"
done
it 'names what EXAMPLE= is not' fails 2 'apps/examples/none/client.c' make -s rootfs EXAMPLE=none
for kernel in 5.4 distro; do
	kernel_there "$kernel" 'traces the examples' || continue
	while IFS=$'\t' read -r pair connections datagrams client server; do
		run=$work/$pair-$kernel-plugin/programs
		it "Linux $kernel: traces $pair" traced "$pair" "$kernel" plugin </dev/null
		judged "$pair" "$connections" "$datagrams" "$client" "$server" "Linux $kernel, $pair" </dev/null
	done <<<"$table"
done
tap_end
