#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The report's sources include only what the table of report/README.md lets their room include.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# "ROOM INCLUDED" for each pair that the table allows; a room may include itself
allowed() {
	sed -n 's/^| `\([a-z]*\)` | .* | \(.*\)|$/\1 \1 \2/p' report/README.md | tr -d '`' |
		while read -r room rooms; do for other in $rooms; do echo "$room $other"; done; done
}
included() {
	sed -n 's/^#include "\(.*\)"$/\1/p' report/"$1"/*.[ch] | sed 's|/.*||' | sort -u | sed "s/^/$1 /"
}
within() { diff <(included "$1") <(comm -12 <(included "$1") <(allowed | sort)); }

for room in report/*/; do
	room=$(basename "$room")
	[ "$room" = po ] || it "$room includes what it may" within "$room"
done
it 'has a row for each room' diff <(allowed | cut -d' ' -f1 | sort -u) \
	<(for file in report/*/*.c; do dirname "${file#report/}"; done | sort -u)
tap_end
