#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Decodes a run: decode.sh PLAN RUN KDIR writes RUN/events.jsonl from RUN/captures.bin, also if the run was cut short.
set -eu

export KTLAB_PLAN="$1" KTLAB_RUN="$2" KTLAB_KDIR="$3"
exec "$(dirname "$0")/run.sh" decode
