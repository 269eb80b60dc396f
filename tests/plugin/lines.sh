#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which lines ran: every watched call has its record, at the instruction of its event; nothing of the guest is changed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready
make -s build/ktreport build/ktrun >&2

# lined KDIR WORDS: the handshake with the lines of these functions, too
lined() {
	KTLAB_LINES=$2 POINTS=tcp_parse_options traced "$1" handshake "$work/run" && events "$1" "$work/run" &&
		build/ktreport resolve --source="$source" "$work/run" "$1/vmlinux"
}

# shown EVENT: its lines as JSON
shown() { build/ktreport show lines "$1" "$work/run" --json --source="$source"; }

# event FN [AT [NTH]]: the number of an event
event() { jq -r --arg fn "$1" --arg at "${2:-enter}" 'select(.fn == $fn and .at == $at).n' "$work/run/events.jsonl" | sed -n "${3:-1}p"; }

# every_call: each fourth event at an entry or a return of a function has the call's lines, the first of which ran once
every_call() {
	local n fn lost=0 seen=0
	while read -r n fn; do
		seen=$((seen + 1))
		shown "$n" | jq -e '[.tables[] | .rows[] | select(.order == 1)] | length == 1' >/dev/null ||
			{ echo "event $n, $fn, has no lines"; lost=$((lost + 1)); }
	done < <(jq -r 'select(.n and .at != "line" and .fn and .fn != "comm_write") | "\(.n) \(.fn)"' "$work/run/events.jsonl" | awk 'NR % 4 == 1')
	[ $seen -gt 20 ] && [ $lost = 0 ]
}

# lines_of EVENT: the source of the lines that ran, in their order
lines_of() {
	shown "$1" | jq -r '[.tables[0].rows[] | select(.count > 0)] | sort_by(.order)[] | .source'
}

# cases: the SYN, the SYN-ACK and the last ACK each take their own case of tcp_rcv_state_process()
cases() {
	local nth=1 state n
	for state in LISTEN SYN_SENT SYN_RECV; do
		n=$(event tcp_rcv_state_process enter $nth)
		lines_of "$n" >"$work/case-$state"
		nth=$((nth + 1))
	done
	grep -q 'conn_request(sk, skb)' "$work/case-LISTEN" && ! grep -q 'tcp_rcv_synsent_state_process(' "$work/case-LISTEN" &&
		grep -q 'tcp_rcv_synsent_state_process(' "$work/case-SYN_SENT" && ! grep -q 'conn_request(' "$work/case-SYN_SENT" &&
		grep -q 'tcp_set_state(sk, TCP_ESTABLISHED)' "$work/case-SYN_RECV"
}

# beside: the same three, and each line differs that ran in some of them alone
beside() {
	local events
	events=$(event tcp_rcv_state_process enter 1),$(event tcp_rcv_state_process enter 2),$(event tcp_rcv_state_process enter 3)
	shown "$events" | jq -e --arg events "$events" '($events | split(",")) as $n | .tables[0].rows |
		(map(select(.differs != null and .differs != (([$n[] as $e | .[$e] > 0] | unique | length) == 2))) == []) and
		([.[] | select(.differs).source] | any(contains("conn_request(sk, skb)")) and any(contains("tcp_rcv_synsent_state_process("))) and
		(first(.[] | select(.source | contains("switch (sk->sk_state)"))).differs | not)' &&
		fails 2 'is of another function' build/ktreport show lines "${events%%,*},$(event tcp_v4_connect)" "$work/run"
}

# unwatched: a function that has no event has its calls by number, each after the event before it, and each can be shown
unwatched() {
	shown tcp_ack >"$work/tcp_ack" && [ -z "$(event tcp_ack)" ] &&
		jq -e --slurpfile events "$work/run/events.jsonl" '(.tables[] | select(.name == "calls").rows) as $calls | ($calls | length) > 3 and
			[$calls[].call] == [range($calls | length) | "tcp_ack#\(. + 1)"] and ([$calls[].icount] | . == sort) and
			all($calls[]; . as $call | $call.event == null and ($call.after | tonumber) ==
				([$events[] | select(.icount and .n and .icount < $call.icount)] | max_by([.icount, .n]).n)) and
			([.tables[0].rows[] | select(.["tcp_ack#1"] > 0)] | length > 20)' "$work/tcp_ack" &&
		shown tcp_ack#3 | jq -e --argjson enter "$(jq '.tables[] | select(.name == "calls").rows[2].icount' "$work/tcp_ack")" '
			(.tables[0].title | contains("tcp_ack#3, instructions \($enter) ")) and ([.tables[0].rows[] | select(.order == 1)] | length == 1)' &&
		shown "tcp_ack#1,tcp_ack#3" | jq -e '.tables[0].rows | length > 50 and any(.differs)'
}

# watched: of a function that has events the calls are theirs, in the same order, and no list repeats them
watched() {
	shown tcp_v4_rcv | jq -e 'all(.tables[]; .name != "calls")' &&
		shown tcp_v4_rcv#2 | jq -e --slurpfile events "$work/run/events.jsonl" '
			($events | map(select(.fn == "tcp_v4_rcv" and .at == "enter"))[1].icount) as $enter |
			.tables[0].title | contains("tcp_v4_rcv#2, instructions \($enter) ")'
}

# closed: what is shown ends with the brace that ends the function, and has one in the first column nowhere else
closed() {
	local n
	for n in "$(event tcp_rcv_state_process)" "$(event tcp_v4_connect)" tcp_ack#1; do
		shown "$n" | jq -e '[.tables[0].rows[].source] | last == "}" and ([.[] | select(startswith("}"))] | length == 1)' ||
			{ echo "$n is not shown to its end"; return 1; }
	done
}

# once: entry and return of one call are the same lines
once() {
	local columns='[.tables[].rows[]] | select(length > 50)'
	[ -n "$(shown "$(event tcp_v4_connect)" | jq -c "$columns")" ] && [ "$(shown "$(event tcp_v4_connect)" | jq -c "$columns")" = "$(shown "$(event tcp_v4_connect return)" | jq -c "$columns")" ]
}

# turns: the loop of tcp_parse_options() turns once for each option of the SYN, with those that fill up, as the wire has them
turns() {
	local options
	options=$(tcpdump -nr "$work/run/wire-client-eth0.pcap" 'tcp[13] == 2' 2>"$work/tcpdump" | sed -n 's/.*options \[\(.*\)\].*/\1/p' | tr ',' '\n' | grep -c .)
	shown "$(event tcp_parse_options)" | jq -e --argjson options "$options" '[.tables[].rows[] | select(.count and ((.source // "") | contains("int opcode = *ptr++")))] |
		length == 1 and .[0].count == $options and $options > 3'
}

untouched() { untraced "$1" handshake "$work/untraced" && alike "$work/untraced" "$work/run"; }

# changed_source: a file that is not the one of the run is named, and has no marks on its text
changed_source() {
	local n
	n=$(event tcp_v4_connect)
	mkdir -p "$work/tree/net/ipv4"
	echo 'int changed;' >"$work/tree/net/ipv4/tcp_ipv4.c"
	build/ktreport show lines "$n" "$work/run" --json --source="$work/tree" |
		jq -e '(.tables[0].notes[0] | test("has changed")) and ([.tables[0].rows[].source] | all(. == null or . == ""))
			and ([.tables[0].rows[] | select(.count == 1)] | length > 20)'
}
gone_source() {
	build/ktreport show lines "$(event tcp_v4_connect)" "$work/run" --json --source=/nowhere |
		jq -e '.tables[0].notes[0] | test("not at hand")'
}

# other_tree KDIR: by the time of the run the tree is another release's; the kernel's own sums were noted when it was built
other_tree() {
	local n
	n=$(event tcp_v4_connect)
	mkdir -p "$work/built" "$work/swapped/net/ipv4"
	ln -s "$1/vmlinux" "$work/built/vmlinux"
	(cd "$source" && sha256sum net/ipv4/*.c) >"$work/built/sources.sha256"
	sed '1i // one line more' "$source/net/ipv4/tcp_ipv4.c" >"$work/swapped/net/ipv4/tcp_ipv4.c"
	cp -r "$work/run" "$work/late"
	build/ktreport resolve --source="$work/swapped" "$work/late" "$work/built/vmlinux" &&
		build/ktreport show lines "$n" "$work/late" --json --source="$work/swapped" |
		jq -e '(.tables[0].notes[0] | test("has changed")) and ([.tables[0].rows[].source] | all(. == null or . == ""))' &&
		build/ktreport show lines "$n" "$work/late" --json --source="$source" | jq -e '[.tables[0].rows[].source] | any(test("tcp_connect"))'
}

# too_much KDIR: a file that may have little says that half of it is full, then that it is, and is good as far as it goes
too_much() {
	KTLAB_RECORD_MIB=1 KTLAB_COUNT=60 KTLAB_LINES=net/ traced "$1" handshake "$work/full" &&
		[ "$(grep -xE '(half|full) 1 lines.bin' "$work/full/stdout" | tr '\n' ' ')" = 'half 1 lines.bin full 1 lines.bin ' ] &&
		[ "$(stat -c %s "$work/full/lines.bin")" -le $((1 << 20)) ] && events "$1" "$work/full" &&
		build/ktreport resolve --source="$source" "$work/full" "$1/vmlinux" &&
		build/ktreport show lines "$(jq -r 'select(.fn == "tcp_v4_connect").n' "$work/full/events.jsonl" | head -n 1)" "$work/full" --json |
		jq -e '.tables[0].rows | length > 20' &&
		build/ktreport show lines "$(jq -r 'select(.fn == "tcp_v4_connect").n' "$work/full/events.jsonl" | tail -n 1)" "$work/full" --json |
		jq -e '[.tables[].notes[]] | any(test("lines.bin was full"))'
}

# cut_off: of a call before the cut the lines are shown; where none is found the cut is named
cut_off() {
	local bytes
	bytes=$(stat -c %s "$work/run/lines.bin")
	cp -r "$work/run" "$work/cut"
	truncate -s $((bytes * 9 / 10)) "$work/cut/lines.bin"
	build/ktreport show lines "$(event tcp_v4_connect)" "$work/cut" --json | jq -e '.tables[0].rows | length > 20' &&
		build/ktreport show lines "$(event comm_write enter '$')" \
			"$work/cut" --json | jq -e '[.tables[].notes[]] | any(test("lines.bin is cut off"))'
}

plan_refuses() { fails 2 "$2" env KTLAB_LINES="$1" gdb-scripts/plan.sh "$kernel" labs/handshake "$work/plan.json"; }

for kernel in $(kernels); do
	rm -rf "${work:?}"/*
	source=$(sed -n "s/^KTLAB_SOURCE='\(.*\)'/\1/p" "$kernel/kernel.env")
	it "records the lines of watched functions, and of others that are named, on ${kernel##*/}" lined "$kernel" "tcp_ack net/core/"
	it 'has the lines of each call that has an event' every_call
	it 'tells the cases of tcp_rcv_state_process() apart' cases
	it 'puts them beside each other' beside
	it 'shows the same call by its entry and by its return' once
	it 'counts how often a loop turns' turns
	it 'changes nothing' untouched "$kernel"
	it 'shows no marks on a source that has changed' changed_source
	it 'says that the source is gone' gone_source
	it 'shows no marks on a source that was another one when the run was made' other_tree "$kernel"
	it 'says that too many lines will not fit, before they do not' too_much "$kernel"
	it 'shows what a file that is cut off has' cut_off
	it 'lists the calls of a function that is not watched, and shows each' unwatched
	it 'numbers the calls of a function that is watched as their events come' watched
	it 'shows a function to its end' closed
	it 'says which event it does not know' fails 2 "no event '99999'" build/ktreport show lines 99999 "$work/run"
	it 'says so as JSON, too' fails 2 "no event '99999'" build/ktreport show lines 99999 --json "$work/run"
	it 'says which call it does not know' fails 2 "no call 'tcp_ack#99' in this run, which has " build/ktreport show lines tcp_ack#99 "$work/run"
	it 'says of which function nothing was recorded' fails 2 'near: tcp_rcv_state_process' build/ktreport show lines tcp_rcv_state_proces "$work/run"
	it 'says which function it cannot find, with near names' plan_refuses tcp_v4_conect 'near names: tcp_v4_connect'
	it 'says which folder it cannot find' plan_refuses net/nowhere/ "no file of this kernel lies in 'net/nowhere/'"
done
it 'refuses the gdb engine for it' fails 2 "the engine 'gdb' cannot record lines" \
	env KTLAB_LINES=tcp_ack build/ktrun --engine gdb labs/handshake
tap_end
