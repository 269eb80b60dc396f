#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# CONTRIBUTING.md's steps to add a kernel release, on every kernel that is built: its source is added and lacks nothing, the plan
# of each lab is made; and every row of points.py is there, but for those that a release has only where their return cannot be
# watched. tests/labs/kernels.sh has the last step.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh

cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
typed=$(awk '/^ *```sh$/ && section { p = 1; next } /^ *```$/ { p = 0 } /^## / { section = /Add a kernel release/ } p' CONTRIBUTING.md)

# rows: those that this kernel cannot watch
rows() {
	gdb -nx -batch -iex 'set auto-load off' "$KTLAB_KDIR/vmlinux" -x tests/collector/rows.py
}

# added: the first step of the book, with a list of registered sources of the test's own
added() {
	local source said
	source=$(sed -n "s/^KTLAB_SOURCE='\(.*\)'/\1/p" "$KTLAB_KDIR/kernel.env")
	KTLAB_CACHE=$cache make kernel-add SRC="$source" && said=$(gdb-scripts/source.sh "$source") || return
	echo "$said"
	[ -z "$said" ]
}

it 'the steps of the book are there' [ "$(sed -n '/^## Add a kernel release/,/^## /p' CONTRIBUTING.md |
	grep -oE 'make kernel-add SRC=|gdb-scripts/source.sh DIR|labs/kernels.sh VERSION' | wc -l)" = 3 ]
it 'a plan that cannot be made ends the loop of the book' fails 2 /nowhere/ env KTLAB_KDIR=/nowhere bash -ec "$typed"
for SPEC in 5.4 distro; do
	kernel_there "$SPEC" 'every plan is made' || continue
	it "Linux $SPEC: the loop of the book is there" grep -q plan.sh <<<"$typed"
	it "Linux $SPEC: its source is added, and lacks nothing" added
	it "Linux $SPEC: every lab's plan is made" bash -ec "$typed"
	it "Linux $SPEC: every row finds its function and its arguments" rows
done
tap_end
