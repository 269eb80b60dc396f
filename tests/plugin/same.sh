#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Both engines take the same: the plugin traces while QEMU records, gdb traces the replay of the recording.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready
export RR_QEMU=$QEMU QEMU=$PWD/tests/plugin/qemu-rr

# which labs
LABS=${LABS:-handshake}

# record KDIR LAB: with the plugin
record() { RR=record traced "$1" "$2" "$work/plugin"; }

# replay KDIR LAB: with gdb
replay() {
	local socket=$work/gdb status=0
	mkdir -p "$work/gdb-run"
	cp "$work/plugin/plan.json" "$work/gdb-run"
	lab_settings "$1" "$2" "$work/gdb-run"
	rm -f "$socket"
	RR=replay KTLAB_GDB=$socket ./run-qemu.sh >"$KTLAB_RUN/stdout" 2>"$KTLAB_RUN/stderr" &
	busy[3]=$!
	while [ ! -S "$socket" ]; do sleep 0.05; kill -0 "${busy[3]}" || return 1; done
	timeout 200 gdb-scripts/trace-gdb.sh "$KTLAB_RUN/plan.json" "$socket" "$KTLAB_RUN" >"$work/engine" 2>&1 || status=$?
	[ $status = 0 ] || { cat "$work/engine"; return 1; }
	wait "${busy[3]}" || :
}

# same_events KDIR: the same lines, but for the clock's beginning
same_events() {
	local run
	for run in plugin gdb-run; do
		events "$1" "$work/$run" || return 1
		jq -c 'select(.n) | del(.t_ns, .icount, .in_old_ns, .dur_ns)' "$work/$run/events.jsonl" >"$work/$run/lines"
	done
	[ -s "$work/plugin/lines" ] && cmp "$work/plugin/lines" "$work/gdb-run/lines"
}

for kernel in $(kernels); do
	for lab in $LABS; do
		where="$lab on ${kernel##*/}"
		export RRFILE=$work/rr
		rm -rf "$work"/{plugin,gdb-run}
		it "traces a recording of $where" record "$kernel" "$lab"
		it "traces its replay with gdb" replay "$kernel" "$lab"
		it "replays the same console and wires" alike "$work/plugin" "$work/gdb-run"
		it "takes the same as gdb, at the same instruction and time" \
			gdb-scripts/compare.sh "$work/plugin" "$work/gdb-run"
		it "gives the same events as gdb" same_events "$kernel"
	done
done
tap_end
