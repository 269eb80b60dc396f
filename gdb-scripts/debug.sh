#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A person's GDB, with attach.gdb: debug.sh RUN KDIR LABDIR on a lab's guest, for which it starts QEMU; debug.sh RUN on
# the stored run that FROM names, at its EVENT. QEMU ends with GDB; RUN has its log and the guest's console.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# which GDB; its ~/.gdbinit is the user's own and stays
GDB=${GDB:-gdb}
RUN=$1 KDIR=${2:-} LABDIR=${3:-}

mkdir -p "$RUN"
private=$(mktemp -d "${TMPDIR:-/tmp}/ktlab.XXXXXX")
export KTLAB_GDB="$private/gdb" KTLAB_RUN="$RUN" KTLAB_GDB_SCRIPTS="$here" PYTHONDONTWRITEBYTECODE=1

# the replay of a stored run is begun, and begun again, by GDB; it leaves the number of the process
qemu() { cat "$KTLAB_GDB.pid" 2>/dev/null; }
trap 'kill $(qemu) 2>/dev/null || :; rm -rf "$private"' EXIT
trap 'exit 3' HUP TERM
trap : INT

[ -z "${EXACT:-}" ] || {
	echo "debug.sh: EXACT=1 is a way to run a lab; an exact run is entered with FROM=$RUN/../LAB EVENT=N" >&2
	exit 2
}
if [ ! "$KDIR" ]; then
	# DUMP: a file for the guest's memory at that event, which is all that is wanted
	set --
	[ -z "${DUMP:-}" ] || set -- -batch -ex "kt dump $DUMP"
	KTLAB_FROM=$FROM "$GDB" -q -x "$here/attach.gdb" "$@"
	exit
fi

export KTLAB_LABDIR="$LABDIR" KTLAB_KERNEL="$KDIR/bzImage" KTLAB_MODE=live KTLAB_EXERCISE="${EXERCISE:-}"
KTLAB_LAB=$(basename "$LABDIR")
export KTLAB_LAB
[ ! -r "$LABDIR/topology" ] || { read -r KTLAB_TOPOLOGY <"$LABDIR/topology"; export KTLAB_TOPOLOGY; }

# a session of its own, so that Ctrl-C in GDB does not end it
setsid "$here/../run-qemu.sh" >"$RUN/qemu.log" 2>&1 </dev/null &
echo $! >"$KTLAB_GDB.pid"

tries=100
until [ -S "$KTLAB_GDB" ]; do
	tries=$((tries - 1))
	if [ $tries = 0 ] || ! kill -0 "$(qemu)" 2>/dev/null; then
		echo "debug.sh: QEMU did not start" >&2
		cat "$RUN/qemu.log" >&2
		exit 3
	fi
	sleep 0.1
done
echo "the guest's console is in $RUN/console.log; quitting GDB ends the guest"
"$GDB" -q -iex "add-auto-load-safe-path $KDIR" "$KDIR/vmlinux" -x "$here/attach.gdb"
