#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What events say of one thing is held against each other: of a right run nothing is said, and for each rule there is a
# wrong value that it finds. across.tsv has a row for each: file of the rule, event, field, value, what is said of it; event and
# value are words of jq, and of the events the first is meant.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf 'A SYN.\n    tcp.tx flags=S\n' >"$dir/expect"

# found N FIELD VALUE SENTENCE: event N with that value of its field, and nothing else, fails the run with the sentence
found() {
	rm -rf "$dir/run"
	cp -r "$run" "$dir/run"
	jq -c "if .n == $1 then .$2 = ($3) else . end" "$run/events.jsonl" >"$dir/run/events.jsonl"
	! cmp -s "$run/events.jsonl" "$dir/run/events.jsonl" || { echo 'nothing was changed'; return 1; }
	seal "$dir/run/events.jsonl"
	fails 1 "$4" "$report" check "$dir/run" "$dir/expect"
}

it 'says nothing of a right run' says 'unmatched: 0' "$report" show summary "$run"
while IFS=$(printf '\t') read -r file event field value said; do
	[ "${file#\#}" = "$file" ] || continue
	n=$(jq -c "select($event) | .n" "$run/events.jsonl" | sed -n 1p)
	it "$file finds $field $value of event ${n:-none: $event}" found "${n:-0}" "$field" "$value" "$said"
done <tests/report/across.tsv

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

# each file that check_event() calls has rows
sed -n 's/^\t\([a-z]*\)_check(d->.*/\1/p' report/run/derive.c | sort -u >"$dir/called"
cut -f 1 tests/report/across.tsv | grep -v '^#' | sort -u >"$dir/tested"
it 'has a row for each file of rules' diff "$dir/called" "$dir/tested"
tap_end
