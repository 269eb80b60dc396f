#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares the lines that a run of the plugin engine has recorded with GDB's single steps on a replay: steps.sh RUN KDIR.
# Exit status: 0 the same, 1 not, 2 it cannot be done.
set -eu

# the functions whose calls are stepped through, and how many calls of each, from the first on
STEPPED=${STEPPED:-tcp_v4_connect tcp_rcv_state_process tcp_v4_rcv ip_output tcp_conn_request arp_rcv}
CALLS=${CALLS:-6}

export KTLAB_STEPPED="$STEPPED" KTLAB_CALLS="$CALLS"
exec "$(dirname "$0")/replay.sh" steps "$1" "$2"
