#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# docs/event-format.md and the schema are what the rows of report/types/ say, and stored runs are written so.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

documented() { sed -n '/<!-- ktreport format -->/,/<!-- end -->/p' docs/event-format.md | sed '1d;$d'; }
"$report" format >"$dir/table"
documented >"$dir/documented"
"$report" format --json >"$dir/schema"

# every key of a type is explained in words, too
explained() {
	sed '/<!-- ktreport format -->/,/<!-- end -->/d' docs/event-format.md >"$dir/words"
	for key in $(grep -o '`[a-z_]*`' "$dir/table" | sort -u); do
		grep -qF "$key" "$dir/words" || { echo "docs/event-format.md does not explain $key"; return 1; }
	done
}
# keys that an event has and its type has not, or in another order than the type
strangers() {
	jq -r --slurpfile schema "$dir/schema" '
		($schema[0]."$defs".envelope.enum) as $all
		| ($schema[0].oneOf | map({(.properties.type.const): .propertyNames.anyOf[1].enum}) | add) as $own
		| select(.type != "meta" and .type != "end")
		| (keys_unsorted - $all) as $has | ($own[.type] // []) as $may
		| select($has != [$may[] | select(. as $k | $has | index($k))]) | "\(.type): \($has)"' "$1"
}
written_so() { strangers "$1/events.jsonl" | sort -u | head -5 >"$dir/strangers"; cat "$dir/strangers"; [ ! -s "$dir/strangers" ]; }

it 'documents the types as the rows have them' diff -u "$dir/documented" "$dir/table"
it 'has the schema that the rows make' diff -u docs/events.schema.json "$dir/schema"
it 'explains each key' explained
for name in handshake handshake-6.1 route echo; do
	it "has a row's keys for each event of $name, in its order" written_so "tests/report/$name"
done
tap_end
