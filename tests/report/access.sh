#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All can read and use report.html: axe-core finds nothing, what is drawn has contrast, and the keyboard reaches all of it.
# access.sh RUN…: of those runs' pages, but for the keyboard.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/lib/browser.sh
. tests/report/lib.sh

# axe-core of npm (MPL-2.0, 560 kB), kept in the cache once it was fetched; no part of what is delivered
AXE='axe-core-4.14.1'
AXE_SHA256=e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745
cache=${KTLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ktlab}/npm

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
is_axe() { echo "$AXE_SHA256  $1" | sha256sum --check --status 2>/dev/null; }
# fetch: axe-core into the cache; else the reason why it is not there
fetch() {
	! is_axe "$cache/$AXE.tgz" || return 0
	command -v npm >/dev/null || { echo 'no npm here, which fetches axe-core (apt-get install npm)'; return 1; }
	(cd "$dir" && timeout 60 npm pack --fetch-retries=0 "axe-core@${AXE##*-}" >"$dir/npm.log" 2>&1) ||
		{ echo "npm could not fetch $AXE: $(grep -im 1 "npm err" "$dir/npm.log")"; return 1; }
	is_axe "$dir/$AXE.tgz" || { echo "$AXE.tgz is another one than the test knows"; return 1; }
	mkdir -p "$cache" && cp "$dir/$AXE.tgz" "$cache/$$.tgz" && mv "$cache/$$.tgz" "$cache/$AXE.tgz"
}
axe=-
if NO_AXE=$(fetch); then
	tar -xzf "$cache/$AXE.tgz" -C "$dir" package/axe.min.js
	axe=$dir/package/axe.min.js
fi
export NO_AXE

if [ $# -gt 0 ]; then
	for folder; do
		set -- "$@" "$folder/report.html"
		shift
	done
	python3 -B tests/report/access.py --looks "$browser" "$axe" "$@"
	exit
fi
cp -r "$run" "$dir/run"
"$report" write "$dir/run" "$expect"
python3 -B tests/report/access.py "$browser" "$axe" "$dir/run/report.html"
