#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The collector's parts that need no guest.
exec python3 -B tests/collector/unit
