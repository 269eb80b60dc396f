#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Where an event's fields are, under ASan and UBSan.
set -eu
cd "$(dirname "$0")/../.."
make -s build/tests/report/keys.t >&2
exec build/tests/report/keys.t
