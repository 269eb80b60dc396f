#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The gdb engine: trace-gdb.sh PLAN SOCKET RUN traces the guest behind the gdbstub at SOCKET into RUN/captures.bin.
# Says `phase NAME` and `hits N` on stdout as it goes. Exit status 0 if the lab's end was seen, 3 if not.
set -eu

export KTLAB_PLAN="$1" KTLAB_GDB="$2" KTLAB_RUN="$3"
exec "$(dirname "$0")/run.sh" trace
