#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures what `make lab` costs: bench.sh KDIR prints a table (Markdown) of the handshake, whole, with everything built.
#   untraced  the same boot and lab alone
#   gdb       ktrun with the gdb engine, from the plan to the report and the second opinion on the wire
#   exact     the same with EXACT=1: the run is recorded, and GDB traces the replay
#   plugin    ktrun with the plugin engine: the lines of the watched functions and every store into objects, too
#   net       the same with LINES=net/
# Seconds of wall clock and of processor time, medians; `boot` is until the lab begins. The ways take turns. `files` is all
# that is in the run's folder afterwards.
# A second table has the plugin's run at as many connections as COUNTS says: what ktreport takes to write its report.
set -euo pipefail
cd "$(dirname "$0")/.."

# runs that the medians are of
RUNS=${RUNS:-3}
# connections of the second table
COUNTS=${COUNTS:-1 100 1000}

kernel=$1
. qemu-plugin/bench/lib.sh
trap 'rm -rf "$work"' EXIT
trap 'exit 3' INT TERM HUP
export KTLAB_INITRD=build/initramfs.cpio
unset COUNT EXERCISE EXACT FROM ENGINE OUT

# begins: when the lab's first step is on the console, in seconds since power-on
begins() {
	local began=$EPOCHREALTIME
	until grep -qs '^==' "$KTLAB_RUN/console.log"; do sleep 0.02; done
	awk -v began="$began" -v now="$EPOCHREALTIME" 'BEGIN { print now - began }' >"$work/boot"
}

# untraced_run: like the others, leaves the seconds until the lab began in $work/boot
untraced_run() {
	rm -rf "$KTLAB_RUN"
	begins &
	KTLAB_LAB=handshake ./run-qemu.sh 2>"$work/qemu.log" || [ $? = 33 ]
	wait
}

# ktrun_run OPTION…
ktrun_run() {
	KTLAB_KDIR=$kernel build/ktrun --out "$work/out" "$@" labs/handshake >"$work/log" 2>&1 || [ $? = 1 ] || { tail -n 3 "$work/log" >&2; exit 3; }
	jq -r '.phases[] | select(.name == "boot").wall_s' "$work/out/handshake/run.json" >"$work/boot"
}

gdb_run() { ktrun_run --engine gdb; }
exact_run() { ktrun_run --engine gdb --exact; }
plugin_run() { QEMU=$plugin_qemu ktrun_run --engine plugin "$@"; }
net_run() { plugin_run --lines net/; }

# files WAY: bytes of the run's folder
files() {
	local folder=$work/out/handshake
	[ "$1" != untraced ] || folder=$KTLAB_RUN
	find "$folder" -type f -printf '%s\n' | awk '{ all += $1 } END { print all + 0 }'
}

# measure WAY: adds a line `wall cpu boot bytes`
measure() {
	local TIMEFORMAT='%R %U %S' took
	took=$({ time "$1_run"; } 2>&1)
	awk -v boot="$(cat "$work/boot")" -v bytes="$(files "$1")" '{ print $1, $2 + $3, boot, bytes }' <<<"$took" >>"$work/$1"
}

# row WAY
row() {
	local column values=()
	for column in 1 2 3 4; do values+=("$(cut -d' ' -f$column "$work/$1" | median)"); done
	awk -v way="$1" -v base="$(cut -d' ' -f2 "$work/untraced" | median)" '{
		printf "| %s | %.1f | %.1f | %.1f | %.1f | %.1f |\n", way, $3, $1, $2, $2 / base, $4 / 1e6 }' <<<"${values[*]}"
}

# grown COUNT: a row of the second table
grown() {
	local took TIMEFORMAT='%U %S'
	export KTLAB_COUNT=$1
	took=$({ time plugin_run; } 2>&1)
	unset KTLAB_COUNT
	awk -v count="$1" -v events="$(tail -n 1 "$work/out/handshake/events.jsonl" | jq .events)" -v bytes="$(files plugin)" -v took="$took" '{
		split(took, cpu); printf "| %d | %d | %.1f | %.1f | %.1f | %d |\n", count, events, cpu[1] + cpu[2], bytes / 1e6, $1, $2 }' \
		< <(python3 tests/lib/peak.py build/ktreport write "$work/out/handshake" labs/handshake/expect)
}

ways="untraced gdb exact"
plugin_qemu=$(qemu-plugin/get-qemu.sh --no-fetch 2>/dev/null) && ways+=" plugin net"
printf '%s; medians of %s\n\n' "$(machine "${QEMU:-qemu-system-x86_64}")" "$RUNS"
echo '| make lab | boot | wall | cpu | times untraced, cpu | files MB |'
echo '|---|---|---|---|---|---|'
for ((run = 0; run < RUNS; run++)); do
	for way in $ways; do measure "$way"; done
done
for way in $ways; do row "$way"; done
[ -n "$plugin_qemu" ] || exit 0
printf '\n| connections | events | cpu | files MB | write s | its memory MB |\n|---|---|---|---|---|---|\n'
for count in $COUNTS; do grown "$count"; done
