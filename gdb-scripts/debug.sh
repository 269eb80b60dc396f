#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A person's GDB on a lab's guest: debug.sh KDIR LABDIR RUN. Starts QEMU, runs attach.gdb, ends QEMU with GDB.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# which GDB; its ~/.gdbinit is the user's own and stays
GDB=${GDB:-gdb}
KDIR=$1 LABDIR=$2 RUN=$3

mkdir -p "$RUN"
private=$(mktemp -d "${TMPDIR:-/tmp}/ktlab.XXXXXX")
export KTLAB_GDB="$private/gdb" KTLAB_RUN="$RUN" KTLAB_LABDIR="$LABDIR" KTLAB_GDB_SCRIPTS="$here"
export KTLAB_KERNEL="$KDIR/bzImage" KTLAB_MODE=debug PYTHONDONTWRITEBYTECODE=1
KTLAB_LAB=$(basename "$LABDIR")
export KTLAB_LAB
[ ! -r "$LABDIR/topology" ] || { read -r KTLAB_TOPOLOGY <"$LABDIR/topology"; export KTLAB_TOPOLOGY; }

# a session of its own, so that Ctrl-C in GDB does not end it
setsid "$here/../run-qemu.sh" >"$RUN/qemu.log" 2>&1 </dev/null &
qemu=$!
trap 'kill "$qemu" 2>/dev/null || :; rm -rf "$private"' EXIT
trap 'exit 3' HUP TERM
trap : INT

tries=100
until [ -S "$KTLAB_GDB" ]; do
	tries=$((tries - 1))
	if [ $tries = 0 ] || ! kill -0 "$qemu" 2>/dev/null; then
		echo "debug.sh: QEMU did not start" >&2
		cat "$RUN/qemu.log" >&2
		exit 3
	fi
	sleep 0.1
done
echo "the guest's console is in $RUN/console.log; quitting GDB ends the guest"
"$GDB" -q -iex "add-auto-load-safe-path $KDIR" "$KDIR/vmlinux" -x "$here/attach.gdb"
