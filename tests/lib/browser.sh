# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154 # the caller has a folder dir, and has sourced tap.sh
# Pages in a real browser. Where there is none, the test that sources this leaves with one skipped.

browser=${BROWSER:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$browser" ]; then
	echo '1..0 # SKIP no chromium here (apt-get install chromium)'
	exit 0
fi

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
	timeout 300 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$dir/profile" \
		--host-resolver-rules='MAP * ~NOTFOUND' --window-size="${WINDOW:-1300,900}" \
		${SHOT:+"--screenshot=$SHOT"} --virtual-time-budget=10000 --dump-dom "file://$1" 2>"$dir/log"
}
# read_by SCRIPT RUN: what the reader's script says of the run's page goes on in this test's numbers
read_by() {
	with_reader "$2/report.html" "$1" >"$dir/page.html"
	browse "$dir/page.html" >"$dir/dom" || true
	if ! grep -q '^TAP BEGIN' "$dir/dom"; then
		it "runs ${1##*/} in the browser" sh -c 'tail -20 "$1"; exit 1' - "$dir/log"
		return
	fi
	sed -n '/^TAP BEGIN/,/^TAP END/p' "$dir/dom" |
		sed '1d; /^1\.\./d; s/^TAP END/# ready after/; s/&gt;/>/g; s/&lt;/</g; s/&amp;/\&/g' |
		awk -v n="$tap_count" '/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++n) } { print }'
	tap_count=$((tap_count + $(grep -cE '^(not )?ok ' "$dir/dom")))
	! grep -q '^not ok' "$dir/dom" || tap_failed=$((tap_failed + 1))
}
