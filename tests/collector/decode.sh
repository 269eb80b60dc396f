#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Decoders on the stored captures of a handshake on Linux 6.1: tests/collector/refresh shows them anew.
. tests/tap.sh

mkdir -p build/tests
said=build/tests/collector.events
wanted=tests/collector/handshake/events.wanted
python3 -B tests/collector/decode.py tests/collector/handshake >"$said"

it 'says of each capture what it said before' diff -u "$wanted" "$said"
for type in syscall.enter syscall.exit call tcp.state tcp.tx tcp.rx conn.queue fib.lookup route.result neigh.lookup \
	neigh.state arp.tx arp.rx step; do
	it "has events of type $type" grep -q "\"type\":\"$type\"" "$said"
done
# ip and ss ask the kernel by netlink sockets, whose calls are hits; none is in a report, unless netlink_sendmsg is watched
no_tools() {
	python3 -B tests/collector/tools.py tests/collector/handshake >build/tests/collector.tools
	cat build/tests/collector.tools
	[ "$(wc -l <build/tests/collector.tools)" = 5 ] && ! grep -v ': 0 events of [1-9]' build/tests/collector.tools
}
it "has no event of the netlink sockets of the lab's own tools" no_tools
tap_end
