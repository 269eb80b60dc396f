#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every call below a function: the sums are exact, and the events of the same run lie in it at the same instructions.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/plugin/lib.sh
ready
make -s build/ktreport build/ktrun >&2

# tree_traced KDIR ROOT: the handshake with the tree of calls below a function
tree_traced() { TREE=$2 traced "$1" handshake "$work/$2" && events "$1" "$work/$2"; }

# adds_up RUN: from first to last instruction a call took what its parts took, and the own parts are the whole
adds_up() {
	jq -s -e 'map(select(.type | startswith("tree."))) as $all | map(select(.type == "tree.call")) as $calls |
		($calls | length > 20) and
		([$calls[] | select(.leave - .enter != .total + .interrupts + .away)] == []) and
		([$all[] | select(.type == "tree.interrupt" and .leave - .enter != .total)] == []) and
		([$calls | group_by(.tree)[] | select((map(.self) | add) != .[0].total)] == [])' "$work/$1/tree.jsonl"
}

# nested RUN: a call lies within its caller, and behind the one before it
nested() {
	jq -s -e 'map(select(.n)) as $all | ($all | length > 20) and ([range($all | length) as $i | $all[$i] |
		select(.n != $i + 1 or (.parent and ($all[.parent - 1] as $up |
			$up.depth + 1 != .depth or $up.enter > .enter or $up.leave < .leave)))] == [])' "$work/$1/tree.jsonl"
}

# witnessed RUN ROOT: each event at the entry or return of a function, within the root, is a call's at that instruction
witnessed() {
	jq -n -e --slurpfile tree "$work/$1/tree.jsonl" --slurpfile events "$work/$1/events.jsonl" '
		($tree | map(select(.depth == 0))) as $roots |
		($tree | map(select(.n) | {key: "\(.fn) \(.enter)", value: 1}) | from_entries) as $enter |
		($tree | map(select(.n) | {key: "\(.fn) \(.leave - 1)", value: 1}) | from_entries) as $leave |
		[$tree[] | select(.type == "tree.interrupt")] as $interrupts |
		[$events[] | select(.n and .at != "line" and (.icount as $at | any($roots[]; .enter <= $at and $at < .leave) and
			all($interrupts[]; $at < .enter or $at >= .leave)))] as $inside |
		[$inside[] | select((if .at == "enter" then $enter else $leave end)["\(.fn) \(.icount)"] | not) |
			{fn, at, icount}] as $lost |
		{inside: ($inside | length), lost: $lost} | debug | .inside >= 4 and .lost == []'
}

# untouched KDIR: the tree does not change the run
untouched() {
	untraced "$1" handshake "$work/untraced" && alike "$work/untraced" "$work/tcp_v4_connect"
}

# refuses TEXT: before the boot, what TREE names
plan_refuses() { fails 2 "$2" env TREE="$1" gdb-scripts/plan.sh "$kernel" labs/handshake "$work/plan.json"; }

for kernel in $(kernels); do
	rm -rf "${work:?}"/*
	for root in tcp_v4_connect tcp_v4_rcv inet_csk_accept; do
		it "follows all calls below $root on ${kernel##*/}" tree_traced "$kernel" $root
		it 'adds up' adds_up $root
		it 'nests' nested $root
	done
	it 'has the events of the same run, at the same instructions' witnessed tcp_v4_connect
	it 'changes nothing' untouched "$kernel"
	it 'shows the tree' says 'ip_output' build/ktreport show tree "$work/tcp_v4_connect"
	it 'says which function it cannot find, with near names' plan_refuses tcp_v4_conect 'near names: tcp_v4_connect'
done
it 'refuses the gdb engine for it' fails 2 "the engine 'gdb' cannot follow a tree" \
	env TREE=tcp_v4_connect build/ktrun --engine gdb labs/handshake
tap_end
