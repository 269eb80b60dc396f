#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the plan of a run: plan.sh KDIR LABDIR OUTFILE. KDIR is a built kernel's folder. POINTS adds points to the lab's, TREE a call tree.
# A plan is kept in KDIR/plans under the checksum of all that it is made from, since reading DWARF takes a second.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
export KTLAB_KDIR=$1 KTLAB_LABDIR=$2 KTLAB_PLAN=$3
# more points than the lab's: names from points.py, or FUNCTION:ARG,ARG
export POINTS="${POINTS:-}"
# the function whose call tree the plugin engine follows, too; empty: none
export TREE="${TREE:-}"
# functions, or folders of the source tree with a slash at the end, whose lines the plugin engine records, beside those watched
export KTLAB_LINES="${KTLAB_LINES:-}"
# MiB that the plugin engine's file of lines, and that of stores, may each grow to
export KTLAB_RECORD_MIB="${KTLAB_RECORD_MIB:-1024}"
# built: a kernel that the user built. A lab's points that it does not allow are left out there
KTLAB_ORIGIN=$(sed -n "s/^KTLAB_ORIGIN='\(.*\)'/\1/p" "$KTLAB_KDIR/kernel.env")
export KTLAB_ORIGIN

[ -r "$KTLAB_LABDIR/points" ] || {
	echo "plan.sh: cannot read '$KTLAB_LABDIR/points'" >&2
	echo "a lab lists the functions it watches there, one a line" >&2
	exit 2
}
sum=$({
	cat "$here"/ktlab/*.py "$KTLAB_LABDIR/points"
	echo "$KTLAB_LABDIR $POINTS $TREE $KTLAB_LINES $KTLAB_RECORD_MIB"
	cat "$KTLAB_KDIR/kernel.env"
	stat -L -c '%s %Y' "$KTLAB_KDIR/vmlinux"
	cat "$KTLAB_KDIR/bzImage"
} | sha256sum | cut -c1-16)
kept=$KTLAB_KDIR/plans/$sum.json

if [ ! -r "$kept" ]; then
	"$here/run.sh" plan "$KTLAB_KDIR/vmlinux"
	# a cache that cannot be written to costs a second each time, no more
	if mkdir -p "$KTLAB_KDIR/plans" 2>/dev/null && cp "$KTLAB_PLAN" "$kept.$$" 2>/dev/null; then
		mv "$kept.$$" "$kept"
	else
		rm -f "$kept.$$"
	fi
else
	cp "$kept" "$KTLAB_PLAN"
fi
# to ktrun, which reads the plan then (ktrun/tally.h)
[ -z "${KTLAB_TALLY:-}" ] || echo '1 of 1 plans' >&"$KTLAB_TALLY"
