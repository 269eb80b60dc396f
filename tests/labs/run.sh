#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs every lab and every exercise: all expectations hold; an exercise in place of its lab fails where it should; the
# output in the lessons is fresh.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh
. tests/seal.sh

out=build/tests/labs
export KTLAB_INITRD=build/initramfs.cpio
make -s rootfs || exit 1

# wrong LAB SENTENCE: the exercise's run, judged by the lab's own expectations, fails in that sentence first
wrong() {
	found=$(build/ktreport check "$out/exercise/$1" "labs/$1/expect" | sed -n 's/^FAILED *//p' | head -n 1)
	printf 'wanted: %s\nfound:  %s\n' "$2" "$found"
	[ "${found:--}" = "$2" ]
}

# lies LAB WHAT KEY VALUE: the lab's run, in which a witness says something else, fails and shows both sides
lies() {
	rm -rf "$out/lies" && mkdir "$out/lies" || return
	cp "$out/5.4/$1"/*.pcap "$out/lies/"
	jq -c --arg what "$2" --arg key "$3" --arg value "$4" '
		if .type == "witness" and .what == $what and (.values | has($key))
		then .values[$key] = ($value | if test("^[0-9]+$") then tonumber else . end) else . end' \
		"$out/5.4/$1/events.jsonl" >"$out/lies/events.jsonl"
	seal "$out/lies/events.jsonl"
	fails 1 "expected values.$3" build/ktreport check "$out/lies" "labs/$1/expect" && fails 1 "found values.$3=$4" \
		build/ktreport check "$out/lies" "labs/$1/expect"
}

# brought RUN: what neighbour discovery has brought is asked for where its messages are watched, and only there
brought() {
	local asked='one that neighbour discovery has brought|args\.(prefix|via) is'
	rm -rf "$out/brought" && mkdir "$out/brought" && cp "$1"/*.pcap "$out/brought/" || return
	jq -c 'select(.type != "nd.rx")' "$1/events.jsonl" >"$out/brought/events.jsonl"
	seal "$out/brought/events.jsonl"
	build/ktreport check "$out/brought" labs/nd/expect | grep -E "$asked" || { echo 'where they are watched nothing is asked'; return 1; }
	sed -i '/^{"type":"\(meta\|end\)"/s/"ndisc_rcv"/"ndisc_none"/g' "$out/brought/events.jsonl"
	! build/ktreport check "$out/brought" labs/nd/expect | grep -E "$asked"
}

# senders RUN: the event that wire.pcapng names as a frame's sender carries the frame's own timestamp (RFC 7323)
senders() {
	join -o 0,1.2,1.3,2.2 \
		<(tshark -n -r "$1/wire.pcapng" -Y 'tcp.options.timestamp.tsval and not icmp' -T fields -e frame.number \
			-e tcp.options.timestamp.tsval -e frame.comment 2>>build/tests/tshark.log |
			sed -nE 's/^([0-9]+)\t([0-9]+)\t.*sent by .*\), event ([0-9]+).*/\3 \1 \2/p' | sort -k 1,1) \
		<(jq -r 'select(.type == "tcp.tx") | "\(.n) \(.opts[] | select(.name == "ts").val)"' "$1/events.jsonl" | sort) |
		awk '{ frames++ } $3 != $4 { print "event " $1 " did not send frame " $2; wrong = 1 } END { exit wrong || !frames }'
}

# lesson LAB ANSWER…: the run has these answers to the questions of labs/LAB/lesson, and to each one
lesson() {
	local lab=$1 count
	shift
	rm -f "$out/$SPEC/$lab.answers"
	count=$(grep -c '^step ' "labs/$lab/lesson")
	says "$count of $count answered" build/ktreport lesson "$out/$SPEC/$lab" < <(printf '\n%s\n' "$@")
}

# causes RUN…: each segment that was sent has its cause, and each cause that the kernel counts as many as it counted
causes() {
	local run said=0
	for run; do
		jq -ne --slurpfile segments <(build/ktreport show segments --json "$run") \
			--slurpfile counters <(build/ktreport show counters --json "$run") '
			[$segments[].tables[0].rows[] | select(.direction == "out")] as $sent |
			[$sent[] | select(.cause == null)] as $without |
			{"loss probe": "TcpExtTCPLossProbes", "marked as lost": "TcpExtTCPFastRetrans+TcpExtTCPSlowStartRetrans",
			 "delayed ACK": "TcpExtDelayedACKs", "challenge ACK": "TcpExtTCPChallengeACK"} as $counted |
			[$counters[].tables[0].rows[] as $row | $counted | to_entries[] | select(.value == $row.counter) |
			 .key as $cause | [$sent[] | select(.netns == $row.node and .cause == $cause)] | length |
			 select(. != $row.kernel) | {node: $row.node, cause: $cause, segments: ., kernel: $row.kernel}] as $other |
			($without + $other)[], ($without + $other | length == 0)' ||
			{ echo "$run"; return 1; }
		said=$((said + $(build/ktreport show segments --json "$run" | jq '[.tables[0].rows[] | select(.cause)] | length')))
	done
	[ "$said" -gt 100 ]
}

# queued FOLDER: at its end each run was told of each node's queues, and those that are left in some are as its events say
queued() {
	local run agree=0
	for run in "$1"/*/; do
		jq -es '([.[0].nodes[].node] | unique) - [.[] | select(.type == "witness" and .what == "sockets").netns] == []' \
			"$run/events.jsonl" >/dev/null || { echo "$run"; return 1; }
		agree=$((agree + $(build/ktreport show counters --json "$run" |
			jq '[.tables[0].rows[] | select((.place // "" | startswith("net/ipv4/tcp_ipv4.c get_tcp4_sock")) and .verdict == "agrees")] | length')))
	done
	echo "$agree queues agree"
	[ "$agree" -gt 10 ]
}

# answered FOLDER: each question of tests/questions is answered by the run of its lab, by one command
answered() {
	local lab question view _ answer asked=0 right=0
	while IFS=$'\t' read -r lab question view _ answer; do
		[ "${lab#\#}" = "$lab" ] || continue
		asked=$((asked + 1))
		if build/ktreport show "$view" --width 300 "$1/$lab" 2>/dev/null | grep -qE -- "$answer"; then
			right=$((right + 1))
		else
			echo "$lab: $question show $view does not say: $answer"
		fi
	done <tests/questions/questions.tsv
	echo "$right of $asked"
	[ "$right" = "$asked" ] && [ "$asked" -ge 40 ]
}

# where there is none, what needs it is skipped
browser=$(. tests/lib/browser.sh >&2; echo "$browser")
# in_browser NAME COMMAND…
in_browser() {
	if [ -n "$browser" ]; then it "$@"; else skip "$1" 'no chromium here (apt-get install chromium)'; fi
}
# read_on_the_page FOLDER NAME: each question is answered on the page of its lab's run; those of three clicks are shown
read_on_the_page() {
	in_browser "$2" python3 -B tests/questions/page.py "$browser" "$1" tests/questions/questions.tsv
	[ -z "$browser" ] || sed -n 's/^3:/# three clicks:/p' <<<"$tap_said"
}

for SPEC in 5.4 distro; do
	kernel_there "$SPEC" 'every lab' || continue
	rm -rf "${out:?}/$SPEC"
	for guest in labs/*/guest.sh; do
		lab=$(basename "$(dirname "$guest")")
		it "Linux $SPEC: $lab holds" env OUT="$out/$SPEC" labs/all.sh "$lab"
	done
	it "Linux $SPEC: wire.pcapng names the right sender of each segment that the card cuts" senders "$out/$SPEC/send"
	it "Linux $SPEC: holds what neighbour discovery has brought against its messages, where they are watched" brought "$out/$SPEC/nd"
	it "Linux $SPEC: every segment has a cause, as often as the kernel counted it" causes "$out/$SPEC"/*/
	it "Linux $SPEC: the kernel's queues are those of the events when a run ends" queued "$out/$SPEC"
	it "Linux $SPEC: every explanation beside an event is confirmed by its own check" tests/explain/confirm "$out/$SPEC"/*/
	it "Linux $SPEC: what is asked in a course is answered by one command each" answered "$out/$SPEC"
	read_on_the_page "$out/$SPEC" "Linux $SPEC: and on the page within three clicks"
	# one kernel's are as the other's
	[ "$SPEC" = 5.4 ] || in_browser "Linux $SPEC: all can read the pages" tests/report/access.sh "$out/$SPEC"/*/
	while IFS=$'\t' read -ra answers; do
		[ "${answers[0]:0:1}" = '#' ] || it "Linux $SPEC: the lesson of ${answers[0]} is answered by its run" lesson "${answers[@]}"
	done <tests/labs/lessons.tsv
	it "Linux $SPEC: what the lessons say is so in the runs" tests/labs/claims "$out/$SPEC"
	if [ "$SPEC" = 5.4 ]; then
		for lab in $(grep -l '^\$ build/ktreport show lines' labs/*/README.md | xargs -n 1 dirname | xargs -n 1 basename); do
			it "Linux $SPEC: $lab holds with the plugin" env ENGINE=plugin OUT="$out/$SPEC-plugin" labs/all.sh "$lab"
		done
		read_on_the_page "$out/$SPEC-plugin" "Linux $SPEC: it is on the plugin's pages within three clicks, too"
		it 'the output in the lessons is fresh' env OUT="$out/$SPEC" labs/lessons.sh --check
		while IFS=$'\t' read -r lab what key value; do
			[ "${lab#\#}" = "$lab" ] || continue
			it "$lab fails if its $what says $key=$value" lies "$lab" "$what" "$key" "$value"
		done <tests/labs/witness.tsv
	fi
done

if kernel_there auto 'every exercise'; then
	rm -rf "$out/exercise"
	while IFS=$'\t' read -r lab sentence; do
		[ "${lab#\#}" = "$lab" ] || continue
		it "the exercise of $lab holds" env OUT="$out/exercise" EXERCISE=1 labs/all.sh "$lab"
		it "$lab, done wrong, fails where it should" wrong "$lab" "$sentence"
	done <tests/labs/wrong.tsv
fi
tap_end
