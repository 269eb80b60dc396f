# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What stands behind each case.
step end
[ ! -e /tmp/told ] || cat /tmp/told
for node in $(nodes); do
	counters "$node" TcpActiveOpens TcpPassiveOpens TcpAttemptFails TcpEstabResets TcpInSegs TcpOutSegs TcpRetransSegs TcpInErrs \
		TcpOutRsts TcpInCsumErrors TcpExtSyncookiesRecv TcpExtTCPChallengeACK TcpExtTCPFastOpenPassive
done
