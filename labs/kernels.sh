#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the labs on kernels and keeps the table of docs/kernels.md: kernels.sh KERNEL... (as KERNEL=: 5.4, distro, a folder).
# A row says which labs held on a kernel with an engine and in a mode; it replaces the row of an earlier run.
# LABS, ENGINES and MODES take a part of them. The exit status is that of the worst.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

ENGINES=${ENGINES:-gdb plugin}
# live, exact
MODES=${MODES:-live exact}
# which labs; empty: all
LABS=${LABS:-}
# where the table is
KTLAB_TABLE=${KTLAB_TABLE:-docs/kernels.md}

[ $# -gt 0 ] || { echo "usage: labs/kernels.sh KERNEL..." >&2; exit 2; }
make -s build/ktrun build/ktreport build/ktlab-plugin-4.so build/ktlab-plugin-7.so rootfs || exit 2
said=$(mktemp)
trap 'rm -f "$said"' EXIT

# cell: of what labs/all.sh said, how many labs held, and of each that did not the first expectation
cell() {
	awk '
		/^[a-z][a-z0-9-]* +[0-9]+\.[0-9]/ {
			labs++; lab = $1
			if ($NF == "held") held++
			else why[++failed] = lab ": " substr($0, match($0, / s  /) + 4)
			told = 0
			next
		}
		/^  FAILED/ && !told { sub(/^  FAILED +/, ""); gsub(/\|/, "/"); why[failed] = lab ": " $0; told = 1 }
		END {
			printf "%d of %d |", held, labs
			for (i = 1; i <= failed; i++) printf " %s<br>", why[i]
			print (failed ? "" : " ")
		}' "$said" | sed 's/<br>$/ /'
}

# keep ROW: in the place of the row with the same kernel, engine and mode, the table sorted by release
keep() {
	local rows
	rows=$({ grep -E '^\| [0-9]' "$KTLAB_TABLE" | grep -vF "$(cut -d'|' -f1-4 <<<"$1")|"; printf '%s\n' "$1"; } | sort -V)
	awk -v rows="$rows" '/^\| [0-9]/ { next } { print } /^\|---/ && !done++ { print rows }' "$KTLAB_TABLE" >"$said" &&
		cat "$said" >"$KTLAB_TABLE"
}

worst=0
for kernel; do
	KTLAB_KDIR=$(kernel-config/kernel.sh build "$kernel") || exit
	export KTLAB_KDIR
	release=$(sed -n "s/^KTLAB_RELEASE='\(.*\)'/\1/p" "$KTLAB_KDIR/kernel.env")
	for engine in $ENGINES; do
		qemu=${QEMU:-qemu-system-x86_64}
		[ "$engine" = gdb ] || qemu=$(qemu-plugin/get-qemu.sh) || exit
		for mode in $MODES; do
			exact=
			[ "$mode" != exact ] || exact=1
			status=0
			# shellcheck disable=SC2086 # a word a lab
			ENGINE=$engine EXACT=$exact labs/all.sh $LABS | tee "$said" || status=${PIPESTATUS[0]}
			((status <= worst)) || worst=$status
			keep "| $release | $engine | $mode | $("$qemu" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p') | $(cell)|"
		done
	done
done
exit $worst
