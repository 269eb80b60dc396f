#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs every lab on the kernel KTLAB_KDIR: all.sh [LAB...] prints a row for each as it ends, and why one did not hold.
# The exit status is that of the worst.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

: "${KTLAB_KDIR:?make labs sets it to what kernel-config/kernel.sh build prints}"
labs=("$@")
if [ ${#labs[@]} = 0 ]; then
	for guest in labs/*/guest.sh; do
		labs+=("$(basename "$(dirname "$guest")")")
	done
fi
release=$(sed -n "s/^KTLAB_RELEASE=//p" "$KTLAB_KDIR/kernel.env" | tr -d "'\"")
said=$(mktemp)
trap 'rm -f "$said"' EXIT
# Ctrl-C ends the lab that runs, which keeps what it has; then none is begun
interrupted=
trap 'interrupted=1' INT

row() { printf '%-14s %-10s %6s %12s %8s  %s\n' "$@"; }

# word TEXT PATTERN: what the pattern's group finds in the verdict's line, or "-"
word() { sed -nE "s/^verdict: .*$1.*/\\1/p" "$said" | grep . || echo -; }

worst=0
number=0
start=$SECONDS
row lab kernel hits expectations time verdict
for lab in "${labs[@]}"; do
	number=$((number + 1))
	[ ! -t 2 ] || printf '%s (%d of %d) ...\r' "$lab" $number ${#labs[@]} >&2
	began=$SECONDS
	status=0
	qemu-plugin/engine.sh "labs/$lab" >"$said" 2>"$said.err" || status=$?
	# held is what its last line says, too
	[ $status != 0 ] || grep -q '^verdict: held' "$said" || status=3
	((status <= 3)) || status=3
	((status <= worst)) || worst=$status
	held=$(word '\(([0-9]+) held')
	failed=$(word ' ([0-9]+) failed')
	[ "$held" = - ] || held="$held of $((held + failed))"
	row "$lab" "$release" "$(word ' ([0-9]+) hits')" "$held" "$((SECONDS - began)) s" \
		"$(sed -nE 's/^verdict: ([a-z ]+[a-z]).*/\1/p' "$said" | grep . || echo "status $status")"
	[ $status = 0 ] || { sed -n '/^wire:/p;/^FAILED/,/^[^ F]/{/^held/d;/^[0-9]/d;p}' "$said"; cat "$said.err"; } | sed 's/^/  /'
	rm -f "$said.err"
	[ -z "$interrupted" ] || break
done
echo "$number of ${#labs[@]} labs in $((SECONDS - start)) s${interrupted:+, interrupted}"
# a table of no lab, or of a part of them, has shown nothing
[ $worst != 0 ] || { [ $number -gt 0 ] && [ -z "$interrupted" ]; } || worst=3
exit $worst
