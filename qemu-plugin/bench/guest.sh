#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# As many TCP connections as the exercise says, one after the other, and nothing on the console: for measuring.
set -eu
. /ktlab/lib.sh

step links
up client server
on server server --count "$KTLAB_EXERCISE" >/dev/null &
server=$!
wait_for listens server 8080
step connect
on client client --count "$KTLAB_EXERCISE" >/dev/null
wait "$server"
