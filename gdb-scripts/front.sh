#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The GDB of make attach, for a front end that starts GDB by itself and has options for it: front.sh OPTION…
#   gdb-scripts/front.sh -tui        cgdb -d gdb-scripts/front.sh        and what make vscode writes
# KTLAB_RUN is the folder of make shell's run, if that was not out/shell.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/shell.sh" "${KTLAB_RUN:-$here/../${OUT:-out}/shell}" '' "$@"
