#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Echoes of both families, whole and in parts, one that nobody answers, and a datagram of IPv6 in parts: tests/report/echo is
# a run on Linux 5.4.286, without its stacks.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/seal.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
stored=tests/report/echo

wide() { "$report" show wire --width 300 "$dir/run" 2>&1 || :; }
summary() { "$report" show summary "$dir/run" 2>&1 || :; }
# edit JQ: the stored run with other events
edit() {
	rm -rf "$dir/run"
	cp -r "$stored" "$dir/run"
	jq -c "$1" "$stored/events.jsonl" >"$dir/run/events.jsonl"
	seal "$dir/run/events.jsonl"
}
# finds SAID CONDITION CHANGE: the events for which the condition holds are changed so, and the run says so
finds() {
	edit "if ($2) then $3 else . end"
	! cmp -s "$stored/events.jsonl" "$dir/run/events.jsonl" || return
	says "$1" wide
}
# rewrite SAID OFFSET: the client's first echo of IPv6 has another byte there in the capture, and its frame is no event's
rewrite() {
	rm -rf "$dir/run"
	cp -r "$stored" "$dir/run"
	python3 - "$dir/run/wire-client-eth0.pcap" "$2" <<-'END'
		import sys
		data = bytearray(open(sys.argv[1], "rb").read())
		at = 24
		while data[at + 16 + 12:at + 18 + 12] != b"\x86\xdd" or data[at + 16 + 20] != 58:
		    at += 16 + int.from_bytes(data[at + 8:at + 12], "little")
		data[at + 16 + int(sys.argv[2])] ^= 1
		open(sys.argv[1], "wb").write(data)
	END
	says "$1" wide
}
reply='.type == "echo.rx" and .op == "reply" and .netns == "client"'
six='(.saddr // "" | test(":"))'

edit .
it 'gives each frame its event, and each echo its frame' says 'unmatched: 0' "$report" show summary "$dir/run"
it 'believes each echo, and what is between a request and its reply' sh -c "! '$report' show wire --width 300 '$dir/run' 2>&1 | grep 'by its other fields'"
it 'shows both families and all kinds' says '"direction":"in","op":"reply","saddr":"fd00::2","daddr":"fd00::1"' "$report" show segments --json "$dir/run"
it 'reads the same as tshark' says 'as the events say' gdb-scripts/wire.sh "$dir/run"

it 'finds a round trip of another length' finds 'since_request_ns is 1, by its other fields' "$reply" '.since_request_ns = 1'
it 'finds a reply to a request that was not sent' finds 'by its other fields and events null' '.type == "echo.tx" and .op == "request"' '.seq += 7'
it 'finds a request that says it is answered' finds 'since_request_ns is 5, by its other fields and events null' '.type == "echo.rx" and .op == "request"' '.since_request_ns = 5'
it 'finds an echo of another id' finds 'no event speaks of it' "$reply" '.id += 1'
it 'finds a number that is not the frame'"'"'s' finds 'no event speaks of it' "$reply and $six" '.seq += 1'
it 'finds a request told as a reply' finds 'no event speaks of it' '.type == "echo.tx" and .op == "request"' '.op = "reply"'
it 'finds a checksum that is not the frame'"'"'s' finds 'no event speaks of it' "$reply and $six" '.check += 1'
it 'finds fewer bytes than came' finds 'skb_len is 64, by its other fields' "$reply" '.payload_len -= 1'
it 'finds a buffer of another length' finds 'skb_len is 65, by its other fields' "$reply" '.skb_len += 1'
it 'finds pages with more than the message' finds 'data_len is 99, by its other fields and events at most 56' "$reply and .payload_len == 56" '.data_len = 99'
it 'finds another function than the one that was hit' finds 'by is ping_rcv' "$reply" '.by = "ping_rcv"'
it 'finds another hop limit than the frame'"'"'s' finds 'ip.ttl is 63; wire-client-eth0.pcap' "$reply and $six" '.ip.ttl = 63'
it 'finds headers behind that of IPv6 that no frame has' finds 'ip.extensions is routing; wire-client-eth0.pcap' "$reply and $six" '.ip.extensions = "routing"'
it 'finds an echo without its event' finds 'echo reply fd00::2 > fd00::1 id' "$reply and $six and .payload_len == 56" empty
it 'finds an echo without its frame' rewrite 'no frame on the wire' 58
# parted PYTHON: with `frames` of both captures, of which 7 and 8 are the two parts of an echo of IPv4
parted() {
	rm -rf "$dir/run"
	cp -r "$stored" "$dir/run"
	for capture in client server; do
		python3 - "$dir/run/wire-$capture-eth0.pcap" "$capture" "$1" <<-'END'
			import sys
			path, capture, code = sys.argv[1:]
			data = open(path, "rb").read()
			frames, at = [], 24
			while at < len(data):
			    size = 16 + int.from_bytes(data[at + 8:at + 12], "little")
			    frames.append(data[at:at + size])
			    at += size
			exec(code)
			open(path, "wb").write(data[:24] + b"".join(frames))
		END
	done
}
parted 'frames[6], frames[7] = frames[7], frames[6]'
it 'knows the parts of a packet in any order' says 'unmatched: 0' summary
parted 'frames.insert(7, frames[6])'
it 'knows a part that came twice' says 'a part that is there already: IP frees it' wide
parted 'frames.insert(7, frames[6])'
it 'has the event for the whole packet' says 'unmatched: 0' summary
parted 'del frames[7]'
it 'misses the event of a packet that lacks a part' says 'event 18 (echo.rx at server): no frame on the wire' wide
it 'finds the parts of an echo that no event tells of' finds 'from byte 1448 on: no event speaks' "$reply and $six and .payload_len == 2000" empty
it 'finds the parts of a datagram that nobody received' finds 'UDP fd00::1 > fd00::2: part of packet' '.type == "udp.rx"' empty
it 'finds that an echo that did not leave was dropped without an event' finds 'no frame on the wire' '.type == "skb.drop" and .way == "out"' empty
tap_end
