#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The labs as they lie in their folders; boots nothing.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

whole() {
	for file in guest.sh points expect expect-1 README.md README.zh.md; do
		[ -s "labs/$1/$file" ] || { echo "no labs/$1/$file"; return 1; }
	done
}

# the lesson has output, and both languages have the same commands
lesson() {
	diff <(grep '^\$ ' "labs/$1/README.md") <(grep '^\$ ' "labs/$1/README.zh.md") &&
		grep -q '^\$ ' "labs/$1/README.md"
}

# terms: no Chinese text has these; a queue's English stands once, behind its name
terms() {
	! grep -nE '观察点|证人|接头|诞生于|登记|接受队列|(^|[^（])(SYN|accept) ?队列' "$@"
}

it 'the Chinese texts have one term for a thing' terms report/po/zh_CN.po docs/lessons.zh.md docs/debug.zh.md labs/*/*.zh.po labs/*/README.zh.md
it 'what the lessons say can be asked of a run, the same in both languages' tests/labs/claims
# shown FILE: the blocks of commands and output; the English text alone has the example in Python, and its lead
shown() { sed -n '/^```python/,/^```/d; /^```/,/^```/p' "$1"; }
# named FILE: the first column of each table, what is between backticks there
named() { grep '^| `' "$1" | cut -d'|' -f2 | grep -oE '`[^`]+`'; }
debug_alike() { diff <(shown docs/debug.md) <(shown docs/debug.zh.md) && diff <(named docs/debug.md) <(named docs/debug.zh.md); }
it 'docs/debug.md shows the same in both languages' debug_alike
for guest in labs/*/guest.sh; do
	lab=$(basename "$(dirname "$guest")")
	it "$lab is whole" whole "$lab"
	for expect in "labs/$lab"/expect "labs/$lab"/expect-1; do
		it "$expect can be read" build/ktreport check --syntax - "$expect"
	done
	it "the lesson of $lab shows the same in both languages" lesson "$lab"
	it "docs/lessons.md names $lab" grep -q "(../labs/$lab/README.md)" docs/lessons.md
	it "docs/lessons.zh.md names $lab" grep -q "(../labs/$lab/README.zh.md)" docs/lessons.zh.md
	[ ! -e "labs/$lab/lesson" ] || it "the test knows the answers of the lesson of $lab" grep -q "^$lab	." tests/labs/lessons.tsv
	it "$lab has a wrong variant" grep -q "^$lab	." tests/labs/wrong.tsv
done
tap_end
