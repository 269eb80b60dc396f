#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares what two engines took of one and the same run: compare.sh RUN OTHER. Says so in a sentence and in run.json of
# both, if they have one. Exit status 1 if they differ.
set -eu

export KTLAB_RUN="$1" KTLAB_OTHER="$2"
exec "$(dirname "$0")/run.sh" compare
