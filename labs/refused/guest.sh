#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A client connects to a port on which nobody listens.
set -eu
. /ktlab/lib.sh

step links
up client server

# exercise 1: somebody listens
if [ "$KTLAB_EXERCISE" = 1 ]; then
	on server sock bind 10.0.0.2:9 listen 1 accept close &
	wait_for listens server 9
fi

step connect
said=$(on client sock connect 10.0.0.2:9) || :
echo "$said"

step end
witness client program error="${said##* }"
counters client TcpActiveOpens TcpAttemptFails TcpInSegs TcpOutSegs TcpRetransSegs
counters server TcpInSegs TcpOutRsts TcpPassiveOpens
