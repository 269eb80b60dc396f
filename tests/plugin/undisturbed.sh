#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tracing with the plugin changes nothing: console and wires are those of an untraced run, with both cores loaded.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready

# which labs, and how often each
LABS=${LABS:-handshake}
RUNS=${RUNS:-3}

# again KDIR LAB: a traced run is the untraced one, and takes what the first took
again() {
	traced "$1" "$2" "$work/traced" && alike "$work/untraced" "$work/traced" || return 1
	[ -e "$work/first" ] || cp "$work/traced/captures.bin" "$work/first"
	cmp "$work/first" "$work/traced/captures.bin"
}

load
for kernel in $(kernels); do
	for lab in $LABS; do
		rm -rf "$work"/{untraced,traced,first}
		it "runs $lab on ${kernel##*/} untraced" untraced "$kernel" "$lab" "$work/untraced"
		for ((run = 1; run <= RUNS; run++)); do
			it "traces it, and nothing differs ($run of $RUNS)" again "$kernel" "$lab"
		done
	done
done
tap_end
