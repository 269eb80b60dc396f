#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel starts. When this runs, all that the lab watches is over.
set -eu
. /ktlab/lib.sh

step started
# exercise 1: one more network namespace
[ "$KTLAB_EXERCISE" != 1 ] || unshare --net true
on client cat /proc/net/protocols
# shellcheck disable=SC2046 # a word a protocol
witness client protocols $(on client awk 'NR > 1 { print $1 "=" $2 }' /proc/net/protocols)
step end
