#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Follows docs/add-a-lab.md and docs/add-a-point.md to the letter, in a copy of the clone; then bad labs in it.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r Makefile apps build docs gdb-scripts kernel-config ktrun labs qemu-plugin report rootfs run-qemu.sh setup tests "$copy" || exit 1
cd "$copy" || exit 1

status=0
kdir=$(kernel-config/kernel.sh build auto 2>build/kernel.log) || status=$?
if [ $status != 0 ]; then
	skip 'follows the books' "$(grep -m 1 '^kernel.sh:' build/kernel.log)"
	tap_end
	exit
fi

# files PAGE: writes each file whose name stands alone on a line, "`NAME`:", before its block
files() {
	awk '/^`[^`]*`:$/ { name = substr($0, 2, length($0) - 3); next }
		/^```/ && name && !open { open = 1; system("mkdir -p $(dirname " name ")"); printf "" >name; next }
		/^```/ && open { close(name); open = 0; name = ""; next }
		open { print >name }' "$1"
}

# row PAGE: puts the page's row of Python under the line that the page names
row() {
	awk '/^```python$/ { p = 1; next } /^```$/ { p = 0 } p' "$1" >row &&
		sed -i '/# timers of a connection/r row' gdb-scripts/ktlab/points.py && grep -q 'call("tcp_ack"' gdb-scripts/ktlab/points.py
}

# commands PAGE: what the page says to type, one a line
commands() { awk '/^```sh$/ { p = 1; next } /^```$/ { p = 0 } p && /^make lab/' "$1"; }

files docs/add-a-lab.md
it 'a new lab by the book runs, and holds' bash -c "$(commands docs/add-a-lab.md)"

mapfile -t typed < <(commands docs/add-a-point.md)
it 'a function is watched by its name alone' bash -c "${typed[0]}"
# shown FIELD: an event of tcp_ack() has this argument
shown() { jq -e --arg key "$1" 'select(.type == "call" and .fn == "tcp_ack") | .args | has($key)' out/handshake/events.jsonl | grep -q true; }
it 'its arguments are shown by their types' shown flag
it 'a row is added' row docs/add-a-point.md
it 'the new row is watched' bash -c "${typed[1]}"
it 'the new row shows what it says' shown cwnd

# bad labs: one sentence, the right exit status, the files kept
export KTLAB_KDIR=$kdir OUT=out KTLAB_INITRD=build/initramfs.cpio
bad() { rm -rf "labs/bad"; cp -r labs/ping labs/bad; }

bad; rm labs/bad/points
it 'a lab without points is refused' fails 2 "has no file 'points'" build/ktrun labs/bad
bad; echo tcp_nonesuch >>labs/bad/points
it 'a point that this kernel lacks is refused' fails 2 'labs/bad/points:7' build/ktrun labs/bad
bad; : >labs/bad/points
inlined() {
	POINTS=inet_csk_wait_for_connect gdb-scripts/plan.sh "$KTLAB_KDIR" labs/ping out/inlined.json &&
		jq -e '.points[] | select(.name == "inet_csk_wait_for_connect" and .as == "inlined")' out/inlined.json
}
it 'an inlined function may be asked for' inlined
it 'a function that the lab watches may be asked for' \
	env POINTS=tcp_v4_rcv gdb-scripts/plan.sh "$KTLAB_KDIR" labs/ping out/asked.json
it 'a function is not watched twice' fails 2 "'tcp_v4_rcv' is listed twice" env POINTS=tcp_v4_rcv:skb build/ktrun labs/ping
it 'an empty points file is refused' fails 2 'lists no point' build/ktrun labs/bad
bad; echo '    tcp.tx flagz=S' >>labs/bad/expect
it 'a mistake in expect is refused before the boot, with its place' fails 2 \
	"expect:$(wc -l <labs/bad/expect): tcp.tx has no field 'flagz'" build/ktrun labs/bad
bad; echo no-such-wires >labs/bad/topology
it 'a lab with cards that nobody knows is refused' fails 2 "unknown topology 'no-such-wires'" build/ktrun labs/bad
it 'an exercise that there is not is refused' fails 2 "has no file 'expect-7'" env EXERCISE=7 build/ktrun labs/ping

bad; sed -i 's/^step ping/exit 3/' labs/bad/guest.sh; make -s rootfs
it 'a guest.sh that fails is the status of a broken run' fails 3 'status 3' build/ktrun labs/bad
it 'and keeps its files' test -s out/bad/console.log
bad; sed -i 's/^step ping/sleep 100000/' labs/bad/guest.sh; make -s rootfs
it 'a guest.sh that never ends is ended' fails 3 'not over after' env LIMIT=20 build/ktrun labs/bad
bad; sed -i 's/^on client ping.*/:/; s/^counters.*//' labs/bad/guest.sh; make -s rootfs
it 'a story without its events fails in the first expectation' fails 1 'The client asks who has the address' build/ktrun labs/bad

# Ctrl-C reaches both: the lab that runs ends with a status of its own
printf '#!/bin/sh\nkill -INT $PPID\nexit 3\n' >qemu-plugin/engine.sh
it 'Ctrl-C ends make labs, not only one lab' fails 3 '1 of 3 labs' labs/all.sh refused init layers
tap_end
