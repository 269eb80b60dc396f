#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# report.html in a real browser: its parts are there, clicks and keys work, no error, no request.
set -eu
cd "$(dirname "$0")/../.."
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
"$report" write "$dir/run" "$expect"

# the page as it is, with an ear for errors in front and the reader's script at its end
{
	sed 's|<head>|<head><script>window.pageErrors=[];window.pageStart=performance.now();addEventListener("error",(e)=>pageErrors.push(e.message));</script>|' \
		"$dir/run/report.html" | sed 's|</body>.*||; s|</html>.*||'
	echo '<script>'
	cat tests/report/page.js
	echo '</script></body></html>'
} >"$dir/page.html"
timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$dir/profile" \
	--host-resolver-rules='MAP * ~NOTFOUND' --window-size="${WINDOW:-1300,900}" \
	${SHOT:+"--screenshot=$SHOT"} --dump-dom "file://$dir/page.html" 2>"$dir/log" >"$dir/dom" || true
if ! grep -q '^TAP BEGIN' "$dir/dom"; then
	echo 'not ok 1 - runs in the browser'
	sed 's/^/# /' "$dir/log" | tail -20
	echo '1..1'
	exit 1
fi
sed -n '/^TAP BEGIN/,/^TAP END/p' "$dir/dom" | sed '1d; s/^TAP END/# ready after/; s/&gt;/>/g'
! grep -q '^not ok' "$dir/dom"
