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
		import re, sys
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
edit 'pass'
it 'believes each datagram, its queue and its sums' sh -c "! '$report' show wire --width 300 '$dir/run' 2>&1 | grep 'by its other fields'"
# changes TYPE TEXT FROM TO SAID: the first event of that type with that text in its line has TO in place of FROM; the run says so
changes() {
	edit "at = number('$1', '$2'); assert '$3' in events[at]; events[at] = events[at].replace('$3', '$4', 1)"
	says "$5" wide
}
it 'finds a sum that neither the kernel nor the card made' changes udp.tx '' '"check":' '"check":1' 'no event speaks of it'
it 'finds a buffer that is shorter than its datagram' changes udp.tx '"payload_len":100' '"skb_len":128' '"skb_len":127' 'skb_len is 127, by its other fields and events 128'
it 'finds one that is longer at its receiver' changes udp.rx '"payload_len":100' '"skb_len":108' '"skb_len":109' 'skb_len is 109, by its other fields and events 108'
it 'finds pages with more than the datagram' changes udp.rx '"payload_len":100' '"data_len":0' '"data_len":101' 'data_len is 101, by its other fields and events at most 100'
it 'finds another function than the one that was hit' changes udp.rx '' '"by":"udp_queue_rcv_one_skb"' '"by":"udp_rcv"' 'by is udp_rcv'
it 'finds a search by the other function' changes udp.lookup '"early":true' '"early":true' '"early":false' 'early is false, by its other fields and events true'
it 'finds a queue that grew before' changes udp.queue '"qlen":{"old":1,"new":2}' '"old":1' '"old":0' 'qlen.old is 0, by its other fields and events 1'
it 'finds a queue that is not one longer' changes udp.queue '"op":"add"' '"new":1' '"new":2' 'qlen.new is 2, by its other fields and events 1'
it 'finds that another datagram waits' changes udp.queue '"payload_len":100' '"payload_len":100' '"payload_len":99' 'payload_len is 99, by its other fields and events 100'
it 'finds that another one is taken' changes udp.queue '"op":"take","payload_len":100' '"payload_len":100' '"payload_len":99' 'payload_len is 99, by its other fields and events 100'
it 'finds memory that is no buffer' changes udp.queue '"op":"add","payload_len":100' '"rmem_bytes":1280' '"rmem_bytes":1281' 'rmem_bytes is 1281, by its other fields and events 0 and a multiple of 64'
it 'finds memory that holds no datagram' changes udp.queue '"op":"add","payload_len":100' '"rmem_bytes":1280' '"rmem_bytes":64' 'rmem_bytes is 64, by its other fields and events more than 100'
it 'finds memory that stays when a datagram goes' changes udp.queue '"op":"take","payload_len":100' '"rmem_bytes":1280' '"rmem_bytes":1281' 'rmem_bytes is 1281, by its other fields and events 1280'
it 'finds memory that stays when the last one goes' changes udp.queue '"qlen":{"old":1,"new":0}' '"rmem_bytes":0' '"rmem_bytes":1280' 'rmem_bytes is 1280, by its other fields and events 0'
edit 'at = number("udp.queue", "\"op\":\"take\",\"payload_len\":100"); assert "\"new\":1}" in events[at]; events[at] = events[at].replace("\"rmem_bytes\":1280", "\"rmem_bytes\":2560")'
it 'believes memory that is kept while others wait' sh -c "! '$report' show wire --width 300 '$dir/run' 2>&1 | grep 'by its other fields'"
# a poll() finds the first of two damaged, instead of who takes it
edit 'at = number("udp.queue", "\"op\":\"take\",\"payload_len\":100"); skb = re.search("\"skb\":\"(0x[0-9a-f]+)\"", events[at]).group(1)
n = re.search("\"n\":(\\d+)", events[at]).group(1); drop = events[number("skb.drop", "\"check\":1,")]
events[at] = re.sub("\"skb\":\"0x[0-9a-f]+\"", "\"skb\":\"%s\"" % skb, re.sub("\"n\":\\d+", "\"n\":" + n, drop, 1))'
it 'believes a queue out of which somebody who looked took a damaged datagram' sh -c "! '$report' show wire --width 300 '$dir/run' 2>&1 | grep 'qlen'"
it 'finds memory that a refused datagram takes' changes udp.queue '"op":"full"' '"rmem_bytes":2560' '"rmem_bytes":2561' 'rmem_bytes is 2561, by its other fields and events 2560'
it 'finds one that was let in over the limit' changes udp.queue '"rmem_bytes":2560' '"limit_bytes":2304' '"limit_bytes":1000' 'limit_bytes is 1000, by its other fields and events at least 1280'
it 'finds a drop that was not counted' changes udp.queue '"op":"full"' '"drops":1' '"drops":0' 'drops is 0, by its other fields and events 1 to 1'
it 'finds one that was counted and not dropped' changes udp.queue '"op":"add"' '"drops":0' '"drops":1' 'drops is 1, by its other fields and events 0 to 0'
it 'finds that ss shows another limit' changes witness '"what":"datagrams"' '"limit":2304' '"limit":2305' 'values.limit is 2305, by its other fields and events 2304'
it 'finds that what was dropped is not what came' changes skb.drop '"way":"socket"' '"check":' '"check":1' 'check is 1'
tap_end
