#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The second opinion on the wire: a whole run agrees, and each way in which events and frames can differ is found.
. tests/tap.sh

stored=tests/report/handshake
run=build/tests/wire
compare() { gdb-scripts/wire.sh "$run"; }

# changed JQ: the run with other events
changed() {
	rm -rf "$run"
	mkdir -p build/tests
	cp -r "$stored" "$run"
	jq -c "$1" "$stored/events.jsonl" >"$run/events.jsonl"
}

# differs NAME SENTENCE JQ: changed so, the comparison fails and says where
differs() {
	changed "$3"
	it "$1" fails 1 "$2" compare
}

# segment TYPE FLAGS CHANGE: of the client's segments with these flags
segment() { printf 'if .type == "%s" and .netns == "client" and .flags == "%s" then %s else . end' "$1" "$2" "$3"; }

changed .
it 'agrees with a stored run' says 'wire: 26 frames at the cards, read by tshark: as the events say' compare

while IFS='|' read -r field change; do
	differs "finds another $field" 'wire-client-eth0.pcap, frame 4: ' "$(segment tcp.tx S ".$change")"
done <<'E2'
window|win += 1
TTL|ip.ttl -= 1
length|ip.tot_len += 4
MSS option|opts[0].mss += 1
timestamp option|opts[2].val += 1
window scale option|opts[4].shift += 1
E2
differs 'finds another flag' 'frame 4: flags is 2; event' "$(segment tcp.tx S '.flags = "SE"')"
differs 'finds another sequence number' 'tells of a frame that is not there' "$(segment tcp.tx S '.seq += 1')"
differs 'finds another acknowledgement' 'tells of a frame that is not there' "$(segment tcp.rx S. '.ack += 1')"
differs 'finds another port' 'wire-client-eth0.pcap, frame 4 has no event' "$(segment tcp.tx S '.sport += 1')"
differs 'finds another hardware address' 'sha is 52:54:00:00:00:01; event' \
	'if .type == "arp.tx" and .netns == "client" then .sha = "52:54:00:00:00:09" else . end'
made='.type = "frame.tx" | .eth_src = "52:54:00:00:00:01" | .eth_dst = "52:54:00:00:00:02"'
changed "$(segment tcp.tx S "$made | .frame_len = 74")"
it 'knows a frame that a program made' says 'as the events say' compare
differs 'only if it is that one' 'wire-client-eth0.pcap, frame 4 has no event' "$(segment tcp.tx S "$made | .frame_len = 75")"
differs 'finds a frame without its event' 'has no event' "$(segment tcp.rx S. empty)"

# a segment like the one on the wire but for the timestamp, which netem has lost before it
changed "$(segment tcp.tx S '(.opts[2].val -= 1000), {n, type: "skb.drop", netns, proto: "TCP", saddr, daddr, sport, dport, seq}, .')"
it 'tells a segment that was lost from the one that was sent again' says 'as the events say' compare

# lost JQ: the run changed so, and the client's SYN is on no wire and came nowhere
lost() {
	changed "(if .netns == \"server\" and .type == \"tcp.rx\" and .flags == \"S\" then empty else . end) | $1"
	for wire in client server; do
		editcap -F pcap "$stored/wire-$wire-eth0.pcap" "$run/wire-$wire-eth0.pcap" \
			"$(tshark -r "$stored/wire-$wire-eth0.pcap" -Y 'tcp.flags == 2' -T fields -e frame.number 2>/dev/null)" 2>/dev/null
	done
}
lost .
it 'excuses a segment that came nowhere where no point tells of drops' says 'as the events say' compare
watch='if .type == "meta" then .points += [{name: "kfree_skb"}] else . end'
lost "$watch"
it 'and not where one does' fails 1 'tells of a frame that is not there' compare
lost "$watch | if .type == \"neigh.state\" and .netns == \"client\" then .nud.new = \"INCOMPLETE\" | .queue_len = 1 else . end"
it 'knows that it waits in the queue of a neighbour' says 'as the events say' compare

changed .
editcap -F pcap "$stored/wire-client-eth0.pcap" "$run/wire-client-eth0.pcap" 5 2>/dev/null
it 'finds an event without its frame' fails 1 'tells of a frame that is not there' compare
rm "$run/wire-client-eth0.pcap"
it 'says that a capture is missing' fails 2 "tshark cannot read 'build/tests/wire/wire-client-eth0.pcap'" compare
# tshark does so instead of its work; a line of its own to stderr is not needed
broken_tshark() {
	mkdir -p build/tests/wire.bin
	printf '#!/bin/sh\n%s\n' "$1" >build/tests/wire.bin/tshark
	chmod +x build/tests/wire.bin/tshark
	env PATH="$PWD/build/tests/wire.bin:$PATH" gdb-scripts/wire.sh "$run"
}
changed .
it 'says that tshark was killed' fails 2 'it ended with status -9' broken_tshark 'kill -KILL $$'
it 'says that tshark has read nothing' fails 2 'tshark has read 0 of 13 frames' broken_tshark 'exit 0'
it 'says that tshark has read a part' fails 2 'of 13 frames' broken_tshark "\"$(command -v tshark)\" \"\$@\" | head -n 3"
for status in 1 2 127; do
	it "says that tshark has ended with $status" fails 2 "it ended with status $status" broken_tshark "exit $status"
done
it 'tells a fault of our own from a difference' fails 3 "ktlab: 'wire' broke off: IndexError: " \
	sh -c "echo '[]' >'$run/events.jsonl'; gdb-scripts/wire.sh '$run'"
it 'says that there is no tshark' says 'since tshark is not installed' env PATH=build "$PWD/gdb-scripts/wire.sh" "$run"
tap_end
