#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Datagrams: each has its frame, and each frame its event; tests/report/udp is a run of the send-resolve lab on Linux 5.4.286,
# tests/report/udp-lab one of the udp lab.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# which stored run; udp-lab is one of the udp lab, without its stacks
from=udp
# edit PYTHON: with `events`, the lines, and `frames`, those of the client's card (16 bytes of the record's head, then the frame)
edit() {
	rm -rf "$dir/run"
	cp -r "tests/report/$from" "$dir/run"
	python3 - "$dir/run/events.jsonl" "$dir/run/wire-client-eth0.pcap" "$1" <<-'END'
		import sys
		lines, wire, code = sys.argv[1:]
		events = open(lines, encoding="utf-8").read().splitlines(True)
		data = open(wire, "rb").read()
		frames, at = [], 24
		while at < len(data):
		    size = 16 + int.from_bytes(data[at + 8:at + 12], "little")
		    frames.append(bytearray(data[at:at + size]))
		    at += size
		def number(type_, text=""):
		    return next(at for at, line in enumerate(events) if '"type":"%s"' % type_ in line and text in line)
		exec(code)
		open(lines, "w", encoding="utf-8").write("".join(events))
		open(wire, "wb").write(data[:24] + b"".join(frames))
	END
}
wire() { "$report" show wire "$dir/run" 2>&1 || :; }
wide() { "$report" show wire --width 300 "$dir/run" 2>&1 || :; }
check() { "$report" check "$dir/run" labs/send-resolve/expect 2>&1 || :; }
summary() { "$report" show summary "$dir/run" 2>&1 || :; }

edit 'pass'
it 'gives the frames of both datagrams their events' says '30                -  -' wire
it 'finds each frame of a whole run' says 'unmatched: 0' summary
edit 'del events[number("udp.tx")]'
it 'finds an event of sending that is not there' says "frame 3: UDP 10.0.0.1:40256 > 10.0.0.2:5000 len 5: no event speaks" wire
edit 'del events[number("udp.rx")]'
it 'finds an event of receiving that is not there' says "frame 3: UDP 10.0.0.1:40256 > 10.0.0.2:5000 len 5: no event speaks" wire
edit 'del frames[2]'
it 'finds a frame that is not there' says 'the capture of the other card lacks it' check
edit 'at = number("udp.tx"); events[at] = events[at].replace("\"payload_len\":5", "\"payload_len\":6", 1)'
it 'finds a datagram of another length' says "frame 3: UDP 10.0.0.1:40256 > 10.0.0.2:5000 len 5: no event speaks" wire
edit 'at = number("udp.rx"); events[at] = events[at].replace("\"check\":", "\"check\":1", 1)'
it 'finds a received checksum that is not the frame'"'"'s' says "frame 3: UDP 10.0.0.1:40256 > 10.0.0.2:5000 len 5: no event speaks" wire
edit 'at = number("udp.rx"); events[at] = events[at].replace("\"ip\":{\"id\":", "\"ip\":{\"id\":1", 1)'
it 'finds a datagram of another id' says "frame 3: UDP 10.0.0.1:40256 > 10.0.0.2:5000 len 5: no event speaks" wire
edit 'at = number("udp.rx"); events[at] = events[at].replace("\"ttl\":64", "\"ttl\":63", 1)'
it 'finds a field of the header that is not the frame'"'"'s' says 'ip.ttl is 63; wire-server-eth0.pcap frame 3 says 64' check

from=udp-lab
edit 'pass'
it 'finds each frame of the udp lab: groups, parts, those that are dropped' says 'unmatched: 0' summary
edit 'del events[number("skb.drop", "\"dport\":9,")]'
it 'finds that a datagram for no socket was dropped without an event' says '10.0.0.2:9 len 5: no event speaks' wide
edit 'del events[number("skb.drop", "\"check\":1,")]'
it 'finds that a damaged datagram was dropped without an event' says '10.0.0.1:7 > 10.0.0.2:5006 len 6: no event speaks' wide
edit 'del events[number("udp.rx", "\"payload_len\":4000")]'
it 'finds the later parts of a datagram that nobody received' says 'from byte 2960 on: no event speaks' wide
edit 'at = number("udp.rx", "\"daddr\":\"224.0.0.1\""); events.insert(at, events[at])'
it 'finds that one socket gets a datagram to a group twice' says 'no frame on the wire' wide
edit 'at = number("udp.queue"); events[at] = events[at].replace("\"op\":\"add\"", "\"op\":\"put\"")'
it 'finds a word for what became of a queue that there is not' says 'op is put' wide
tap_end
