#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions drawn at random: gdb live, gdb on a replay, and the plugin have the same hits, and the guest is as untraced.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready

# how many seeds, and the first
SEEDS=${SEEDS:-3}
SEED=${SEED:-1}

watched() { SEED=$2 SEEDS=1 OUT=$work KTLAB_KDIR=$1 says "seed $2: no difference" labs/watch.sh; }

for kernel in $(kernels | head -n 1); do
	for ((seed = SEED; seed < SEED + SEEDS; seed++)); do
		it "${kernel##*/}: makes no difference with seed $seed" watched "$kernel" $seed
	done
done
tap_end
