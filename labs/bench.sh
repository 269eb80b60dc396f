#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures what `make lab` costs: bench.sh KDIR prints a table (Markdown) of the handshake, whole, with everything built.
#   untraced  the same boot and lab alone
#   gdb       ktrun with the gdb engine, from the plan to the report and the second opinion on the wire
#   exact     the same with EXACT=1: the run is recorded, and GDB traces the replay
#   plugin    ktrun with the plugin engine
# Seconds of wall clock and of processor time, medians; `boot` is until the lab begins. The ways take turns.
set -euo pipefail
cd "$(dirname "$0")/.."

# runs that the medians are of
RUNS=${RUNS:-3}

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
plugin_run() { QEMU=$plugin_qemu ktrun_run --engine plugin; }

# measure WAY: adds a line `wall cpu boot`
measure() {
	local TIMEFORMAT='%R %U %S' took
	took=$({ time "$1_run"; } 2>&1)
	awk -v boot="$(cat "$work/boot")" '{ print $1, $2 + $3, boot }' <<<"$took" >>"$work/$1"
}

# row WAY
row() {
	local column values=()
	for column in 1 2 3; do values+=("$(cut -d' ' -f$column "$work/$1" | median)"); done
	awk -v way="$1" -v base="$(cut -d' ' -f2 "$work/untraced" | median)" '{
		printf "| %s | %.1f | %.1f | %.1f | %.1f |\n", way, $3, $1, $2, $2 / base }' <<<"${values[*]}"
}

ways="untraced gdb exact"
plugin_qemu=$(qemu-plugin/get-qemu.sh --no-fetch 2>/dev/null) && ways+=" plugin"
printf '%s; medians of %s\n\n' "$(machine "${QEMU:-qemu-system-x86_64}")" "$RUNS"
echo '| make lab | boot | wall | cpu | times untraced, cpu |'
echo '|---|---|---|---|---|'
for ((run = 0; run < RUNS; run++)); do
	for way in $ways; do measure "$way"; done
done
for way in $ways; do row "$way"; done
