#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The ladder on a narrow and on a wide terminal: no arrow is torn, and room is used for what helps.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

# each arrow stands in one line, with what was sent in front of it or behind it: as many lines as rows
whole_arrows() {
	rows=$("$report" show ladder --json "$1" | jq '[.tables[0].rows[] | select(.kind | test("arrow|depart|arrive|lost"))] | length')
	for width in 60 70 80 90 100 170 220; do
		"$report" show ladder --width $width "$1" | grep -vE '^ +(-?[0-9.]+ )?── |───  *───' |
			grep -E '(┄|─){3}' >"$2"
		[ "$(wc -l <"$2")" = "$rows" ] || { echo "at $width: $(wc -l <"$2") of $rows"; return 1; }
		! grep -vE ' (S|S\.|\.|P\.|F\.|R\.?|ARP)( |$)' "$2" || { echo "torn at $width"; return 1; }
	done
}
# no line is wider than was asked for
fits() {
	for width in 80 169 170 220; do
		"$report" show ladder --width $width "$1" | sed 's,[^ -~],x,g' |
			awk -v most=$width 'length($0) > most { print; bad = 1 } END { exit bad }' || return 1
	done
}
wide() { "$report" show ladder --width 220 "$run"; }
longest() { "$report" show ladder --width "$1" "$run" | grep -oE '(┄|─)+[▶✗]' | awk '{ print length($0) }' | sort -n | tail -1; }
no_longer() { [ "$(longest 300)" = "$(longest 226)" ]; }
# whole_lines RUN: beside each row that has one stands its file and line, whole, however wide the terminal is
whole_lines() {
	"$report" show ladder --json "$1" | jq -r '.tables[0].rows[] | select(.kind != "step") | .place // empty | sub(".*/"; "")' >"$dir/places"
	[ "$(wc -l <"$dir/places")" -gt 20 ] || return 1
	for width in 170 171 180 190 200 210 226 300; do
		"$report" show ladder --width $width "$1" | sed -n 's,.*[ /]\([a-z0-9_]*\.[ch]:[0-9]*\)$,\1,p' | diff "$dir/places" - ||
			{ echo "at $width"; return 1; }
	done
}
# whole_names RUN: no name of a function is broken: each that is in the ladder stands in one line
whole_names() {
	"$report" show ladder --json "$1" | jq -r '.tables[0].rows[] | (.by, .at) // empty | "\(.)()"' | sort >"$dir/names"
	for width in 60 70 80 100 170; do
		"$report" show ladder --width $width "$1" | grep -vE '\(.*\) (=|\.\.\.)|\) = ' | grep -oE '[a-z0-9_]+\(\)( |$)' | tr -d ' ' | sort >"$dir/shown"
		diff "$dir/names" "$dir/shown" || { echo "at $width"; return 1; }
	done
}
# coloured COMMAND…: on a terminal, it is
coloured() { script -qec "$*" /dev/null </dev/null | grep -q "$(printf '\033')\\["; }
plain() { ! coloured "$@"; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for stored in handshake handshake-6.1 route; do
	it "tears no arrow of $stored" whole_arrows "tests/report/$stored" "$dir/arrows"
	it "breaks no name of a function of $stored" whole_names "tests/report/$stored"
	it "cuts no line's number of $stored" whole_lines "tests/report/$stored"
	it "is as wide as was asked for, $stored" fits "tests/report/$stored"
done
it 'says who decided, and where' says 'tcp_v4_connect net/ipv4/tcp_ipv4.c:284' wide
it 'says the states of both ends' says 'ESTABLISHED / SYN_RECV ' wide
it 'makes no arrow longer for more room' no_longer
it 'has colours on a terminal' coloured env -u NO_COLOR "$report" show ladder "$run"
it 'has none with NO_COLOR' plain env NO_COLOR=1 "$report" show ladder "$run"
it 'has some with one that is empty' coloured env NO_COLOR= "$report" show ladder "$run"
tap_end
