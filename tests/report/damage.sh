#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Damaged and hostile runs: what is good is shown, what is bad is named by its place, exit status 2.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
events=$dir/run/events.jsonl

# damage SED-SCRIPT: a fresh copy of the stored run, edited
damage() {
	rm -rf "$dir/run"
	cp -r "$run" "$dir/run"
	sed -i "$1" "$events"
}

# named TEXT: the report still shows the handshake, and says TEXT
named() {
	"$report" show segments "$dir/run" >"$dir/out" 2>"$dir/err" && return 1
	[ $? = 2 ] || return 1
	cat "$dir/err"
	grep -qF -- "$1" "$dir/err" && grep -q 10.0.0.1 "$dir/out"
}

damage '40s/"t_ns":[0-9]*,//'
it 'names a missing field' named "events.jsonl:40: missing field 't_ns'"
damage '40s/"t_ns":[0-9]*/"t_ns":99999999999999999999999/'
it 'names a number out of range' named "events.jsonl:40: no number that fits in field 't_ns'"
damage '40s/"stack":.*/"stack":[{"fn"/'
it 'names a broken line' named 'events.jsonl:40: '
damage 1d
it 'does without the first line' named "events.jsonl:1: no 'meta' line"
damage '$d'
it 'does without the last line' named "no 'end' line"
damage '40d'
it 'names a gap' named 'a gap'
damage '40s/^/[/'
it 'names a line that is no object' named 'events.jsonl:40: not a JSON object'
damage ''
truncate -s -1000 "$events"
it 'does with a last line that is cut' named 'the last line is cut off'
damage ''
truncate -s -20 "$dir/run/wire-client-eth0.pcap"
it 'names a capture that is cut' named 'wire-client-eth0.pcap: after frame '
damage ''
echo nonsense >"$dir/run/wire-client-eth0.pcap"
it 'names a capture that is none' named 'wire-client-eth0.pcap: no capture file'
damage ''
: >"$events"
it 'says that there are no events' fails 2 'is empty' "$report" show "$dir/run"
it 'says that there is no run' fails 2 "cannot open '$dir/none/events.jsonl': No such file or directory" "$report" show "$dir/none"

damage '40s/"type":"[a-z.]*"/"type":"novel.kind"/'
it 'names a change of an event after the run' named 'sha256 is '
seal "$events"
it 'keeps a type that it does not know' says 'novel.kind' "$report" show calls "$dir/run"
damage '40s/"step"/"novel_key":{"a":[1,2]},"step"/'
seal "$events"
it 'passes over a key that it does not know' "$report" show calls "$dir/run"

hostile='<script>alert(1)<\/script>\\u001b[31mred\\u202e'
damage "s/\"comm\":\"client\"/\"comm\":\"$hostile\"/g; s/\"name\":\"connect\"/\"name\":\"$hostile\"/g"
"$report" write "$dir/run" "$expect" || true
no_escape() {
	! grep -lP '\x1b' "$dir/run/trace.json"
	! grep -lP '\x1b|\x{202e}' "$dir/run/report.txt" "$dir/run/report.md" "$dir/run/junit.xml" "$dir/run/report.tap"
}
# in Markdown, a block of code shows it as it is
no_script() {
	sed '/^```/,/^```/d' "$dir/run/report.md" >"$dir/run/prose.md"
	! grep -l '<script>alert' "$dir/run"/report.html "$dir/run"/prose.md "$dir/run"/junit.xml
}
it 'lets no escape sequence through' no_escape
it 'lets no script through' no_script
it 'shows it nevertheless' says '\x1b[31mred' cat "$dir/run/report.txt"
it 'writes JSON that stays JSON' jq -e . "$dir/run/trace.json"

# the same frames in the other byte order, and in nanoseconds
big_endian() {
	python3 - "$1" <<-'END'
		import struct, sys
		data = open(sys.argv[1], "rb").read()
		out = struct.pack(">IHHiIII", 0xa1b23c4d, *struct.unpack("<HHiIII", data[4:24]))
		at = 24
		while at < len(data):
		    s, us, cap, length = struct.unpack("<IIII", data[at:at + 16])
		    out += struct.pack(">IIII", s, us * 1000, cap, length) + data[at + 16:at + 16 + cap]
		    at += 16 + cap
		open(sys.argv[1], "wb").write(out)
	END
}
damage ''
big_endian "$dir/run/wire-client-eth0.pcap"
it 'reads a big-endian capture in nanoseconds' says '0 failed' "$report" check "$dir/run" "$expect"

damage ''
python3 - "$dir/run/wire-client-eth0.pcap" <<'END'
import sys
data = open(sys.argv[1], "rb").read()
open(sys.argv[1], "wb").write(data[:-(16 + 66)])
END
it 'fails when a frame is missing on the wire' fails 1 'the capture of the other card lacks it' "$report" check "$dir/run" "$expect"

damage '40s/"icount":null/"icount":null,"big":"BIG"/'
python3 - "$events" <<'END'
import sys
data = open(sys.argv[1]).read().replace('"BIG"', '"' + "x" * 10_000_000 + '"')
open(sys.argv[1], "w").write(data)
END
it 'reads a line of 10 MB' "$report" show summary "$dir/run"

# the file is mapped, not read: of 80 MB of events, what is kept fits into little memory of its own
damage ''
repeat 30000 "$events"
# shellcheck disable=SC3045 # dash and bash have it
within() { (ulimit -d "$1"; shift; "$@"); }
it 'keeps little of a large file' fails 1 'held' within 24000 "$report" check "$dir/run" "$expect"
it 'shows a part of it' says 'SYN_SENT' within 24000 "$report" show states -f 'n<1000' "$dir/run"
it 'writes the forms of it' within 60000 "$report" write "$dir/run" "$expect"
tap_end
