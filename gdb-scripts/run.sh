#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs one verb of the package ktlab inside GDB's Python: run.sh VERB [VMLINUX]. The verb's settings come from the
# environment, see ktlab/cli.py.
set -eu

KTLAB_GDB_SCRIPTS=$(cd "$(dirname "$0")" && pwd)
export KTLAB_GDB_SCRIPTS PYTHONDONTWRITEBYTECODE=1
verb=$1
shift
# -nx: not the user's ~/.gdbinit; the kernel's own commands are not wanted here
exec gdb -nx -batch -iex "set auto-load off" -iex "set debuginfod enabled off" "$@" \
	-ex "python import os, sys; sys.path.insert(0, os.environ['KTLAB_GDB_SCRIPTS'])" \
	-ex "python from ktlab import cli; cli.run('$verb')"
