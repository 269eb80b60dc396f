#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every store into the kernel's objects: what it says is what events, wires and the kernel's layout say, and nothing is missed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready
make -s build/ktreport >&2

# recorded KDIR LAB: a run in $work/LAB; no byte of an object has changed without a store
recorded() {
	traced "$1" "$2" "$work/$2" && events "$1" "$work/$2" && build/ktreport resolve --source="$source" "$work/$2" "$1/vmlinux"
}

# wrote LAB FIELD: the rows as JSON
wrote() { build/ktreport show writes "$2" "$work/$1" --json --source="$source" | jq -c '.tables[0].rows[]'; }

# changes LAB FIELD: "BEFORE AFTER" of each store that changed it, in order; without the first of a socket, and without the
# neighbours that need no ARP: no event tells of them
changes() { wrote "$1" "$2" | jq -r 'select(.before != .after and .before != "0" and .after != "NOARP") | "\(.before) \(.after)"'; }

# states: every change of a TCP state has its event, and the other way round
states() {
	diff <(changes handshake sock.sk_state) \
		<(jq -r 'select(.type == "tcp.state" and .old != "NEW_SYN_RECV" and .new != "NEW_SYN_RECV" and .new != "TIME_WAIT" and .old != "TIME_WAIT") | "\(.old) \(.new)"' "$work/handshake/events.jsonl")
}
neighbours() {
	diff <(changes arp neighbour.nud_state | sort) \
		<(jq -r 'select(.type == "neigh.state" and .nud.old != .nud.new) | "\(.nud.old) \(.nud.new)"' "$work/arp/events.jsonl" | sort)
}

# frames FIELD: of each TCP frame once, as it left its sender's card
frames() { tshark -r "$work/handshake/wire-$1-eth0.pcap" -Y "tcp and ip.src == $2" -T fields -o tcp.relative_sequence_numbers:FALSE -e "$3" 2>/dev/null; }

# header FIELD TSHARK'S: what was written into the senders' headers is what their frames have
header() {
	[ "$(wrote handshake "tcphdr.$1" | wc -l)" -gt 8 ] &&
		diff <(wrote handshake "tcphdr.$1" | jq -r .after | grep -vx 0 | sort) \
			<({ frames client 10.0.0.1 "$2"; frames server 10.0.0.2 "$2"; } | awk "{ print \$1 / $3 }" | grep -vx 0 | sort)
}
numbers() {
	diff <(wrote handshake tcphdr.seq | jq -r .after | grep -vx 0 | sort -u) <({ frames client 10.0.0.1 tcp.seq; frames server 10.0.0.2 tcp.seq; } | sort -u)
}

# six FIELD TSHARK'S: what was written into the headers of IPv6 is what their frames have
six() {
	[ "$(wrote ipv6 "ipv6hdr.$1" | wc -l)" -gt 8 ] &&
		diff <(wrote ipv6 "ipv6hdr.$1" | jq -r .after | sort) \
			<({ sixes client fd00::1 "$2"; sixes server fd00::2 "$2"; } | sort)
}
sixes() { tshark -r "$work/ipv6/wire-$1-eth0.pcap" -Y "ipv6.src == $2" -T fields -e "$3" 2>/dev/null; }

# apart: no packet has both families' headers; that of IPv6 is written by ip6_xmit(), of an echo by what ping and its answer are
apart() {
	comm -12 <(wrote ipv6 'iphdr.*' | jq -r 'select(.object | test("packet")) | .object' | sort -u) \
		<(wrote ipv6 'ipv6hdr.*' | jq -r .object | sort -u) | tee "$work/both"
	[ ! -s "$work/both" ] && wrote ipv6 'ipv6hdr.*' | jq -se 'length > 40 and all(.by | test("ip6_xmit|(rawv6_sendmsg|icmpv6|rawv6_push).* -> ip6_push_pending_frames"))'
}

# syn: three stores make the two SYNs, each by the function whose line it shows
syn() {
	[ "$(wrote handshake tcphdr.syn | jq -r 'select(.after == "1") | .object | split(",")[0]' | tr '\n' ';')" = 'client;server;' ] &&
		wrote handshake tcphdr.syn | jq -se '[.[] | select(.after == "1")] | (.[0].by | endswith("-> __tcp_transmit_skb")) and (.[1].by | endswith("tcp_make_synack")) and (.[1].source == "th->syn = 1;")'
}

# only_packets: headers of IP are written by IP; a message of netlink, which the guest's programs send, has none
only_packets() { wrote handshake 'iphdr.*' | jq -se 'length > 20 and all(.[]; .line | test("^(net/ipv4/|include/net/ip|include/linux/ip|net/core/dev|drivers/)"))'; }

# by: who makes the client ESTABLISHED, through what calls it
by() { wrote handshake sock.sk_state | jq -se '[.[] | select(.before == "SYN_SENT")] | length == 1 and (.[0].by | contains("tcp_finish_connect -> tcp_set_state")) and (.[0].object | startswith("client, "))'; }

# copied: what a function of the assembler writes is said of who calls it
copied() { wrote arp arphdr.ar_sha | jq -se 'length > 0 and all(.by | contains("arp_create"))'; }

# grows: the SYN grows by TCP's, IP's and the card's header to the frame that is on the wire, and shrinks again where it came
grows() {
	local frame
	frame=$(tshark -r "$work/handshake/wire-client-eth0.pcap" -Y 'tcp.flags == 2' -T fields -e frame.len 2>/dev/null)
	build/ktreport show packet 2 "$work/handshake" --json --source="$source" | jq -e --argjson frame "$frame" '
		[.tables[] | select(.name == "changes").rows[]] as $rows | [$rows[] | select(.field == "skb.len").after | tonumber] as $lengths |
		($lengths | index($frame)) as $sent | ($lengths[:$sent] | . == sort) and ($lengths | length) > $sent + 3 and
		([$rows[].object | split(",")[0]] | unique == ["client", "server"]) and ([$rows[].field | split(".")[0]] | all(IN("skb", "tcphdr", "iphdr", "ethhdr", "tcp_skb_cb", "inet_skb_parm", "data")))'
}

# within FIRST LAST: stores between two events are between them
within() {
	local first last
	first=$(jq -r "select(.n == $1).icount" "$work/handshake/events.jsonl") last=$(jq -r "select(.n == $2).icount" "$work/handshake/events.jsonl")
	wrote handshake "sock@$1..$2" | jq -se "length > 10 and all(.icount >= $first and .icount < $last and (.event | tonumber) >= $1 and (.event | tonumber) < $2)"
}

# same: the same run has the same stores, but for the plan's place in memory
same() { traced "$1" handshake "$work/again" && cmp "$work/handshake/writes.bin" "$work/again/writes.bin"; }

untouched() { untraced "$1" handshake "$work/untraced" && alike "$work/untraced" "$work/handshake"; }

# cut_off: what a file has that was cut off is shown, and that it was
cut_off() {
	local bytes
	bytes=$(stat -c %s "$work/handshake/writes.bin")
	cp -r "$work/handshake" "$work/cut"
	truncate -s $((bytes * 9 / 10)) "$work/cut/writes.bin"
	build/ktreport show writes sock.sk_state "$work/cut" --json | jq -e '(.tables[0].rows | length > 5) and (.tables[0].notes | any(test("cut off")))'
}

# expectations: about stores, what holds, in its order, and what does not
expectations() {
	cat >"$work/holds" <<-'END'
	The SYN-ACK makes the client ESTABLISHED, after its SYN.
	    syn: tcp.tx netns=client flags=S
	    made: wrote field=sock.sk_state netns=client old=SYN_SENT new=ESTABLISHED by~tcp_finish_connect->tcp_set_state
	    count 1 wrote field=tcphdr.syn netns=client new=1
	    never before $syn wrote field=sock.sk_state netns=client new=ESTABLISHED
	    never after $made wrote field=sock.sk_state netns=client new=ESTABLISHED
	    after $made tcp.tx netns=client flags=.
	A store into a header is told of all its fields, whatever was there before.
	    count 3..9 wrote field=tcphdr.urg netns=client new=0 by~__tcp_transmit_skb
	END
	cat >"$work/fails" <<-'END'
	Nobody else does.
	    wrote field=sock.sk_state netns=client old=SYN_SENT new=ESTABLISHED by~tcp_close
	END
}
judged() { build/ktreport check "$work/handshake" "$work/holds" && fails 1 'expected by~tcp_close, found by=["inet_sk_state_store"' build/ktreport check "$work/handshake" "$work/fails"; }
# of the gdb engine's runs nothing is said
skipped() { build/ktreport check tests/report/handshake "$work/holds" | grep -A1 '^skipped .*ESTABLISHED, after its SYN' | grep 'only the plugin engine records lines and writes'; }

# refuses FIELD SENTENCE
refuses() {
	fails 2 "$2" build/ktreport show writes "$1" "$work/handshake" &&
		fails 2 "$2" build/ktreport show writes "$1" --json "$work/handshake"
}

# in_headers: each header of a sent packet is told by show packet, whatever lay in its buffer before: the SYN bit of each SYN
in_headers() {
	local pkt changes
	while read -r pkt; do
		build/ktreport show packet "$pkt" "$work/handshake" --json --source="$source" >"$work/packet" || return
		changes='[.tables[] | select(.name == "changes").rows[]]'
		jq -e "$changes"' | (map(select(.field == "tcphdr.syn" and .after == "1")) | length > 0 and all(.by | test("__tcp_transmit_skb$|tcp_make_synack$")))
			and ([.[].field] | contains(["tcphdr.dest", "tcphdr.fin", "iphdr.ttl", "iphdr.protocol", "iphdr.daddr", "ethhdr.h_proto"]))
			and all(.before != .after or (.field | test("^(tcp|ip|ipv6|udp|icmp|eth|arp)hdr[.]")))' "$work/packet" || return
	done < <(jq -r 'select(.type == "tcp.tx" and (.flags | startswith("S"))).pkt' "$work/handshake/events.jsonl" | head -n 2)
	# a buffer that has everything already, as one that was used before may: nothing changes, and all of it is told
	wrote handshake 'data.syn' | jq -se 'any(.field == "tcphdr.syn")'
}

# macros: a field by the name that the kernel's macro has for it: the same stores; each macro is one of the kernel's
macros() {
	local macro field
	while read -r macro field; do
		wrote handshake "$field" >"$work/field" && wrote handshake "$macro" | diff - "$work/field" || { echo "$macro is not $field"; return 1; }
		[ -s "$work/field" ] || { echo "$field was not written"; return 1; }
	done <<-'END'
		sock.sk_rmem_alloc sock.sk_backlog.rmem_alloc.counter
		sock.sk_backlog.rmem_alloc sock.sk_backlog.rmem_alloc.counter
		sock.inet_daddr sock.sk_daddr
		sock.inet_num sock.sk_num
		sock.skc_state sock.sk_state
		request.rsk_rcv_wnd request.skc_rcv_wnd
		timewait.tw_rcv_nxt timewait.tw_tw_rcv_nxt
	END
	while read -r macro field; do
		grep -rqE "#define[[:space:]]+${macro}[[:space:]]+([a-z_.]*[.])?$field\$" "$source/include/net" "$source/include/linux/tcp.h" ||
			{ echo "this kernel has no '#define $macro …$field'"; return 1; }
	done < <(sed -nE 's/^\t\{ "(sock|request|timewait)", "([a-z0-9_]*[a-z0-9])", "([a-z0-9_.]+)" \},$/\1 \2 \3/p' report/judge/asked.c |
		sed -E 's/^sock ([^ ]+) sk_backlog/\1 sk_backlog/; s/^sock ([^ ]+) sk_/\1 skc_/; s/^request //; s/^timewait ([^ ]+) tw_/\1 skc_/' | tee "$work/macros")
	[ "$(wc -l <"$work/macros")" -gt 20 ]
}

for kernel in $(kernels); do
	rm -rf "${work:?}"/*
	expectations
	source=$(sed -n "s/^KTLAB_SOURCE='\(.*\)'/\1/p" "$kernel/kernel.env")
	it "records every store of the handshake on ${kernel##*/}" recorded "$kernel" handshake
	it 'records every store of the arp lab' recorded "$kernel" arp
	it 'records every store of the ipv6 lab' recorded "$kernel" ipv6
	it 'changes nothing' untouched "$kernel"
	it 'is the same in the same run' same "$kernel"
	it 'has the changes of TCP states that the events have' states
	it "has the neighbours' changes that the events have" neighbours
	it 'has the sequence numbers that the frames have' numbers
	it 'has the header lengths that the frames have' header doff tcp.hdr_len 4
	it 'has the windows that the frames have' header window tcp.window_size_value 1
	it 'has the payload lengths over IPv6 that the frames have' six payload_len ipv6.plen
	it 'has the hop limits that the frames have' six hop_limit ipv6.hlim
	it "keeps IPv6's headers apart from IPv4's" apart
	it 'takes no message of netlink for a packet' only_packets
	it 'says who sets SYN, in both' syn
	it 'says through which calls' by
	it 'says who has a function of the assembler copy' copied
	it 'tells how a packet grows and shrinks' grows
	it 'tells what was written between two events' within 80 90
	it 'judges what an expectation says of stores' judged
	it 'judges nothing of them in a run of gdb' skipped
	it 'shows what a file that is cut off has' cut_off
	it 'knows the kinds' refuses sokc.sk_state "no kind of object is called 'sokc'; there are: sock request timewait skb neighbour route result data"
	it 'finds a field whose kind was left out' refuses snd_cwnd "no kind of object is called 'snd_cwnd'; fields of that name: sock.snd_cwnd"
	it 'finds a field by a part of its path' refuses sock.rmem_alloc 'near: sock.sk_backlog.rmem_alloc.counter'
	it 'knows fields by the macros of the kernel' macros
	it 'tells every store into a header' in_headers
	it 'says that nothing was written' says 'no store went into route.rt_flags' build/ktreport show writes route.rt_flags@1..2 "$work/handshake"
	it 'knows the fields' refuses sock.sk_sate "sock has no field 'sk_sate' in this kernel; near: sk_state"
	it 'knows what is no range' refuses sock.sk_state@9..3 "'sock.sk_state@9..3' is no field"
	it 'knows what is no event' refuses sock.sk_state@9999 "no event '9999' in this run, which has "
	it 'knows what is no packet' fails 2 "no event of packet '99999'" build/ktreport show packet 99999 "$work/handshake"
done
tap_end
