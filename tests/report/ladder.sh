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
no_longer() { [ "$(longest 300)" = "$(longest 170)" ]; }
no_colour() { NO_COLOR=1 script -qec "'$report' show ladder '$run'" /dev/null >"$dir/plain" && ! grep -q "$(printf '\033')" "$dir/plain"; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for stored in handshake handshake-6.1 route; do
	it "tears no arrow of $stored" whole_arrows "tests/report/$stored" "$dir/arrows"
	it "is as wide as was asked for, $stored" fits "tests/report/$stored"
done
it 'says who decided, and where' says 'tcp_v4_connect net/ipv4/tcp_ipv4.c:284' wide
it 'says the states of both ends' says 'ESTABLISHED / SYN_RECV ' wide
it 'makes no arrow longer for more room' no_longer
it 'has no colour with NO_COLOR' no_colour
tap_end
