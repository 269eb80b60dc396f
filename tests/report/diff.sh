#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ktreport diff: what differs by meaning between two runs, and what only by address, port, number or time.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# other SED-SCRIPT: a second run, which differs by that
other() {
	rm -rf "$dir/run"
	cp -r "$run" "$dir/run"
	sed -i "$1" "$dir/run/events.jsonl"
	seal "$dir/run/events.jsonl"
}

# parting: "run n type what" of each row of where the runs parted first
parting() {
	{ "$report" diff --json "$run" "$dir/run" 2>/dev/null || [ $? = 1 ]; } |
		jq -r '.tables[1].rows[]? | [.run, .n // "-", .type // "-", .differs // .what] | join("; ")'
}
parts() { printf 'wanted:\n%s\nfound:\n%s\n' "$1" "$(parting)"; [ "$(parting)" = "$1" ]; }

# changes [--exact]: "change [xN] type differs" of each row
changes() {
	{ "$report" diff --json "$@" "$run" "$dir/run" 2>/dev/null || [ $? = 1 ]; } |
		jq -r '.tables[0].rows[] | [.change, (select(.times > 1) | "x\(.times)"), .type, .differs // "-"] | join(" ")'
}
only() {
	only_wanted=$1
	shift
	only_found=$(changes "$@")
	printf 'wanted:\n%s\nfound:\n%s\n' "$only_wanted" "$only_found"
	[ "$only_found" = "$only_wanted" ]
}

it 'ends with 0 without a difference' "$report" diff --exact "$run" "$run"

other 's/"t_ns":\([0-9]*\)/"t_ns":1\1/; s/"sport":43906/"sport":40001/; s/"seq":2253021519/"seq":77/; s/10\.0\.0\.2/10.9.9.9/g'
it 'does not count addresses, ports, sequence numbers and times' only ''
it 'has not parted then' parts ''
it 'counts them with --exact' says 'sport: 43906 -> 40001' changes --exact
it 'counts times with --exact' says 't_ns: ' changes --exact
it 'counts addresses with --exact' says 'daddr: 10.0.0.2 -> 10.9.9.9' changes --exact

other '/^{"n":74,/s/"by":"tcp_v4_send_synack"/"by":"tcp_send_synack"/'
it 'tells what changed' only 'changed tcp.tx by: tcp_v4_send_synack -> tcp_send_synack'
it 'ends with 1 for a difference' fails 1 '1 differences' "$report" diff "$run" "$dir/run"
# the SYN-ACK's sender, and behind it the state: what came first is told, with what was alike before it
other '/^{"n":74,/s/"by":"tcp_v4_send_synack"/"by":"tcp_send_synack"/; /^{"n":82,/s/"new":"ESTABLISHED"/"new":"CLOSE"/'
it 'tells where they parted first' parts 'first run, still alike; 73; conn.queue; SYN queue 0 -> 1
second run, still alike; 73; conn.queue; SYN queue 0 -> 1
first run, then; 74; tcp.tx; S. seq 0 ack 1 win 65160
second run, then; 74; tcp.tx; by: tcp_v4_send_synack -> tcp_send_synack'
other '/^{"n":82,/s/"new":"ESTABLISHED"/"new":"CLOSE"/'
it 'takes another state for another event' only 'missing tcp.state -
added tcp.state -'
it 'tells what each run did there' says 'second run, then; 82; tcp.state; SYN_SENT -> CLOSE' parting
other '/^{"n":41,/s/"daddr":"10.0.0.2"/"daddr":"10.0.0.1"/; /^{"n":42,/s/"dst":"10.0.0.2"/"dst":"10.0.0.9"/'
it 'takes the lookup of another destination for another one' only 'missing fib.lookup -
missing route.result -
added fib.lookup -
added route.result -'
other '/^{"n":141,/{p;s/"n":141/"n":142/}'
it 'tells that one run is over there' says 'first run, then; -; -; no event follows' parting
it 'tells what was added' says 'added step -' changes
other '/^{"n":48,/s/{"name":"sack_ok"},//'
it 'tells which option a segment lacks' only 'changed tcp.tx opts.sack_ok.name: sack_ok -> null'
# the ARP request's two halves the other way round; three lookups alike are not there
other '/^{"n":53,/{h;d};/^{"n":54,/G'
it 'tells what moved once' only 'moved neigh.state -'
other '/^{"n":8,/d;/^{"n":9,/d;/^{"n":10,/d'
it 'tells what is missing several times once' only 'missing x3 fib.lookup -'
it 'counts each of them' says '3 differences' sh -c "'$report' diff '$run' '$dir/run' || :"
it 'filters what is compared' fails 0 '0 differences' sh -c "'$report' diff --filter type=tcp.state '$run' '$dir/run' || [ \$? = 2 ]"
other '$d'
it 'ends with 2 when one of them is damaged' fails 2 "$dir/run/events.jsonl:143: no 'end' line" "$report" diff "$run" "$dir/run"
tap_end
