#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The report of a live run says how far stops moved virtual time; that of a run whose time they left alone does not.
# What the run cost in wall time stands beside it.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp -r "$run" "$dir/run"
sed -i '1s/"mode":"exact"/"mode":"live"/
	$s/"complete":true,/&"stops":{"count":301,"moved_ns":183289710,"most_ns":999990},/' "$dir/run/events.jsonl"
"$report" write "$dir/run" "$expect"
sentence='301 stops moved virtual time by at most 183.290 ms in all, at most 1.000 ms at once.'

for form in txt md html; do
	it "says it in report.$form" grep -qF "$sentence" "$dir/run/report.$form"
done
it 'says it in Chinese' says '301 次停下使虚拟时间总共最多前移 183.290 ms' "$report" show summary --zh "$dir/run"
it 'says nothing of it for an exact run' fails 1 '' sh -c '"$0" show summary "$1" | grep "stops moved"' "$report" "$run"
sed -i '1s/"engine":"gdb"/"engine":"plugin"/; $s/"stops":{[^}]*}/"stops":null/' "$dir/run/events.jsonl"
it 'says nothing of stops for the plugin, which makes none' fails 1 '' sh -c '"$0" show summary "$1" | grep " stop"' "$report" "$dir/run"

echo '{"hits":301,"phases":[{"name":"boot","wall_s":3.45},{"name":"lab","wall_s":6.02}]}' >"$dir/run/run.json"
# however wide the columns are
summary() { "$report" show summary "$dir/run" | tr -s ' '; }
it 'says what each phase took' says 'wall time boot 3.5 s, lab 6.0 s' summary
it 'says what a hit cost' says 'a hit 20.0 ms of wall time' summary
tap_end
