#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The same as views.sh, of a run on Linux 6.1.
REPORT_RUN=tests/report/handshake-6.1 exec tests/report/views.sh
