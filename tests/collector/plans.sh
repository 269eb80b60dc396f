#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The plan of each lab, made as CONTRIBUTING.md says for a new release, on every kernel that is built; and every row of
# points.py there, but for those that a release has only where their return cannot be watched.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh

mkdir -p build
typed=$(awk '/^ *```sh$/ && section { p = 1; next } /^ *```$/ { p = 0 } /^## / { section = /Add a kernel release/ } p' CONTRIBUTING.md)

# rows: those that this kernel cannot watch
rows() {
	gdb -nx -batch -iex 'set auto-load off' "$KTLAB_KDIR/vmlinux" -x tests/collector/rows.py
}

for SPEC in 5.4 distro; do
	kernel_there "$SPEC" 'every plan is made' || continue
	it "Linux $SPEC: the loop of the book is there" grep -q plan.sh <<<"$typed"
	it "Linux $SPEC: every lab's plan is made" bash -ec "$typed"
	it "Linux $SPEC: every row finds its function and its arguments" rows
done
tap_end
