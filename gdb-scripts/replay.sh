#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs a verb of the package ktlab that goes through a replay of a run: replay.sh VERB RUN KDIR. Whatever ends it, QEMU ends.
# Exit status: the verb's; 3 if a signal has ended it.
set -eu

private=$(mktemp -d "${TMPDIR:-/tmp}/ktlab.XXXXXX")
export KTLAB_RUN="$2" KTLAB_GDB="$private/gdb"
trap 'kill "$(cat "$KTLAB_GDB.pid" 2>/dev/null)" 2>/dev/null || :; rm -rf "$private"' EXIT
trap 'exit 3' INT TERM HUP
"$(dirname "$0")/run.sh" "$1" "$3/vmlinux"
