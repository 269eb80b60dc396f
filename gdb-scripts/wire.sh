#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares a run's frames, as tshark reads them, with its events: wire.sh RUN. Says one line; without tshark, which one.
# Exit status: 0 nothing differs, 1 something does, 2 it cannot be read.
set -eu

if ! command -v tshark >/dev/null; then
	echo 'wire: not compared with the events, since tshark is not installed'
	# to ktrun (ktrun/tally.h)
	[ -z "${KTLAB_TALLY:-}" ] || echo 'left out: tshark is not installed' >&"$KTLAB_TALLY"
	exit 0
fi
export KTLAB_RUN="$1"
exec "$(dirname "$0")/run.sh" wire
