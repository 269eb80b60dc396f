#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Both engines on one and the same exact run take the same, and both reports say so.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready
make -s build/ktreport build/ktrun >&2
unset KTLAB_MODE

# both KDIR
both() {
	KTLAB_KDIR=$1 OUT=$work/out ENGINE=both EXACT=1 LIMIT=600 qemu-plugin/engine.sh labs/handshake >"$work/log" 2>&1 ||
		{ tail -n 5 "$work/log"; return 1; }
}
says_so() { grep -E '^both engines: [1-9][0-9]* hits, the same byte for byte; times at most [0-9]+ ns apart, instruction counts 0(; at [1-9] an interrupt came)?$' "$work/log"; }
# reported NAME TEXT: in both reports, of both forms
reported() { [ "$(grep -lE "^(\| )?$1 .*$2" "$work"/out{,-plugin}/handshake/report.{txt,md} | tee /dev/stderr | wc -l)" = 4 ]; }
# spoilt: one byte of the last record
spoilt() {
	local captures=$work/out/handshake/captures.bin
	printf '\377' | dd of="$captures" bs=1 seek=$(($(stat -c %s "$captures") - 1)) conv=notrunc status=none
	gdb-scripts/compare.sh "$work"/out{,-plugin}/handshake
}

kernel=$(kernels | head -n 1)
it "runs the handshake with both on ${kernel##*/}" both "$kernel"
it 'finds the same' says_so
it 'reports it' reported 'both engines' 'hits, the same byte for byte'
it 'reports that nothing was disturbed' reported undisturbed 'traced run = untraced run: [0-9]* frames, identical'
it 'finds a byte that differs' fails 1 '(comm_write, enter) differs in ' spoilt
tap_end
