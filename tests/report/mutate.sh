#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The checks of a run find what is wrong with it: a sample of make prove MUTATE=1.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh

make -s build/mutate >&2
table=$(mktemp)
trap 'rm -f "$table"' EXIT

# all_found NAME: each change of it was found
all_found() { awk -v name="$1" '$0 ~ "^" name "  " { sub("^" name, ""); made += $1; found += $2 } END { print made + 0, found + 0; exit !made || made != found }' "$table"; }

it 'finds 99 of 100 changes of which something tells' sh -c "build/mutate 7 tests/report/handshake >'$table'"
for name in 'deleted: tcp.tx' 'deleted: tcp.rx' 'deleted: arp.tx' 'deleted: tcp.state' 'deleted: call' 'frame deleted' \
	'frame: ARP' 'frame: IP header' 'frame: TCP header' 'segment: rel_seq' 'segment: rel_ack' 'segment: win_scaled' \
	'segment: ip.df' 'segment: opts.val' 'segment: seq' 'segment: end_seq' 'segment: flags' 'segment: payload_len'; do
	it "finds each change: $name" all_found "$name"
done
tap_end
