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
# the number of the event that sent the SYN
syn=$(jq -r 'select(.type == "tcp.tx" and .flags == "S").n' "$run/events.jsonl")

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

# what was handed in may hold links to files of whoever reports again, symbolic or hard
follows_no_link() {
	echo mine >"$dir/mine"
	cp -r "$run" "$dir/linked"
	for name in report.txt report.md report.html wire.pcapng junit.xml report.tap trace.json; do
		ln -sf "$dir/mine" "$dir/linked/$name"
	done
	ln -f "$dir/mine" "$dir/linked/report.md"
	"$report" write "$dir/linked" "$expect"
	[ "$(cat "$dir/mine")" = mine ] && [ -z "$(find "$dir/linked" -type l)" ] && [ -s "$dir/linked/report.md" ]
}

no_analysis_warning() { [ -z "$(tshark -r "$pcapng" -Y tcp.analysis.flags 2>/dev/null)" ]; }

ids_are_paired() {
	"$report" write --taps "$dir/run" "$expect"
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
	jq -e '[.traceEvents[] | select(.ph == "b" and (.cat | endswith(".tx"))) | .id] | length > 5 and length == (unique | length)' "$dir/run/trace.json"
}

# validate FILE: against the published schema
validate() {
	python3 - "$1" <<-'END'
		import json, sys, jsonschema
		schema = json.load(open("report/forms/views.schema.json"))
		jsonschema.Draft202012Validator.check_schema(schema)
		jsonschema.validate(json.load(open(sys.argv[1])), schema, cls=jsonschema.Draft202012Validator)
	END
}

# view_with_argument NAME: one that the stored run has an answer for
view_argument() {
	case $1 in
	packet) echo 2 ;;
	lines) echo 50 ;;
	writes) echo sock.sk_state ;;
	connection) echo 1 ;;
	step) echo connect ;;
	fields) echo n,type,stack,in.daddr ;;
	esac
}

# (the stored run has no tree of calls, tests/report/tree.sh has; no programs, the lesson of labs/programs has; no
# counters, tests/report/counters.sh has; no lines, no writes and their objects, tests/plugin/lines.sh and writes.sh have)
every_view_is_json() {
	for view in $("$report" --help | sed -n '/^Views:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		# shellcheck disable=SC2046 # no argument, or one
		"$report" show "$view" $(view_argument "$view") --json --expect "$expect" "$run" >"$dir/view.json"
		jq -e --arg view "$view" '.format == 1 and .view == $view and (.tables | length > 0) and (([$view] | inside(["tree", "programs", "counters", "lines", "writes", "objects"])) or (.tables[0].rows | length > 0))' "$dir/view.json" >/dev/null ||
			{ echo "$view: no rows"; return 1; }
		validate "$dir/view.json"
	done
}
# rows VIEW OPTION…: how many the view has
rows() {
	rows_view=$1
	shift
	# shellcheck disable=SC2046 # no argument, or one
	"$report" show "$rows_view" $(view_argument "$rows_view") --json --expect "$expect" "$@" "$run" | jq '[.tables[].rows[]] | length'
}

# has_rows NUMBER VIEW OPTION…
has_rows() {
	wanted_rows=$1
	shift
	[ "$(rows "$@")" = "$wanted_rows" ]
}

# each view gets shorter when it is asked for one event, or for no packet, but for those that say so in words
every_view_is_filtered() {
	for view in $("$report" --help | sed -n '/^Views:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		case $view in
		tree | programs | counters | lines | writes | objects) ;;
		summary) "$report" show summary -f "n=$syn" "$run" | grep -q '^events  *1 of 1[0-9]* pass the filter' || return 1 ;;
		*) [ "$(rows "$view" -f "n=$syn")" -lt "$(rows "$view")" ] || { echo "$view takes no filter"; return 1; } ;;
		esac
	done
}

difference_is_json() {
	"$report" diff --json "$run" "$dir/run" >"$dir/diff.json" 2>/dev/null || [ $? = 2 ]
	validate "$dir/diff.json"
	jq -e '[.tables[0].rows[].change] == ["missing"]' "$dir/diff.json"
}

# the stored captures, in nanoseconds, with some of them more at each frame; tshark reads both for itself
nanoseconds_are_kept() {
	rm -rf "$dir/ns"
	cp -r "$run" "$dir/ns"
	for capture in "$dir"/ns/*.pcap; do
		python3 - "$capture" <<-'END'
			import struct, sys
			data = open(sys.argv[1], "rb").read()
			out, at, more = struct.pack("<I", 0xa1b23c4d) + data[4:24], 24, 0
			while at < len(data):
			    s, us, cap, length = struct.unpack("<IIII", data[at:at + 16])
			    out += struct.pack("<IIII", s, us * 1000 + more, cap, length) + data[at + 16:at + 16 + cap]
			    at, more = at + 16 + cap, more + 37
			open(sys.argv[1], "wb").write(out)
		END
	done
	"$report" write "$dir/ns" "$expect"
	fields "$dir/ns/wire.pcapng" frame.time_relative >"$dir/ours"
	fields "$dir/ns/wire-client-eth0.pcap" frame.time_relative | diff -u - "$dir/ours"
	grep -q '[1-9]$' "$dir/ours"
}

# outbound is what carries the tapped card's own address as its source
directions_are_true() {
	"$report" write --taps "$dir/run" "$expect"
	fields "$pcapng" frame.interface_name eth.src frame.packet_flags_direction | sort -u >"$dir/directions"
	printf '%s\n' 'client-eth0	52:54:00:00:00:01	0x00000002' 'client-eth0	52:54:00:00:00:02	0x00000001' \
		'server-eth0	52:54:00:00:00:01	0x00000001' 'server-eth0	52:54:00:00:00:02	0x00000002' | diff -u - "$dir/directions"
}

# draws RUN: its diagram, held against the lines of Mermaid's grammar that it uses. A text may hold no sign of Mermaid's
# but as an entity: ';' and a line's end are the end of a line for it, '#' begins an entity, '%' a comment
draws() {
	rm -rf "$dir/drawn"
	cp -r "$1" "$dir/drawn"
	"$report" write "$dir/drawn" "$expect"
	sed -n '/^```mermaid$/,/^```$/p' "$dir/drawn/report.md" | sed '1d; $d' >"$dir/diagram"
	[ "$(head -n 1 "$dir/diagram")" = sequenceDiagram ]
	[ "$(grep -cE '^  n[0-9]+(->>|-x)n[0-9]+: ' "$dir/diagram")" -gt 5 ]
	text="([^]#;<>{}\"%]|]|#[0-9]+;)+"
	! sed 1d "$dir/diagram" | grep -nvE "^  (participant n[0-9]+ as |Note over n[0-9]+: |n[0-9]+(->>|-x)n[0-9]+: )$text\$"
	# who takes part is named first
	grep -oE '\bn[0-9]+\b' "$dir/diagram" | sort -u >"$dir/used"
	sed -n 's/^  participant \(n[0-9]*\) as .*/\1/p' "$dir/diagram" | sort | comm -13 - "$dir/used" | grep . && return 1
	:
}
draws_hostile() {
	mkdir "$dir/hostile"
	cp "$run"/* "$dir/hostile"
	sed -i 's/"name":"connect"/"name":"a;b#c:d %% e{f}\\"g\\"\\nend\\n-->> <b> [x]"/g; s/"ip":"10.0.0.2"/"ip":"#35;end;:"/g' "$dir/hostile/events.jsonl"
	draws "$dir/hostile"
	grep -qF 'a#59;b#35;c:d #37;#37; e#123;f#125;#34;g#34;' "$dir/diagram" && grep -qF '#35;35#59;end#59;:' "$dir/diagram"
}

tcpdump_reads_it() {
	tcpdump -r "$pcapng" >"$dir/tcpdump" 2>"$dir/tcpdump.log"
	! grep -v '^reading from file' "$dir/tcpdump.log"
	[ "$(wc -l <"$dir/tcpdump")" = 13 ]
}

it 'writes a pcapng that tshark reads without a warning' fields "$pcapng" frame.number
it 'writes a comment for each frame' as_many_comments_as_frames
it 'writes each frame once, in order' same_frames
it 'names the interfaces by node and device' says 'client-eth0' fields "$pcapng" frame.interface_name
it 'gives the time in nanoseconds' says 'nanoseconds (9)' capinfos "$pcapng"
it 'keeps nanoseconds of a capture that has them' nanoseconds_are_kept
it 'writes what tcpdump reads without a warning' tcpdump_reads_it
it 'says who sent the SYN-ACK' says 'in tcp_v4_send_synack' fields "$pcapng" frame.comment
it 'leaves nothing for the analysis of TCP to complain of' no_analysis_warning
it 'pairs both taps by the packet id' ids_are_paired
it 'marks what goes out and what comes in' directions_are_true
it 'equals the numbers that tshark reads' segments_equal_tshark
it 'writes through no link that came with a run' follows_no_link
it 'writes well-formed JUnit' python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$dir/run/junit.xml"
it 'counts the expectations in JUnit' says 'failures="0"' cat "$dir/run/junit.xml"
it 'writes TAP' says 'ok 1 - ' cat "$dir/run/report.tap"
it 'writes a trace with arrows' flow_ends_are_events
it 'lets Perfetto show it all: slices lie within slices, arrows begin and end in one' python3 tests/report/chrome_trace.py "$dir/run/trace.json"
it 'writes a diagram that a forge draws' draws "$run"
it 'writes one of hostile names, too' draws_hostile
it 'links to the release that was traced' says 'net/ipv4/tcp_output.c?h=v'"$(head -n 1 "$run/events.jsonl" | jq -r .kernel.release)" cat "$dir/run/report.md"
it 'gives each view as JSON that fits its schema' every_view_is_json
# on_terminal COMMAND…: what it writes to a terminal
on_terminal() { script -qec "$*" /dev/null </dev/null; }
coloured() { on_terminal "$@" | grep -q "$(printf '\033')\["; }
plain() { ! coloured "$@"; }
bounded() {
	mkdir -p "$dir/large"
	repeat 20100 "$dir/large/events.jsonl"
	"$report" write "$dir/large" 2>/dev/null || true
	grep -q 'Only the first 2000 of 20100 events are shown here' "$dir/large/report.md" &&
		grep -q 'Only the first 20000 of 20100 events are shown here' "$dir/large/report.txt" &&
		grep -q '"left_out":0,' "$dir/large/report.html"
}

# a forge shows 500 KiB of a file, and this run's stacks alone are more
fits_a_forge() {
	mkdir -p "$dir/forge"
	repeat 1900 "$dir/forge/events.jsonl"
	"$report" write "$dir/forge" 2>/dev/null || true
	[ "$(wc -c <"$dir/forge/report.md")" -lt 512000 ] && tail -1 "$dir/forge/report.md" | grep -q 'left out.*report.html' &&
		[ "$(grep -c '^<details>' "$dir/forge/report.md")" = "$(grep -c '^</details>' "$dir/forge/report.md")" ]
}
one_zero() {
	for view in ladder segments calls; do
		"$report" show "$view" --json "$run" | jq -r '[.tables[0].rows[] | select(.n == 48)][0].seconds' >"$dir/zero"
		[ "$(cat "$dir/zero")" = 0.000000 ] || { echo "$view: $(cat "$dir/zero")"; return 1; }
	done
}
it 'bounds report.md to what a forge shows' fits_a_forge
case $run in */handshake) it 'counts time from one zero in all views' one_zero ;; esac
it 'writes colours to a terminal' coloured "$report" show states "$run"
for width in 59 10001 80x '' -80; do
	it "refuses the width '$width'" fails 2 'needs a number of columns from 60 to 10000' "$report" show "--width=$width" "$run"
done
it 'refuses a colour that is none' fails 2 'needs auto, always or never' "$report" show --color=red "$run"
it 'writes none with --color never' plain "$report" show states --color never "$run"
it 'writes none with NO_COLOR' plain env NO_COLOR=1 "$report" show states "$run"
it 'writes none into a pipe' sh -c "! '$report' show states '$run' | grep '$(printf '\033')'"
it 'writes colours into a pipe when asked to' sh -c "'$report' show states --color always '$run' | grep -q '$(printf '\033')'"
it 'says what a bounded form leaves out' bounded
it 'gives true and false as such in JSON' sh -c "'$report' show fields retrans,ip.df -f n=$syn --json '$run' | jq -e '.tables[0].rows == [{retrans: false, \"ip.df\": true}]'"
it 'filters every view' every_view_is_filtered
it 'filters by pcap-filter' has_rows 2 segments --packets 'tcp[13] = 2'
it 'shows no other packets then' has_rows 0 segments --packets udp
it 'refuses a wrong packet filter' fails 2 'packets: ' "$report" show segments --packets 'tcp and and' "$run"
it 'refuses a wrong filter' fails 2 "filter: tcp.tx has no field 'dprot'" "$report" show segments --filter 'tcp.tx dprot=1' "$run"
it 'refuses an unknown view, and knows a near one' fails 2 "is it 'states'?" "$report" show stats "$run"
it 'finds no difference of a run to itself' "$report" diff "$run" "$run"
sed '/"type":"tcp.state"/{/"new":"SYN_SENT"/d}' "$run/events.jsonl" >"$dir/run/events.jsonl"
it 'gives a difference as JSON that fits the schema' difference_is_json
it 'finds what is missing' says missing sh -c "'$report' diff '$run' '$dir/run' 2>/dev/null || test \$? = 2"
tap_end
