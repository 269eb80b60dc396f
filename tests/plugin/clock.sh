#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The times of events fit those of the frames, which QEMU stamped with its own clock.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready
command -v tshark >/dev/null || { echo '1..0 # SKIP no tshark here'; exit 0; }

# the longest that a segment may take from ip_output() to the wire, where it need not wait for an address
LIMIT_US=500

# frames: microseconds since power-on of every frame, with what it is
frames() {
	tshark -r "$work/run/wire-client-eth0.pcap" -T fields -e frame.time_epoch -e tcp.flags.str -e arp.opcode 2>/dev/null |
		awk -F '\t' '{ split($1, t, "."); printf "%d %s\n", (t[1] - 1577836800) * 1000000 + substr(t[2], 1, 6), $3 ? "arp" : "tcp" }'
}

# sent KIND: microseconds of the events that sent such a frame
sent() { jq -r "select(.type == \"$1.tx\") | .t_ns / 1000 | floor" "$work/run/events.jsonl"; }

# fits KIND LIMIT_US: each frame leaves after its event, and soon
fits() {
	paste -d ' ' <(sent "$1") <(frames | awk -v kind="$1" '$2 == kind { print $1 }') >"$work/pairs"
	cat "$work/pairs"
	awk -v limit="$2" '
		NF < 2 { print "an event or a frame is missing"; bad = 1 }
		$2 < $1 { print "a frame is before its event"; bad = 1 }
		$2 - $1 > most { most = $2 - $1 }
		END { print "# " NR " frames, at most " most " us after their events"
			exit bad || NR == 0 || most > limit }' "$work/pairs" | tee "$work/most"
	return "${PIPESTATUS[0]}"
}

# steady: time never passes slower than instructions are executed, nor goes back
steady() {
	[ -s "$work/run/events.jsonl" ] && jq -s -e --argjson ns "$((1 << ${KTLAB_SHIFT:-6}))" 'map(select(.n)) as $e |
		[range(1; $e | length) | select($e[.].icount < $e[. - 1].icount or
			$e[.].t_ns - $e[. - 1].t_ns < ($e[.].icount - $e[. - 1].icount) * $ns)] == []' "$work/run/events.jsonl"
}

for kernel in $(kernels); do
	rm -rf "$work/run"
	it "traces the handshake on ${kernel##*/}" traced "$kernel" handshake "$work/run"
	it 'decodes it' events "$kernel" "$work/run"
	# the first segment waits for the neighbour's address
	it 'sends segments when it says so' fits tcp 3000
	cat "$work/most"
	it 'sends ARP when it says so' fits arp $LIMIT_US
	cat "$work/most"
	it 'counts instructions and time together' steady
done
tap_end
