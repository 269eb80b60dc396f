#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What events say of one thing is held against each other: of a right run nothing is said, and for each rule there is a
# wrong value that it finds. across.tsv has a row for each: file of the rule, event, field, value, what is said of it, and what
# else is changed before; event and value are words of jq, and of the events the first is meant.
# Each rule is taken out in its turn: then what it said is not said, so that this test would fail. A rule is a place that calls
# one of SAYERS; a ktreport is linked in which rules/rules.c stands before these (ld --wrap).
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

# how a contradiction is said
SAYERS='trace_contradicts event_must_be event_must_say event_must_be_as'
# the files with rules
FILES='callers lives lookups numbers shapes stacks whose derive derive_segment'
# those whose events this run does not have: udp.sh, echo.sh and follow.sh find what they say
ELSEWHERE='datagrams discoveries echoes registered'

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf 'A SYN.\n    tcp.tx flags=S\n' >"$dir/expect"

# link_rules: that ktreport; the rules are compiled without optimization, so that each call has its place
link_rules() {
	local file others=() wraps=()
	for file in $FILES; do
		gcc -std=c11 -O0 -g -fno-pie -Ireport -c -o "$dir/$file.o" "report/run/$file.c" || return
	done
	gcc -std=c11 -O0 -g -fno-pie -Wall -Wextra -Werror -Ireport -c -o "$dir/rules.o" tests/report/rules/rules.c || return
	mapfile -t others < <(find report -name '*.c' | grep -vE "^report/run/($(tr ' ' '|' <<<"$FILES"))\.c$" | sed 's|.*|build/obj/&|; s|c$|o|')
	for file in $SAYERS; do wraps+=("-Wl,--wrap=$file"); done
	# shellcheck disable=SC2086 # a word a library
	gcc -no-pie "${wraps[@]}" -o "$dir/ktreport" "$dir"/*.o "${others[@]}" $report_libraries
}

# places: of all rules, as the addresses behind their calls, with the functions that call
places() {
	objdump -d --no-show-raw-insn "$dir/ktreport" | awk -v elsewhere="^<(${ELSEWHERE// /|})_check>" '
		/^[0-9a-f]+ </ { name = $2 }
		behind { sub(":", "", $1); print $1, name; behind = 0 }
		/call.*<__wrap_/ { behind = name !~ /<(event_must_|__wrap_|__real_|trace_)/ && name !~ elsewhere }' | sort
}

# found N FIELD VALUE SENTENCE BEFORE: event N with that value of its field, and nothing else, fails the run with the sentence
found() {
	rm -rf "$dir/run"
	cp -r "$run" "$dir/run"
	jq -c "$5 | if .n == $1 then .$2 = ($3) else . end" "$run/events.jsonl" >"$dir/run/events.jsonl"
	! cmp -s "$run/events.jsonl" "$dir/run/events.jsonl" || { echo 'nothing was changed'; return 1; }
	seal "$dir/run/events.jsonl"
	: >"$dir/tells"
	fails 1 ' unmatched' env RULES_TELL="$dir/tells" "$dir/ktreport" check "$dir/run" "$dir/expect" || return
	all_said >"$dir/with"
	cat "$dir/tells"
	grep -qF "$4" "$dir/with" || return
	cat "$dir/tells" >>"$dir/told"
	without "$4"
}

# all_said: each contradiction of the run, where a check shows some
all_said() { "$dir/ktreport" show wire "$dir/run" --width 300 2>&1 || :; }

# without SENTENCE: with each of the rules out that say it, nobody does; where two rules say the same, each is out once
without() {
	local place said=0
	while read -r place; do
		RULES_WITHOUT=$place all_said >"$dir/without"
		said=$((said + 1))
		[ "$(grep -cF "$1" "$dir/without")" -lt "$(grep -cF "$1" "$dir/with")" ] || { echo "without the rule at $place it is said, too"; return 1; }
	done < <(awk -v said="$1" 'index($0, said) { print $1 }' "$dir/tells" | sort -u)
	[ "$said" -gt 0 ] || { echo 'no rule of these files said it'; return 1; }
}

it 'is linked so that each rule can be taken out' link_rules
[ -x "$dir/ktreport" ] || { tap_end; exit; }
it 'says nothing of a right run' says 'unmatched: 0' "$dir/ktreport" show summary "$run"
: >"$dir/told"
while IFS=$'\t' read -r file event field value said before; do
	[ "${file#\#}" = "$file" ] || continue
	n=$(jq -c "select($event) | .n" "$run/events.jsonl" | sed -n 1p)
	it "$file finds $field $value of event ${n:-none: $event}, and with its rule out does not" \
		found "${n:-0}" "$field" "$value" "$said" "${before:-.}"
done <tests/report/across.tsv

# unseen: rules that no row has seen
unseen() {
	local found
	found=$(join -v 1 <(places) <(cut -d ' ' -f 1 "$dir/told" | sort -u) | while read -r place name; do
		echo "no row of across.tsv makes the rule of $name speak: $(addr2line -e "$dir/ktreport" "$(printf '%x' $((0x$place - 1)))")"
	done)
	printf '%s' "$found"
	[ -z "$found" ] && [ "$(places | wc -l)" -gt 100 ]
}
it 'has a row for each rule' unseen

# window [FUNCTION]: the server's socket, made below FUNCTION, is ready with another window than its SYN-ACK had
window() {
	rm -rf "$dir/run"
	cp -r "$run" "$dir/run"
	jq -c --arg fn "${1:-none}" '
		if .type == "tcp.state" and .old == "LISTEN" and .new == "SYN_RECV" then .stack[1:1] = [.stack[1] | .fn = $fn]
		elif .type == "tcp.state" and .old == "SYN_RECV" then .rcv_wnd = 60000 else . end' \
		"$run/events.jsonl" >"$dir/run/events.jsonl"
	seal "$dir/run/events.jsonl"
	"$report" show summary "$dir/run"
}
it 'knows that a SYN cookie chooses a window anew' says 'unmatched: 0' window cookie_v4_check
it 'and that nothing else does' says 'unmatched: 1' window

# each file that check_event() calls is among those with rules
it 'takes the rules of all files' diff <(sed -n 's/^\t\([a-z]*\)_check(d->.*/\1/p' report/run/derive.c | sort -u) \
	<(tr ' ' '\n' <<<"$FILES $ELSEWHERE" | grep -v '^derive' | sort)
tap_end
