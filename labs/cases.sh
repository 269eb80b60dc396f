#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the cases on kernels and makes the table of docs/cases.md: cases.sh KERNEL... (as KERNEL=: 5.4, distro, a folder).
# Each case runs RUNS times with each engine: it is right if each run held, the programs' own account agrees with the
# events, and all runs have one digest of events and wires. CASES and ENGINES take a part. What earlier calls found is
# kept in build/cases.tsv. Exit status: 0 all right, 1 not.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/cases/lib.sh

ENGINES=${ENGINES:-gdb plugin}
CASES=${CASES:-$(cases_names)}
RUNS=${RUNS:-2}
# where the table is, and what it is made from
KTLAB_TABLE=${KTLAB_TABLE:-docs/cases.md}
found=build/cases.tsv

[ $# -gt 0 ] || { echo "usage: labs/cases.sh KERNEL..." >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-cases-XXXXXX")
trap '[ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
trap 'exit 3' INT TERM HUP
[ -z "${KEEP:-}" ] || echo "kept in $work"
mkdir "$work/copy"
make -s build/ktrun build/ktreport build/ktlab-plugin-4.so build/ktlab-plugin-7.so rootfs || exit 2
cases_copy "$work/copy" || exit 2
touch $found

# cell NAME: runs it and says what became of it
cell() {
	local n digest first=''
	for ((n = 1; n <= RUNS; n++)); do
		cases_run "$work/copy" "$1" "$work/$ENGINE-$1-$n" || { cases_why "$work/$ENGINE-$1-$n"; return 1; }
		digest=$(cases_digest "$work/$ENGINE-$1-$n/$1")
		[ "${first:=$digest}" = "$digest" ] || { echo "run $n has another digest"; return 1; }
	done
	echo "right ×$RUNS"
}

# keep KERNEL ENGINE NAME CELL
keep() {
	awk -F '\t' -v key="$1/$2/$3" '$1 "/" $2 "/" $3 != key' $found >"$work/found"
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$work/found"
	cp "$work/found" $found
}

# table: a row a case, a column for each kernel and engine
table() {
	local columns name column
	columns=$(cut -f 1,2 $found | sort -uV | tr '\t' ' ')
	printf '| case | what it is |'
	while read -r column; do printf ' %s |' "$column"; done <<<"$columns"
	printf '\n|---|---|%s\n' "$(while read -r column; do printf -- '---|'; done <<<"$columns")"
	for name in $(cases_names); do
		printf '| %s | %s |' "$name" "$(cases_says "$name")"
		while read -r column; do
			awk -F '\t' -v column="$column" -v name="$name" '$1 " " $2 == column && $3 == name { cell = $4 } END { printf " %s |", cell }' $found
		done <<<"$columns"
		echo
	done
}

worst=0
for kernel; do
	KTLAB_KDIR=$(kernel-config/kernel.sh build "$kernel") || exit 2
	export KTLAB_KDIR ENGINE
	release=$(sed -n "s/^KTLAB_RELEASE='\(.*\)'/\1/p" "$KTLAB_KDIR/kernel.env")
	for ENGINE in $ENGINES; do
		for name in $CASES; do
			began=$SECONDS
			said=$(cell "$name") || worst=1
			printf '%-12s %-8s %-8s %4d s  %s\n' "$name" "$release" "$ENGINE" $((SECONDS - began)) "$said"
			keep "$release" "$ENGINE" "$name" "$said"
		done
	done
done
table >"$work/table"
awk -v table="$work/table" '
	/^\|/ { if (!done++) while ((getline line < table) > 0) print line; next } { print }' "$KTLAB_TABLE" >"$work/page" &&
	cat "$work/page" >"$KTLAB_TABLE"
exit $worst
