#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel starts. When this runs, all that the lab watches is over.
set -eu
. /ktlab/lib.sh

step started
# exercise 1: nothing changes in the guest; the kernel is told to skip one init call (see the lesson)
on client cat /proc/net/protocols
# shellcheck disable=SC2046 # a word a protocol
witness client protocols $(on client awk 'NR > 1 { print $1 "=" $2 }' /proc/net/protocols)
step end
