#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How far a frame is behind its event: said of runs of the plugin engine, whose clock is the capture's.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

work=$(mktemp -d /tmp/ktlab-lag-XXXXXX)
trap 'rm -rf "$work"' EXIT

# lag ENGINE NS: of the stored run as if this engine had taken it, its times moved by so many ns
lag() {
	cp "$run"/wire-* "$work"
	jq -c --arg engine "$1" --argjson ns "$2" --argjson at "${3:-1577836800000000000}" 'if .type == "meta" then .engine = $engine | .facts.power_on_ns = $at elif .n then .t_ns += $ns else . end' \
		"$run/events.jsonl" >"$work/events.jsonl"
	"$report" show summary "$work" 2>/dev/null | grep '^a frame after its event'
}

# lags WANTED NS
lags() { lag plugin "$2" | grep -F "at most $1 us (event 48), of 13 frames"; }
silent() { ! lag "$@"; }

# the stored run was taken by gdb: its clock began 9.37 s later than the capture's
it 'says the longest, and whose it is' lags 1512 9370000000
it 'counts it to the microsecond' lags 1500 9370012000
it 'says nothing where events come after their frames' silent plugin 9999999999
it 'says nothing of another clock' silent gdb 9370000000
it 'says nothing where the run does not say when the captures begin' silent plugin 9370000000 0
tap_end
