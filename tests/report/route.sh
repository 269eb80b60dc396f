#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A run with a router between the ends: tests/report/route is one step of the lab "route" on Linux 5.4.286, with the
# first four frames of each stack.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
REPORT_RUN=tests/report/route
. tests/report/lib.sh

# segments: where each row of the ladder with that flag goes, in order: "kind from to"
segments() {
	"$report" show ladder --json "$run" |
		jq -r --arg flags "$1 " '.tables[0].rows[] | select(.text | startswith($flags)) | [.kind, .node, .to] | join(" ")'
}
arp_between() {
	"$report" show ladder --json "$run" | jq -e '[.tables[0].rows[]
		| if (.text | startswith("S seq")) then .kind elif .text == "ARP 10.0.1.254 is here" then "arp" else empty end][:3] == ["depart", "arp", "arrive"]'
}

it 'draws a SYN as arriving at the router after the ARP that it waits for' arp_between
it 'draws the SYN over both wires' says 'depart client router
arrive client router
depart router server
arrive router server' segments S
it 'draws what does not wait as one arrow' says 'arrow client router' segments .
it 'matches every frame of the four taps' says 'unmatched: 0' "$report" show summary "$run"
it 'tells what the router forwards' says 'the router forwards it' "$report" show wire --width 200 "$run"
it 'answers which route was chosen, and why' says 'client to 10.0.2.2: by way of 10.0.1.254, out of eth0, because 10.0.2.0/24 in table main is the longest prefix' "$report" show answers --width 300 "$run"
it 'measures ARP by the reply where no neighbour is watched' says '5.000 ms on client, from asking for 10.0.1.254 to knowing it' "$report" show answers --width 300 "$run"
tap_end
