#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The view of a tree of calls: folded, filtered, cut off.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

work=$(mktemp -d /tmp/ktlab-tree-XXXXXX)
trap 'rm -rf "$work"' EXIT
cp "$run"/* "$work"

# line N DEPTH PARENT FN SELF TOTAL [TYPE [LEAVE]]
line() {
	printf '{"n":%s,"type":"tree.%s","t_ns":64,"tree":1,"depth":%s,"parent":%s,"fn":"%s","enter":%s,"leave":%s,"self":%s,"total":%s,"interrupts":0,"away":0}\n' \
		"$1" "${7:-call}" "$2" "$3" "$4" "$1" "${8:-9}" "$5" "$6"
}

tree() {
	echo '{"type":"meta","format":1,"root":"root"}'
	line 1 0 null root 10 85
	for n in 2 4 6 8 10; do
		line $n 1 1 again 5 10
		line $((n + 1)) 2 $n inner 5 5
	done
	line 12 1 1 once 20 20
	line 13 2 12 irq 7 7 interrupt
	line 14 1 1 once 5 5 call null
	echo '{"type":"end","trees":1,"calls":14,"unlisted":3,"missed":0,"open":1}'
}
tree >"$work/tree.jsonl"
cat >"$work/wanted" <<'EOT'
The tree of calls
instructions  own  interrupts  away  call                from instruction
          85   10           0     0  root                               1
          10    5           0     0    again                            2
           5    5           0     0      inner                          3
          40   20           0     0    again ... 4 more                 -
          20   20           0     0    once                            12
           7    7           0     0      ==> irq                       13
           5    5           0     0    once                            14
once had not returned when the run ended
3 more calls are not listed: their instructions count for their callers
EOT

shown() { "$report" show tree "$@" "$work"; }
as_wanted() { shown | diff -u "$work/wanted" -; }

it 'folds calls alike, and marks interrupts' as_wanted
it 'takes a filter' says 'inner' shown -f 'depth=2'
it 'shows each call that passes the filter' [ "$(shown -f 'fn=again' | grep -c again)" = 5 ]
it 'gives them as JSON' sh -c "'$report' show tree --json '$work' | jq -e '.tables[0].rows | length == 7'"
"$report" write "$work" "$expect"
it 'goes into report.md, too' says '40   20           0     0    again ... 4 more' grep -A12 '^<details><summary>The tree of calls' "$work/report.md"
it 'goes into report.html, too' says '[1,"again ... 4 more",40,20]' cat "$work/report.html"
sed -i '$d' "$work/tree.jsonl"
it 'says that a file is cut off' says 'the file is cut off' shown
echo '{"n":"x"}' >>"$work/tree.jsonl"
it 'says which line is none' says 'tree.jsonl:16' shown
# as many calls as the file may hold: each in the one before, and all side by side
deep() { awk 'BEGIN { for (n = 1; n <= 100000; n++) printf "{\"n\":%d,\"type\":\"tree.call\",\"t_ns\":64,\"depth\":%d,\"parent\":%d,\"fn\":\"f\",\"leave\":1}\n", n, n - 1, n - 1 }' >"$work/tree.jsonl"; }
wide() { { line 1 0 null root 1 1; for n in 2 3 4 5 6; do line $n 1 1 f 9223372036854775807 1; done; } >"$work/tree.jsonl"; }
deep
it 'shows calls as deep as a kernel stack can be' [ "$(shown --json | jq ".tables[0].rows | length")" = 1025 ]
it 'says that deeper ones are none' says 'tree.jsonl: 98955 more lines are no calls' shown
wide
it 'adds up numbers to the largest' says '9223372036854775807' shown
{ line 1 0 null root 1 1; line 2 2000000000 1 f 1 1; } >"$work/tree.jsonl"
it 'refuses a depth that no stack has' says 'tree.jsonl:2: no depth that a call behind the one before can have: depth' shown
{ line 1 -1 null root 1 1; } >"$work/tree.jsonl"
it 'refuses a depth below none' says 'tree.jsonl:1: no depth' shown
echo '{"n":1,"type":"tree.call","t_ns":64,"depth":0}' >"$work/tree.jsonl"
it 'refuses a call without a function' says "missing field fn" shown
rm "$work/tree.jsonl"
it 'says that there is no tree, and how to get one' says 'make lab TREE=FUNCTION' shown
tap_end
