#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The two windows of a course: shell.sh RUN KDIR is a shell in the guest, which a GDB may enter; shell.sh RUN is that GDB,
# in another window, as often as wanted; shell.sh RUN '' OPTION… gives it options. RUN/gdb tells the second where the first has its socket and its kernel.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# which GDB; its ~/.gdbinit is the user's own and stays
GDB=${GDB:-gdb}
RUN=$1 KDIR=${2:-}
shift
[ $# = 0 ] || shift

die() {
	echo "shell.sh: $1" >&2
	echo "$2" >&2
	exit 2
}

if [ "$KDIR" ]; then
	mkdir -p "$RUN"
	private=$(mktemp -d "${TMPDIR:-/tmp}/ktlab.XXXXXX")
	trap 'rm -rf "$private" "$RUN/gdb"' EXIT
	trap 'exit 3' HUP TERM
	trap : INT
	printf '%s\n' "$private/gdb" "$KDIR" >"$RUN/gdb"
	echo "GDB: make attach, in another window; for other front ends: target remote $private/gdb, file $KDIR/vmlinux"
	KTLAB_MODE=person KTLAB_KERNEL=$KDIR/bzImage KTLAB_RUN=$RUN KTLAB_GDB=$private/gdb "$here/../run-qemu.sh" || :
	exit 0
fi

{ read -r KTLAB_GDB && read -r KDIR; } <"$RUN/gdb" 2>/dev/null && [ -S "$KTLAB_GDB" ] ||
	die "no shell with a GDB is open in '$RUN'" "make shell GDB=1, in another window"
export KTLAB_GDB KTLAB_RUN="$RUN" KTLAB_BESIDE=1 KTLAB_GDB_SCRIPTS="$here" PYTHONDONTWRITEBYTECODE=1
exec "$GDB" -q "$@" -iex "add-auto-load-safe-path $KDIR" "$KDIR/vmlinux" -x "$here/attach.gdb"
