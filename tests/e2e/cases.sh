#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each case of tests/cases on the first kernel that can be had, with the plugin engine: what it expects holds, and its
# programs' own account is that of the events. labs/cases.sh makes the table of all kernels and engines.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
# shellcheck source=tests/lib/kernel.sh
. tests/lib/kernel.sh
. tests/cases/lib.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-cases.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export ENGINE=plugin

# right NAME
right() {
	cases_run "$work/copy" "$1" "$work/$1" && return
	tail -n 20 "$work/$1/said"
	return 1
}

copy() { mkdir "$work/copy" && cases_copy "$work/copy"; }

for kernel in 5.4 distro; do
	kernel_there "$kernel" 'traces the cases' || continue
	it 'makes labs of the cases' copy
	for name in $(cases_names); do
		it "Linux $kernel, $name: $(cases_says "$name")" right "$name"
	done
	break
done
tap_end
