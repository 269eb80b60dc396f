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
it 'has a run' env QEMU="$QEMU" KTLAB_KDIR="$kernel" build/ktrun --engine plugin --out "$dir" labs/handshake
# what an expectation states of stores, and a run has lost
lost() {
	cp -r "$dir/handshake" "$dir/lost"
	rm "$dir/lost/writes.bin"
	fails 1 'this run has no writes: make lab ENGINE=plugin' build/ktreport check "$dir/lost" labs/handshake/expect
}
it 'fails where the stores of a run are gone' lost
read_by tests/plugin/time.js "$dir/handshake"
tap_end
