#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether plans can be made for a kernel, as far as its source tells: source.sh TREE prints a sentence for each name that
# points need and that it does not have. Exit status 1 if no lab can do without one of them.
set -eu

export KTLAB_TREE="$1"
exec "$(dirname "$0")/run.sh" source
