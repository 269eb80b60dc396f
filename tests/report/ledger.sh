#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The ledger of the wire: a frame belongs to an event only if all of their numbers agree; each of the others has a reason.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf 'A SYN.\n    tcp.tx flags=S\n' >"$dir/expect"

# fresh: the stored run as it is
fresh() {
	rm -rf "$dir/run"
	cp -r "$run" "$dir/run"
}

# edit PYTHON: with `frames`, a list of bytearrays (16 bytes of the record's head, then the frame), of both captures
edit() {
	for capture in client server; do
		python3 - "$dir/run/wire-$capture-eth0.pcap" "$capture" "$1" <<-'END'
			import struct, sys
			path, capture, code = sys.argv[1:]
			data = open(path, "rb").read()
			frames, at = [], 24
			while at < len(data):
			    size = 16 + struct.unpack("<I", data[at + 8:at + 12])[0]
			    frames.append(bytearray(data[at:at + size]))
			    at += size
			exec(code)
			open(path, "wb").write(data[:24] + b"".join(frames))
		END
	done
}

# differs FRAME OFFSET BIT: the frame (from 1) at both taps with that bit of its byte turned over is no event's
differs() {
	fresh
	edit "frames[$1 - 1][16 + $2] ^= $3"
	fails 1 'no event speaks of it' "$report" check "$dir/run" "$dir/expect"
}

tells() {
	"$report" show wire "$dir/run" --width 300 >"$dir/out" 2>"$dir/err" || [ $? = 2 ]
	cat "$dir/out" "$dir/err"
	grep -q -- "$1" "$dir/out" "$dir/err"
}

# both_or_one: each packet id stands at two frames with the same bytes, but for the one that one tap lacks
both_or_one() {
	"$report" write --taps "$dir/run" "$dir/expect" || [ $? = 2 ]
	tshark -r "$dir/run/wire.pcapng" -T fields -e frame.packet_id -e ip.id -e tcp.seq_raw -e arp.opcode -e eth.src 2>/dev/null |
		sort | uniq -c | awk '{ ids[$2]++; count[$1]++ } END { for (id in ids) if (ids[id] != 1) exit 1; exit !(count[1] == 1 && count[2] == 12) }'
}

# frame 6 is the third segment of the handshake, 2 the ARP request, 7 the first with data
it 'compares the source address' differs 6 29 1
it 'compares the destination address' differs 6 33 1
it 'compares the source port' differs 6 35 1
it 'compares the destination port' differs 6 37 1
it 'compares the sequence number' differs 6 41 1
it 'compares the acknowledged number' differs 6 45 1
it 'compares the flags' differs 6 47 4
it 'compares the id of the IP header' differs 6 18 128
it 'compares the operation of ARP' differs 2 21 3
it 'compares the address that ARP asks for' differs 2 41 1

fresh
edit 'frames[6][16 + 17] -= 1'
it 'misses a byte at the end of a segment' fails 1 'event 102 (tcp.rx at server): its last bytes are not on the wire' "$report" check "$dir/run" "$dir/expect"
fresh
edit 'if capture == "client": del frames[0]'
it 'pairs what both taps saw, when one of them lacks a frame' both_or_one
fresh
edit 'frames[5], frames[6] = frames[6], frames[5]'
it 'says that the order of the wire is not that of the events' tells 'its order is not that of the events'
# the third segment of the handshake, pkt 6, never came to the wire
lose() {
	fresh
	edit 'del frames[5]'
}
lose
it 'misses a segment that came to no wire' fails 1 'event 87 (tcp.rx at server): no frame on the wire' "$report" check "$dir/run" "$dir/expect"
it 'names the point that would have told of a drop' tells 'event 83 (tcp.tx at client): no frame on the wire; whether it was dropped is not known: kfree_skb is not watched in this run'
lose
sed -i '/^{"n":88,/{s/"type":"tcp.state"/"type":"skb.drop","proto":"TCP"/; s/"pkt":[a-z0-9]*/"pkt":6/}' "$dir/run/events.jsonl"
seal "$dir/run/events.jsonl"
# excused: no word on what the server received (on the state, whose place the drop took, there are some)
excused() { tells 'Frames on the wire' && ! grep 'event 87[ :]' "$dir/out" "$dir/err"; }
it 'takes a drop for the reason' excused

# the SYN never came to the wire, nor a MAC for it
fresh
edit 'del frames[3]'
sed -i '/^{"n":63,/s/"REACHABLE"/"INCOMPLETE"/; /^{"n":63,/s/"queue_len":[0-9]*/"queue_len":1/' "$dir/run/events.jsonl"
seal "$dir/run/events.jsonl"
it 'knows that a segment waits for a MAC' tells 'event 48 (tcp.tx at client): no frame on the wire; it waits for its neighbour'

# the first segment with data is twice as long, and the card cuts it into two parts; QEMU adds an empty one
parted() {
	fresh
	sed -i -E '/^\{"n":10[12],/s/("payload_len":)17/\134/; /^\{"n":10[12],/s/"end_seq":[0-9]+/"end_seq":2253021554/; s/"snd_nxt":225302153[78]/"snd_nxt":null/' "$dir/run/events.jsonl"
	seal "$dir/run/events.jsonl"
	edit '
def part(frame, number, payload):
    frame = frame[:]
    ip_id, seq = struct.unpack(">H", frame[34:36])[0], struct.unpack(">I", frame[54:58])[0]
    frame[34:36] = struct.pack(">H", ip_id + number)
    frame[54:58] = struct.pack(">I", seq + 17 * number)
    if not payload:
        frame[32:34] = struct.pack(">H", struct.unpack(">H", frame[32:34])[0] - 17)
    return frame
frames[7:7] = [part(frames[6], 1, True)] + [part(frames[6], 2, False)]'
}
parted
it 'gives the parts of a segment that was cut to one event' says 'unmatched: 1' "$report" show summary "$dir/run"
it 'asks for what the receiver says of the empty one' tells 'server-eth0 *9 .*unmatched$'
it 'knows the empty frame that QEMU adds' tells 'client-eth0 *9 .*101 .*adds it to a segment that it cuts'

# of_part EVENT FROM TO: a field of the segment that was cut, or of the one that its parts became, is another one
of_part() {
	parted
	sed -i "/^{\"n\":$1,/s/$2/$3/" "$dir/run/events.jsonl"
	seal "$dir/run/events.jsonl"
}
of_part 102 '"ttl":64' '"ttl":63'
it "compares the header of IP with that of a joined segment's parts" tells 'event 102: ip.ttl is 63; wire-server-eth0.pcap frame 7 says 64'
of_part 102 '"val":' '"val":1'
it 'compares their options' tells 'event 102: opts is .* wire-server-eth0.pcap frame 7 says'

# the SYN asks for ECN: E and W in its events and frames, then in one of both only
ecn() {
	fresh
	sed -i 's/"flags":"S"/"flags":"SEW"/' "$dir/run/events.jsonl"
	seal "$dir/run/events.jsonl"
	edit "if capture in '$1': frames[3][16 + 47] |= 0xc0"
}
ecn 'client server'
it 'knows all flags' says 'unmatched: 0' "$report" show summary "$dir/run"
it 'says them' tells 'SEW seq 2253021519'
ecn client
it 'misses a flag that one frame has not' fails 1 'no event speaks of it' "$report" check "$dir/run" "$dir/expect"

# the third segment twice: a qdisc made a copy, and both came
copied() {
	fresh
	edit 'frames.insert(6, frames[5][:])'
}
copied
it 'knows a copy that a qdisc made' tells 'client-eth0  *7 .*a copy that a qdisc made'
it 'asks for what its receiver says of it' tells 'server-eth0  *7 .*unmatched$'

fresh
edit 'if capture == "server": del frames[5]'
it 'misses a frame that one capture lacks' fails 1 'the capture of the other card lacks it' "$report" check "$dir/run" "$dir/expect"
fresh
edit 'if capture == "server": del frames[12]'
sed -i '/^{"n":1[34][0-9]/s/"type":"tcp.rx"/"type":"tcp.ry"/' "$dir/run/events.jsonl"
it 'tells of a frame that came to no card' tells 'client-eth0  *13 .*it came to no other card: QEMU kept it until the run ended'

# lacking CAPTURE FRAME: the stored run of the route lab, cut at its end, when that capture has not that frame
lacking() {
	rm -rf "$dir/run"
	cp -r tests/report/route "$dir/run"
	python3 - "$dir/run/wire-$1.pcap" "$2" <<-'END'
		import struct, sys
		path, number = sys.argv[1:]
		data = open(path, "rb").read()
		frames, at = [], 24
		while at < len(data):
		    size = 16 + struct.unpack("<I", data[at + 8:at + 12])[0]
		    frames.append(data[at:at + size])
		    at += size
		del frames[int(number) - 1]
		open(path, "wb").write(data[:24] + b"".join(frames))
	END
	"$report" show wire --width 300 "$dir/run" 2>&1 || :
}
it 'knows a last frame that came, for it was acknowledged' says 'F. seq 1020872299 ack 1674441035: the capture of the other card lacks it' lacking client-eth0 13
it 'knows one that came, for it went on' says '. seq 1674441035 ack 1020872300: the capture of the other card lacks it' lacking router-eth0 14
it 'says of one of which nothing tells that it came to no card' says 'it came to no other card: QEMU kept it until the run ended' lacking server-eth0 14

# unwatch POINT: the run does not watch it, and has no event of it
unwatch() {
	fresh
	python3 - "$dir/run/events.jsonl" "$1" <<-'END'
		import json, sys
		path, name = sys.argv[1:]
		lines = [json.loads(line) for line in open(path)]
		for line in lines[0], lines[-1]:
		    line["points"] = [point for point in line["points"] if point["name"] != name]
		lines[1:-1] = [line for line in lines[1:-1] if line["point"] != name]
		lines[-1]["events"] = len(lines) - 2
		for n, line in enumerate(lines[1:-1]):
		    line.update(n=n + 1, parent=None)
		open(path, "w").writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
	END
}
holds() { "$report" check "$dir/run" "$dir/expect" | grep '^held    Every TCP and ARP frame'; }
for point in ip_output tcp_v4_rcv arp_xmit arp_rcv; do
	unwatch $point
	it "names $point, which is not watched" tells "$point is not watched in this run"
	it 'and holds' holds
done

fresh
sed -i '2,27d' "$dir/run/events.jsonl"
it 'tells what was captured before the points were armed' tells 'client-eth0  *1 .*captured before the points were armed'
fresh
sed -i '/^{"n":13[2-9]/d; /^{"n":14/d' "$dir/run/events.jsonl"
it "tells what was captured after the lab's end" tells "client-eth0 .*captured after the lab's end"
fresh
sed -i '/^{"n":74,/d' "$dir/run/events.jsonl"
it 'lists a frame without its event' tells 'server-eth0 .* S\. seq .*unmatched$'
it 'has an event or a reason for each frame' sh -c "! '$report' show wire '$run' | grep unmatched"

# by_program LENGTH: the third segment of the handshake, which a program made
by_program() {
	fresh
	sed -i '/^{"n":83,/{s/"type":"tcp.tx"/"type":"frame.tx"/; s/"saddr"/"eth_src":"52:54:00:00:00:01","eth_dst":"52:54:00:00:00:02","ethertype":"0x0800","frame_len":'"$1"',"saddr"/}' "$dir/run/events.jsonl"
	seal "$dir/run/events.jsonl"
}
by_program 66
it 'knows a frame that a program made' tells 'client-eth0  *6 .*a program sent it by AF_PACKET, past IP and ARP'
by_program 67
it 'only if it is that one' tells 'client-eth0  *6 .*unmatched$'

# six NEXT_HEADER: a frame over IPv6 behind all others at both taps: from fd00::1 to fd00::2, 20 bytes of a SYN from 5 to 80
six() {
	fresh
	edit "
frame = bytes.fromhex('52540000000252540000000186dd' '6ab00000' '0014' '%02x' % $1 + '40'
    + 'fd00' + '00' * 13 + '01' + 'fd00' + '00' * 13 + '02' + '0005' '0050' '00000001' '00000000' '5002' '1000' '0000' '0000')
head = bytearray(frames[-1][:16])
head[8:16] = struct.pack('<II', len(frame), len(frame))
frames.append(head + bytearray(frame))"
}
wire_wide() { "$report" show wire --width 300 "$dir/run" 2>&1 || :; }
as_tshark() {
	tshark -r "$dir/run/wire-client-eth0.pcap" -Y ipv6 -T fields -E separator=' ' -e ipv6.src -e tcp.srcport -e ipv6.dst -e tcp.dstport \
		-o tcp.relative_sequence_numbers:FALSE -e tcp.seq 2>/dev/null |
		{ read -r from sport to dport seq && echo "TCP [$from]:$sport > [$to]:$dport S seq $seq ack 0"; }
}
six 6
it 'reads a segment over IPv6' says 'TCP [fd00::1]:5 > [fd00::2]:80 S seq 1 ack 0' wire_wide
it 'as tshark does' says "$(as_tshark)" wire_wide
it 'and says why none of its events is there' says 'ip6_output is not watched in this run' wire_wide
it 'at its receiver, too' says 'tcp_v6_rcv is not watched in this run' wire_wide
six 58
it 'reads the addresses of what else goes over IPv6' says 'IPv6 fd00::1 > fd00::2: next header 58' wire_wide
tap_end
