#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The views of a stored run equal their golden files; tests/report/refresh writes them anew.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

for file in "$golden"/*.txt; do
	name=$(basename "$file" .txt)
	it "prints $name as stored" same_as_golden "$name"
done

# waited RUN PACKET: how long it waited for its neighbour is what the neighbour's events say, and the ARP request itself waits for none
waited() {
	build/ktreport show packet "$2" "$1" --json | jq -e --slurpfile events "$1/events.jsonl" '
		($events | map(select(.type == "neigh.state" and .netns == "client" and .ip == "10.0.0.2"))) as $told |
		($told | map(select(.nud.new == "INCOMPLETE"))[0]) as $from | ($told | map(select(.nud.old == "INCOMPLETE"))[0]) as $to |
		($events | map(select(.type == "arp.tx" and .op == "request"))[0].pkt) as $asked |
		(.tables[0].notes | map(capture("waited (?<ms>[0-9.]+) ms on client .* 10\\.0\\.0\\.2 \\(events (?<from>[0-9]+), (?<to>[0-9]+)\\)"))[0]) as $said |
		($said.from | tonumber) == $from.n and ($said.to | tonumber) == $to.n and $asked != null and
		((($said.ms | tonumber) * 1e6 - ($to.t_ns - $from.t_ns)) | fabs) <= 500'
}
it 'tells how long a packet waited for its neighbour' waited tests/report/handshake 2
it 'tells why it was sent' says 'client sent it because of: connect()' build/ktreport show packet 2 tests/report/handshake
asked=$(jq -r 'select(.type == "arp.tx") | .pkt' tests/report/handshake/events.jsonl | head -n 1)
no_wait() { ! build/ktreport show packet "$1" tests/report/handshake | grep waited; }
it 'tells of no wait of what asks' no_wait "$asked"
it 'has a golden file for each view' every_view_is_golden
tap_end
