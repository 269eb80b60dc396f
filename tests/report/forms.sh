#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The files that ktreport write makes, each read by a program that knows its form.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp -r "$run" "$dir/run"
"$report" write "$dir/run" "$expect"
pcapng=$dir/run/wire.pcapng

# fields FILE FIELD…: what tshark reads of each frame
fields() {
	fields_file=$1
	shift
	for field in "$@"; do set -- "$@" -e "$field"; shift; done
	tshark -r "$fields_file" -T fields "$@" 2>"$dir/tshark.log"
	! grep -v 'Running as user' "$dir/tshark.log"
}

as_many_comments_as_frames() {
	frames=$(fields "$pcapng" frame.number | wc -l)
	comments=$(fields "$pcapng" frame.comment | grep -c .)
	[ "$frames" -gt 0 ] && [ "$frames" = "$comments" ]
}

# the order of bytes on the wire, without what the file adds
same_frames() {
	fields "$pcapng" eth.src eth.dst tcp.seq_raw tcp.ack_raw arp.opcode >"$dir/ng"
	fields "$dir/run/wire-client-eth0.pcap" eth.src eth.dst tcp.seq_raw tcp.ack_raw arp.opcode | diff -u - "$dir/ng"
}

no_analysis_warning() { [ -z "$(tshark -r "$pcapng" -Y tcp.analysis.flags 2>/dev/null)" ]; }

ids_are_paired() {
	"$report" write --taps "$dir/run"
	fields "$pcapng" frame.packet_id | sort | uniq -c | awk '$1 != 2 { bad = 1 } END { exit bad || !NR }'
}

# tshark's own reading of the capture equals the events: an independent oracle
segments_equal_tshark() {
	"$report" show segments --filter tcp.tx --json "$run" |
		jq -r '.tables[0].rows[] | [.rel_seq, (.rel_ack // 0), .win, .payload_len] | @tsv' | sort >"$dir/ours"
	fields "$dir/run/wire-client-eth0.pcap" tcp.seq tcp.ack tcp.window_size_value tcp.len | grep . | grep '[0-9]' | sort >"$dir/tshark"
	diff -u "$dir/tshark" "$dir/ours"
}

flow_ends_are_events() {
	jq -e '[.traceEvents[] | select(.ph == "s") | .id] | length > 5 and length == (unique | length)' "$dir/run/trace.json"
}

every_view_is_json() {
	for view in $(view_names); do
		"$report" show "$view" --json "$run" >"$dir/view.json"
		jq -e --arg view "$view" '.format == 1 and .view == $view and (.tables | length > 0)' "$dir/view.json" >/dev/null || return 1
		! python3 -c 'import jsonschema' 2>/dev/null || python3 - "$dir/view.json" <<-'END'
			import json, sys, jsonschema
			jsonschema.validate(json.load(open(sys.argv[1])), json.load(open("report/views.schema.json")))
		END
	done
}

it 'writes a pcapng that tshark reads without a warning' fields "$pcapng" frame.number
it 'writes a comment for each frame' as_many_comments_as_frames
it 'writes each frame once, in order' same_frames
it 'names the interfaces by node and device' says 'client-eth0' fields "$pcapng" frame.interface_name
it 'gives the time in nanoseconds' says 'nanoseconds (9)' capinfos "$pcapng"
it 'says who sent the SYN-ACK' says 'in tcp_v4_send_synack' fields "$pcapng" frame.comment
it 'leaves nothing for the analysis of TCP to complain of' no_analysis_warning
it 'pairs both taps by the packet id' ids_are_paired
it 'equals the numbers that tshark reads' segments_equal_tshark
it 'writes well-formed JUnit' python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$dir/run/junit.xml"
it 'counts the expectations in JUnit' says 'failures="0"' cat "$dir/run/junit.xml"
it 'writes TAP' says 'ok 1 - ' cat "$dir/run/report.tap"
it 'writes a trace with arrows' flow_ends_are_events
it 'writes a diagram that a forge draws' says 'sequenceDiagram' cat "$dir/run/report.md"
it 'links to the release that was traced' says 'net/ipv4/tcp_output.c?h=v'"$(head -n 1 "$run/events.jsonl" | jq -r .kernel.release)" cat "$dir/run/report.md"
it 'gives each view as JSON that fits its schema' every_view_is_json
it 'filters by pcap-filter' says '2 TCP' sh -c "'$report' show segments --packets 'tcp[13] = 2' '$run' | grep -c ' S ' | sed 's/\$/ TCP/'"
it 'refuses a wrong packet filter' fails 2 'packets: ' "$report" show segments --packets 'tcp and and' "$run"
it 'refuses a wrong filter' fails 2 "filter: tcp.tx has no field 'dprot'" "$report" show segments --filter 'tcp.tx dprot=1' "$run"
it 'refuses an unknown view, and knows a near one' fails 2 "is it 'states'?" "$report" show stats "$run"
it 'finds no difference of a run to itself' "$report" diff "$run" "$run"
sed '/"type":"tcp.state"/{/"new":"SYN_SENT"/d}' "$run/events.jsonl" >"$dir/run/events.jsonl"
it 'finds what is missing' says missing sh -c "'$report' diff '$run' '$dir/run' 2>/dev/null || test \$? = 2"
tap_end
