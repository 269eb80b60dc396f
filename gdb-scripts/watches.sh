#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares the stores that a run of the plugin engine has recorded with GDB's watchpoints on a replay: watches.sh RUN KDIR.
# WATCHED: fields of the kernel's objects, such as sock.sk_state; else all of ktlab/watches.py.
# Exit status: 0 the same, 1 not, 2 it cannot be done.
set -eu

exec "$(dirname "$0")/replay.sh" watches "$1" "$2"
