#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No two files of a program need each other, be it by way of a third: as they call, and as they include.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
make -s build/ktreport build/ktrun >&2

# the objects of the sources that there are
objects() { find "$1" -name '*.c' | sed 's|\(.*\)\.c$|build/obj/\1.o|'; }
# "USER OWNER" for each symbol that one file defines and another one uses
calls() {
	objects "$1" | xargs nm -A | awk '
		{ sub(":", " "); file = $1; kind = $(NF - 1); name = $NF }
		kind ~ /^[TDRBV]$/ { owner[name] = file }
		kind == "U" { users[name] = users[name] " " file }
		END { for (name in users) if (name in owner) {
			n = split(users[name], list, " ")
			for (i = 1; i <= n; i++) print list[i], owner[name]
		} }'
}
# "FILE INCLUDED"; a file stands beside its own header or in a room of report/
includes() {
	find "$1" -name '*.[ch]' | while read -r file; do
		sed -n 's/^#include "\(.*\)"$/\1/p' "$file" | while read -r other; do
			if [ -e "report/$other" ]; then echo "$file report/$other"; else echo "$file $(dirname "$file")/$other"; fi
		done
	done
}
without_circle() { "$@" >"$pairs" && [ -s "$pairs" ] && tsort "$pairs" 2>&1 >/dev/null | { ! grep .; }; }

pairs=$(mktemp)
trap 'rm -f "$pairs"' EXIT
for part in report ktrun; do
	it "calls no file of $part that calls back" without_circle calls "$part"
	it "includes no file of $part that includes back" without_circle includes "$part"
done
# tsort says what it finds
printf 'a b\nb c\nc a\n' >"$pairs"
it 'would find a circle' fails 1 'loop' tsort "$pairs"
tap_end
