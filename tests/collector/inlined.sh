#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions that have no code of their own are watched by their names: as often as they run, with the arguments that they have.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh

make -s build/ktrun build/ktreport rootfs || exit 1
# one SYN-ACK is taken, one request is made of a SYN and is queued
names='tcp_ecn_rcv_synack tcp_openreq_init inet_csk_reqsk_queue_added tcp_data_snd_check'

# hits JQ WANTED: what a program of jq says of the events of these points
hits() {
	local found
	found=$(jq -s -c "$1" "$events") || return
	echo "wanted $2, got $found"
	[ "$found" = "$2" ]
}
of() { echo "map(select(.point == \"$1\")) | map($2)"; }

for SPEC in 5.4 distro; do
	kernel_there "$SPEC" 'watches inlined functions' || continue
	out=build/tests/inlined-$SPEC events=build/tests/inlined-$SPEC/handshake/events.jsonl
	rm -rf "$out"
	mkdir -p "$out"
	it "Linux $SPEC: the lab holds with points that are inlined" \
		env POINTS="$names" ENGINE=auto OUT="$out" KTLAB_INITRD=build/initramfs.cpio qemu-plugin/engine.sh labs/handshake
	it 'three or more of them have no code of their own' \
		jq -e --arg names "$names" '[.points[] | select(.as == "inlined" and (.name | IN($names | split(" ")[])))] | length >= 3' <(head -n 1 "$events")
	it 'one SYN-ACK is taken, by a socket in SYN_SENT' \
		hits "$(of tcp_ecn_rcv_synack '[.netns, .args.tp.state, .args.tp.dport]')" '[["client","SYN_SENT",8080]]'
	it 'one request is made, of the listener' \
		hits "$(of tcp_openreq_init '[.netns, .args.sk.state, .args.sk.sport]')" '[["server","LISTEN",8080]]'
	it 'one is queued' hits "$(of inet_csk_reqsk_queue_added .netns)" '["server"]'
	it 'no stack begins with what is inlined in it' \
		hits "map(select(.at == \"line\" and .fn != .stack[0].fn)) | length" 0
done
tap_end
