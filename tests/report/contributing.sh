#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# CONTRIBUTING's "Add an event type", followed to the letter: its file is all that the report needs.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/report/lib.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# the block of C that CONTRIBUTING shows
sed -n '/^## Add an event type/,/^## /p' CONTRIBUTING.md | sed -n '/```c/,/```$/p' | sed '/```/d; s/^   //' >"$dir/timer.c"
objects() { find report -name '*.c' | sed 's|\(.*\)\.c$|build/obj/\1.o|'; }
# shellcheck disable=SC2046,SC2086 # lists of files, of libraries
it 'compiles as it stands there' gcc -std=c11 -Wall -Wextra -Werror -Ireport -o "$dir/ktreport" "$dir/timer.c" $(objects) $report_libraries

# a run in which the second event is such a one
cp -r "$run" "$dir/run"
sed '3s/"type":"[a-z.]*"/"type":"timer.expire","function":"tcp_write_timer","late_ns":5/' "$run/events.jsonl" >"$dir/run/events.jsonl"
seal "$dir/run/events.jsonl"
it 'is among the types' says '| `timer.expire` | `function`, `late_ns` |' "$dir/ktreport" format
it 'has its sentence' says 'timer tcp_write_timer' "$dir/ktreport" show calls --width 200 -f timer.expire "$dir/run"
it 'has its row of the ladder' says 'timer tcp_write_timer' "$dir/ktreport" show ladder -f 'timer.expire late_ns=5' "$dir/run"
it 'knows its keys' fails 2 "timer.expire has no field 'lat'" "$dir/ktreport" show calls -f 'timer.expire lat=5' "$dir/run"
it 'is no type without its file' fails 2 'is no type of event' "$report" show calls --width 200 -f timer.expire "$dir/run"
tap_end
