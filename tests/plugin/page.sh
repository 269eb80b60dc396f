#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The page of a run with lines and writes, in a real browser: what a student asks is three clicks away.
# The first kernel that is built: the page is the same for all of them.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/lib/browser.sh
kernel=$(kernel-config/kernel.sh built | head -n 1)
QEMU=$(qemu-plugin/get-qemu.sh --no-fetch 2>/dev/null) || QEMU=
if [ -z "$kernel" ] || [ -z "$QEMU" ]; then
	echo '1..0 # SKIP no kernel is built here, or no QEMU loads plugins: make kernel qemu'
	exit 0
fi
make -s build/ktrun build/ktreport build/ktlab-plugin-4.so build/ktlab-plugin-7.so rootfs >&2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# the driver's function makes events of its own where it is asked for
# and that of RACK, which is then known to run by its entry and return
run() { env POINTS="e1000_xmit_frame${2:+ $2}" QEMU="$QEMU" KTLAB_KDIR="$kernel" build/ktrun --engine plugin --out "$dir" "labs/$1"; }
# event LAB JQ [NTH]: the number of an event
event() { jq -r "select($2).n" "$dir/$1/events.jsonl" | sed -n "${3:-1}p"; }
# say NAME LAB VIEW…: what the command answers is told.NAME for the reader's script
say() {
	name=$1 lab=$2
	shift 2
	printf 'told.%s = ' "$name"
	build/ktreport show --json "$@" "$dir/$lab"
	echo ';'
} >>"$dir/told.js"
# ask SCRIPT LAB: the page's answers beside what was said
ask() {
	cat "$dir/told.js" "$1" >"$dir/${1##*/}"
	read_by "$dir/${1##*/}" "$dir/$2"
	echo 'const told = {};' >"$dir/told.js"
}
echo 'const told = {};' >"$dir/told.js"

it 'has a run' run handshake
# what an expectation states of stores, and a run has lost
lost() {
	cp -r "$dir/handshake" "$dir/lost"
	rm "$dir/lost/writes.bin"
	fails 1 'this run has no writes: make lab ENGINE=plugin' build/ktreport check "$dir/lost" labs/handshake/expect
}
it 'fails where the stores of a run are gone' lost
calls='.fn == "tcp_rcv_state_process" and .at == "enter"'
say first handshake lines "$(event handshake "$calls" 1),$(event handshake "$calls" 2)"
say last handshake lines "$(event handshake "$calls" 2),$(event handshake "$calls" 3)"
say way handshake connection 1
say syn handshake writes tcphdr.syn
say sock handshake writes "sock@$(event handshake '.type == "tcp.tx" and .flags == "S"')..$(event handshake '.type == "tcp.tx" and .flags == "S."')"
ask tests/plugin/time.js handshake
for WINDOW in 1300,900 1920,1080; do
	ask tests/plugin/beside.js handshake
done
unset WINDOW
# by_keys WHAT: real keys and clicks, in windows of several sizes
by_keys() { python3 -B tests/plugin/reader.py "$browser" "$dir/handshake/report.html" "$1"; }
it 'brings what an address names into the middle of what is in sight' by_keys address
it 'says that an address is none of this run' by_keys nowhere
it 'goes back along each step' by_keys back
it 'begins the objects with those of the event, and says where the markers are' by_keys objects
it 'has tabs of one width' by_keys tabs
it 'answers each question by three keys and clicks at most' by_keys questions
# without the kernel's source, and with one of its files changed
tree=$(sed -n "s/^KTLAB_SOURCE='\(.*\)'/\1/p" "$kernel/kernel.env")
mkdir -p "$dir/tree/net"
cp -r "$tree/net/ipv4" "$dir/tree/net/"
echo '/* one line more */' >>"$dir/tree/net/ipv4/tcp_input.c"
for state in gone changed; do
	cp -r "$dir/handshake" "$dir/$state"
	it "writes the report again, the source $state" build/ktreport write --source="$dir/$([ $state = gone ] && echo nowhere || echo tree)" "$dir/$state"
	printf "told.state = '%s';\n" $state >>"$dir/told.js"
	ask tests/plugin/gone.js $state
done

it 'has a run of the send lab' run send
say cwnd send writes sock.snd_cwnd
ask tests/plugin/cwnd.js send

it 'has a run of the retransmit lab' run retransmit tcp_rack_mark_lost
say answers retransmit answers
ask tests/plugin/again.js retransmit
tap_end
