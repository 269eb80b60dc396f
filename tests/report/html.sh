#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# report.html in a real browser: its parts are there, clicks and keys work, no error, no request.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

. tests/lib/browser.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp -r "$run" "$dir/run"
# as if it had been traced live, so that the page has to say what that means
sed -i '1s/"mode":"exact"/"mode":"live"/' "$dir/run/events.jsonl"
printf '%s\n' '{"type":"meta","format":1,"root":"root"}' \
	'{"n":1,"type":"tree.call","t_ns":64,"tree":1,"depth":0,"parent":null,"fn":"root","enter":1,"leave":9,"self":10,"total":85,"interrupts":0,"away":0}' \
	'{"n":2,"type":"tree.call","t_ns":64,"tree":1,"depth":1,"parent":1,"fn":"below","enter":2,"leave":8,"self":75,"total":75,"interrupts":0,"away":0}' \
	'{"type":"end","trees":1,"calls":2,"unlisted":0,"missed":0,"open":0}' >"$dir/run/tree.jsonl"
"$report" write "$dir/run" "$expect"

read_by tests/report/page.js "$dir/run"
# the keys, on each stored run
for stored in handshake handshake-6.1 route; do
	cp -r "tests/report/$stored" "$dir/$stored"
	"$report" write "$dir/$stored" >/dev/null
	read_by tests/report/walk.js "$dir/$stored"
done

mkdir "$dir/two"
two_connections >"$dir/two/events.jsonl"
"$report" write "$dir/two" 2>/dev/null || true
read_by tests/report/conns.js "$dir/two"

# of 10,000 events only those in sight are elements of the page
mkdir "$dir/large"
repeat 10000 "$dir/large/events.jsonl"
"$report" write "$dir/large" 2>/dev/null || true
rows_in_sight() {
	browse "$dir/large/report.html" >"$dir/dom.large"
	rows=$(grep -o '<g class="row' "$dir/dom.large" | wc -l)
	echo "$rows rows"
	[ "$rows" -gt 20 ] && [ "$rows" -lt 700 ]
}
it 'draws only what is in sight of 10,000 events' rows_in_sight
# a script that asks where things are, behind a change, has it laid out again
laid_out_once() {
	pace=$(python3 -B tests/lib/pace.py "$browser" "$dir/large/report.html")
	echo "ready step worst layouts: $pace"
	[ "${pace##* }" -eq 1 ]
}
it 'lays the page out once for a step' laid_out_once
tap_end
