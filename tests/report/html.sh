#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# report.html in a real browser: its parts are there, clicks and keys work, no error, no request.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

browser=${BROWSER:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$browser" ]; then
	echo '1..0 # SKIP no chromium here (apt-get install chromium)'
	exit 0
fi
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

# with_reader PAGE SCRIPT: the page as it is, with an ear for errors in front and the reader's script at its end
with_reader() {
	sed 's|<head>|<head><script>window.pageErrors=[];window.pageStart=performance.now();addEventListener("error",(e)=>pageErrors.push(e.message));</script>|' \
		"$1" | sed 's|</body>.*||; s|</html>.*||'
	echo '<script>'
	cat tests/lib/page.js "$2"
	echo '</script></body></html>'
}
# browse PAGE: the document that the browser makes of it
browse() {
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$dir/profile" \
		--host-resolver-rules='MAP * ~NOTFOUND' --window-size="${WINDOW:-1300,900}" \
		${SHOT:+"--screenshot=$SHOT"} --virtual-time-budget=10000 --dump-dom "file://$1" 2>"$dir/log"
}
# read_by SCRIPT RUN: what the reader's script says of the run's page goes on in this test's numbers
read_by() {
	with_reader "$2/report.html" "tests/report/$1" >"$dir/page.html"
	browse "$dir/page.html" >"$dir/dom" || true
	if ! grep -q '^TAP BEGIN' "$dir/dom"; then
		it "runs $1 in the browser" sh -c 'tail -20 "$1"; exit 1' - "$dir/log"
		return
	fi
	sed -n '/^TAP BEGIN/,/^TAP END/p' "$dir/dom" |
		sed '1d; /^1\.\./d; s/^TAP END/# ready after/; s/&gt;/>/g; s/&lt;/</g; s/&amp;/\&/g' |
		awk -v n="$tap_count" '/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++n) } { print }'
	tap_count=$((tap_count + $(grep -cE '^(not )?ok ' "$dir/dom")))
	! grep -q '^not ok' "$dir/dom" || tap_failed=$((tap_failed + 1))
}
read_by page.js "$dir/run"
# the keys, on each stored run
for stored in handshake handshake-6.1 route; do
	cp -r "tests/report/$stored" "$dir/$stored"
	"$report" write "$dir/$stored" >/dev/null
	read_by walk.js "$dir/$stored"
done

mkdir "$dir/two"
two_connections >"$dir/two/events.jsonl"
"$report" write "$dir/two" 2>/dev/null || true
read_by conns.js "$dir/two"

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
tap_end
