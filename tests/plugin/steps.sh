#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The lines that are recorded of a call are those that GDB steps through on a replay of the run, and the stores into fields
# those at which its watchpoints stop.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready
make -s build/ktreport build/ktrun >&2

# ran KDIR: the handshake, with its run.json
ran() { KTLAB_KDIR=$1 ENGINE=plugin OUT=$work build/ktrun labs/handshake >"$work/log" 2>&1 || { tail -n 3 "$work/log"; return 1; }; }

for kernel in $(kernels); do
	rm -rf "${work:?}"/*
	it "records the lines of the handshake on ${kernel##*/}" ran "$kernel"
	it 'has the same as GDB in steps' says 'the same lines, as often, in the same order' \
		env STEPPED='tcp_v4_connect tcp_rcv_state_process' CALLS=2 gdb-scripts/steps.sh "$work/handshake" "$kernel"
	it "has the same as GDB's watchpoints" says 'as recorded, at the same instructions' \
		env WATCHED='sock.sk_state sock.rcv_nxt request.sk neighbour.nud_state' gdb-scripts/watches.sh "$work/handshake" "$kernel"
done
tap_end
