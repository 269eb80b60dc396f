#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that copy, hand on and use descriptors again, drawn by a seed: whose each call, socket and connection is.
# SEEDS="1 2 3": which; KERNEL, ENGINE as for make lab.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

SEEDS=${SEEDS:-1 2 3}
KERNEL=${KERNEL:-auto}
ENGINE=${ENGINE:-auto}
work=$(mktemp -d /tmp/ktlab-identity-XXXXXX)
trap 'rm -rf "$work"' EXIT

# juggle SEED: the run is in $work/out; that the handshake's expectations do not hold is no matter
juggle() {
	rm -rf "$work/out"
	{ echo "#define SEED $1"; cat tests/e2e/juggler.c; } >"$work/juggler.c"
	make -s lab LAB=handshake POINTS="__x64_sys_sendmsg __x64_sys_recvmsg" CLIENT="$work/juggler.c" SERVER="$work/juggler.c" \
		KERNEL="$KERNEL" ENGINE="$ENGINE" OUT="$work/out" >"$work/log" 2>&1
	jq -se 'last.complete' "$work/out/handshake/events.jsonl" >"$work/complete" || { cat "$work/log"; false; }
}

for seed in $SEEDS; do
	it "traces the programs of seed $seed to their end" juggle "$seed"
	it 'says of each call, owner and connection what the programs say' \
		python3 -B tests/e2e/told.py "$work/out/handshake"
done
tap_end
