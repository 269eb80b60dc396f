#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the handshake lab on each kernel that this machine can have, and looks at each run with every script of
# tests/e2e/checks/. A check is started with these variables, and prints TAP by means of tests/tap.sh:
#   RUN         the run folder
#   KTLAB_KDIR  the built kernel
#   SPEC        5.4 or distro
# One whose head has a line `# once: WHY` looks at nothing that differs between kernels, and is started for the first only.

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

count=0
failed=0

# take PREFIX: a check's results into this stream
take() {
	local line seen=0 planned=
	while IFS= read -r line; do
		case $line in
		'ok '* | 'not ok '*)
			seen=$((seen + 1))
			count=$((count + 1))
			[ "${line#not}" = "$line" ] || failed=$((failed + 1))
			printf '%s %d - %s: %s\n' "${line%%ok*}ok" $count "$1" "${line#*ok * - }"
			;;
		1..[0-9]*) planned=${line#1..} ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
	if [ "$planned" != "$seen" ]; then
		count=$((count + 1))
		failed=$((failed + 1))
		printf 'not ok %d - %s: gives all its results (planned %s, seen %s)\n' $count "$1" "${planned:-no plan}" $seen
	fi
}

# one result of this script itself
run_it() {
	take "$1" < <(tap_count=0; tap_failed=0; shift; "$@"; tap_end)
}

covered=
for SPEC in 5.4 distro; do
	status=0
	KTLAB_KDIR=$(kernel-config/kernel.sh build "$SPEC" 2>build/tests/kernel.log) || status=$?
	if [ $status = 4 ]; then
		run_it "Linux $SPEC" skip 'runs the handshake lab' "$(grep -m 1 '^kernel.sh:' build/tests/kernel.log)"
		continue
	elif [ $status != 0 ]; then
		run_it "Linux $SPEC" it 'is built' sh -c 'cat build/tests/kernel.log; false'
		continue
	fi
	out=build/tests/e2e/$SPEC
	RUN=$out/handshake
	rm -rf "$out"
	export RUN KTLAB_KDIR SPEC
	covered="$covered $(basename "$KTLAB_KDIR")"
	run_it "Linux $SPEC" it 'runs the handshake lab, all as expected' make -s lab LAB=handshake KERNEL="$SPEC" OUT="$out"
	for check in tests/e2e/checks/*; do
		[ "${covered% *}" = '' ] || ! grep -q '^# once: .' "$check" || continue
		[ ! -x "$check" ] || take "Linux $SPEC, $(basename "$check")" < <("$check")
	done
done
printf '# kernels covered:%s\n' "${covered:- none}"
run_it 'all of them' it 'are at least one' test -n "$covered"
printf '1..%d\n' $count
[ $failed = 0 ]
