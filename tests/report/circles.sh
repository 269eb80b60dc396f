#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No two files of a program need each other, be it by way of a third: as they call, and as they include or import.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
make -s build/ktreport build/ktrun >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# the plugin is made in one step: its objects are made here
for source in qemu-plugin/*.c; do
	gcc -std=c11 -w -fPIC -c -o "$work/$(basename "$source" .c).o" "$source"
done

# objects PART: those of the sources that there are
objects() {
	if [ "$1" = qemu-plugin ]; then ls "$work"/*.o; else find "$1" -name '*.c' | sed 's|\(.*\)\.c$|build/obj/\1.o|'; fi
}
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
# "FILE IMPORTED" of the package, be it at the top of a file or in a function
imports() {
	python3 - "$1" <<-'END'
		import ast, os, sys

		def places(folder, node):
		    for _ in range(node.level - 1):
		        folder = os.path.dirname(folder)
		    folder = os.path.join(folder, *(node.module or "").split("."))
		    for name in node.names:
		        yield [os.path.join(folder, name.name), os.path.join(folder, name.name, "__init__"), folder.rstrip("/"),
		               os.path.join(folder, "__init__")]

		for folder, _, names in os.walk(sys.argv[1]):
		    for path in (os.path.join(folder, name) for name in names if name.endswith(".py")):
		        with open(path, encoding="utf-8") as file:
		            nodes = list(ast.walk(ast.parse(file.read())))
		        for node in nodes:
		            for tried in places(folder, node) if isinstance(node, ast.ImportFrom) and node.level else ():
		                print(path, next(there for there in (place + ".py" for place in tried) if os.path.exists(there)))
	END
}
without_circle() { "$@" >"$work/pairs" && [ -s "$work/pairs" ] && tsort "$work/pairs" 2>&1 >/dev/null | { ! grep .; }; }

for part in report ktrun qemu-plugin; do
	it "calls no file of $part that calls back" without_circle calls "$part"
	it "includes no file of $part that includes back" without_circle includes "$part"
done
it 'imports no file of the scripts that imports back' without_circle imports gdb-scripts/ktlab
# tsort says what it finds
printf 'a b\nb c\nc a\n' >"$work/pairs"
it 'would find a circle' fails 1 'loop' tsort "$work/pairs"
# and so it is of Python's files
mkdir "$work/package"
echo 'from .two import three' >"$work/package/one.py"
echo 'def three(): from . import one' >"$work/package/two.py"
it 'would find a circle of imports' fails 1 'one.py' without_circle imports "$work/package"
tap_end
