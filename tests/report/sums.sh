#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The unit tests in C, under ASan and UBSan.
set -eu
cd "$(dirname "$0")/../.."
make -s build/tests/report/sums.t >&2
exec build/tests/report/sums.t
