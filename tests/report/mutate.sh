#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of a run find what is wrong with it: a sample of make prove MUTATE=1.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh

make -s build/mutate >&2
table=$(mktemp)
list=$(mktemp)
trap 'rm -f "$table" "$list"' EXIT

# all_found NAME: each change of it was found
all_found() { awk -v name="$1" '$0 ~ "^" name "  " { sub("^" name, ""); made += $1; found += $2 } END { print made + 0, found + 0; exit !made || made != found }' "$table"; }

it 'finds 99 of 100 changes of which something tells' sh -c "LIST='$list' build/mutate 5 tests/report/handshake >'$table'"
for name in 'deleted: tcp.tx' 'deleted: tcp.rx' 'deleted: arp.tx' 'deleted: tcp.state' 'deleted: call' 'frame deleted' \
	'frame: ARP' 'frame: IP header' 'frame: TCP header' 'segment: rel_seq' 'segment: rel_ack' 'segment: win_scaled' \
	'segment: ip.df' 'segment: opts.val' 'segment: seq' 'segment: end_seq' 'segment: flags' 'segment: payload_len'; do
	it "finds each change: $name" all_found "$name"
done
# as many lines as changes that are not found, each with what was changed, and of a row with a reason that
listed() {
	awk -F '\t' 'FNR == NR { if ($0 ~ /^all: /) { split($0, words, " "); missed = words[2] - words[4] } next }
		{ lines++; wrong += NF != 4 || $1 != "tests/report/handshake" || $3 !~ /^(event|wire-)/ } END { exit !missed || lines != missed || wrong }' "$table" "$list"
}
it 'lists each change that is not found, with its reason' listed
tap_end
