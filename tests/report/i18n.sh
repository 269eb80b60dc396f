#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The Chinese catalogues are complete and used; the manual page and the completion know every option and view.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# each text of the sources has a translation, and the other way round
catalogue_is_complete() {
	msgcmp report/po/zh_CN.po "$dir/all.pot"
	[ -z "$(msgcomm --unique --no-location "$dir/all.pot" report/po/zh_CN.po 2>/dev/null | grep '^msgid "[^"]')" ]
}

# what a lab's files say to people
sentences() { grep -h '^[^ #]' "$@"; sed -n 's/^ *\[kernel[^]]*\] *//p' "$@"; }
# the texts of a catalogue
texts() { sed -n 's/^msgid "\(.*\)"$/\1/p' "$1" | sed 's/\\\(.\)/\1/g' | sort -u; }

# each lab's catalogue has what the lab says, and nothing else
labs_are_complete() {
	for lab in labs/*/expect; do
		sentences "$lab" "$lab"-? | sort -u >"$dir/said"
		texts "$lab.zh.po" | diff "$dir/said" - || { echo "$lab.zh.po differs from the lab"; return 1; }
	done
}
# the texts of a lesson that is walked through: a line that is indented goes on with the one above it
lesson_texts() {
	awk 'function told() { if (sub(/^(step|say|ask|hint|right) /, "", text)) print text; text = "" }
		/^ / { sub(/^ */, " "); text = text $0; next }
		{ told(); text = $0 }
		END { told() }' "$1"
}
lessons_are_complete() {
	for lesson in labs/*/lesson; do
		lesson_texts "$lesson" | sort -u >"$dir/said"
		texts "$lesson.zh.po" | diff "$dir/said" - || { echo "$lesson.zh.po differs from the lesson"; return 1; }
	done
}
points_are_complete() {
	PYTHONPATH=gdb-scripts python3 -c 'from ktlab import points; print(*{p.note for p in points.TABLE if p.note}, sep="\n")' |
		sort >"$dir/said"
	texts gdb-scripts/ktlab/points.zh.po | grep -v 'not called while the lab ran' | diff "$dir/said" -
	[ "$(grep -c 'called while the lab ran"' gdb-scripts/ktlab/decoder.py)" = 2 ]
}
# each sentence of each lab is shown in Chinese
labs_speak_chinese() {
	for expect in labs/*/expect labs/*/expect-?; do
		"$report" show checks --zh --json --expect "$expect" "$run" | jq -r '.tables[0].rows[].sentence' >"$dir/said"
		! grep -vP '\p{Han}' "$dir/said" || { echo "$expect is not in Chinese"; return 1; }
		[ "$(wc -l <"$dir/said")" -gt "$(grep -c '^[^ #]' "$expect")" ] # and the one of the wire
	done
}
# a report in Chinese: its expectations in each form, and no sentence of a catalogue left in English
speaks_chinese() {
	cp -r "$run" "$dir/run"
	"$report" write --zh "$dir/run" labs/handshake/expect
	for form in report.txt report.md report.html junit.xml report.tap; do
		grep -q '客户端听到了这个通告。' "$dir/run/$form" || { echo "no sentence of the lab in $form"; return 1; }
	done
	grep -q '选了哪条路由' "$dir/run/report.html"
	grep -q '实验运行期间没有被调用' "$dir/run/report.html"
	for po in report/po/zh_CN.po gdb-scripts/ktlab/points.zh.po labs/handshake/expect.zh.po; do texts "$po"; done |
		grep -v % | grep '[a-z] [a-z]* [a-z]' >"$dir/english"
	! (cd "$dir/run" && sed 's/\\_/_/g' report.txt report.md junit.xml report.tap | grep -nFf "$dir/english")
}

# damaged: a catalogue that is cut off, or whose tables lie elsewhere, or that is none: the program speaks as far as it goes
damaged() {
	mo=$dir/beside/locale/zh_CN/LC_MESSAGES/ktreport.mo whole=build/locale/zh_CN/LC_MESSAGES/ktreport.mo
	mkdir -p "${mo%/*}" && cp "$report" "$dir/beside/ktreport" || return
	for change in 0 7 20 3000 60000 8:0 8:377 12:377 16:377 0:0 33:377 40:377; do
		at=${change%:*} value=${change#*:}
		cp "$whole" "$mo"
		if [ "$change" = "$at" ]; then truncate -s "$at" "$mo"; else printf "\\$value" | dd of="$mo" bs=1 seek=$((at + 3)) conv=notrunc status=none; fi
		"$dir/beside/ktreport" show states --zh "$run" >"$dir/said" || { echo "changed at $change: status $?"; return 1; }
		grep -q inet_sk_state_store "$dir/said" || { echo "changed at $change: no states"; return 1; }
	done
	cp "$whole" "$mo"
	says 'TCP 状态' "$dir/beside/ktreport" show states --zh "$run"
}

# the page's words: between its tags, in attributes that are read, and in T('…')
page_words() {
	body=$(sed -n '/<body>/,/<script type/p' report/forms/page/page.html)
	printf '%s\n' "$body" | grep -o '>[^<>]*[a-z][^<>]*<' | sed 's/^>//; s/<$//; s/^ *//; s/ *$//'
	printf '%s\n' "$body" | grep -oE '(placeholder|aria-label|title)="[^"]*"' | sed 's/^[^"]*"//; s/"$//'
	grep -oh "T('[^']*'" report/forms/page/*.js | sed "s/^T('//; s/'\$//"
}

# each of them is among those that page_words.c hands to the catalogue
page_is_complete() {
	page_words | while IFS= read -r word; do
		grep -qxF "msgid \"$word\"" "$dir/all.pot" || { echo "the page says '$word', page_words.c does not"; exit 1; }
	done
}
# no text of the page's script is for people but those in T('…')
page_translates_all() { ! grep -nE "make\('[a-z0-9]+', \{[^}]*\}, '[A-Za-z]" report/forms/page/*.js; }

options() { "$report" --help | grep -oE -- '--[a-z]+' | sort -u; }
manual_knows_all() {
	for word in $(options | sed 's/^--//') $("$report" --help | sed -n '/^Views:/,/^$/s/^  \([a-z]*\).*/\1/p'); do
		grep -q -- "$word" report/ktreport.1 || { echo "the manual page lacks $word"; return 1; }
	done
}
completes() {
	bash -c '. report/ktreport.bash; COMP_CWORD=$(($# - 1)); COMP_WORDS=("$@"); _ktreport; echo "${COMPREPLY[*]}"' - "$@"
}

if command -v xgettext >/dev/null; then
	xgettext -k_ -kN_ -LC --from-code=UTF-8 --no-location --no-wrap --sort-output -o "$dir/all.pot" report/*.c report/*/*.c
	it 'translates every text' catalogue_is_complete
	it 'translates what the labs expect' labs_are_complete
	it 'translates what the lessons ask' lessons_are_complete
	it 'translates what is said of points' points_are_complete
	it 'shows in Chinese what the labs expect' labs_speak_chinese
	it 'hands every word of the page to the catalogue' page_is_complete
	it 'hands every text of the page to its translation' page_translates_all
	it 'speaks Chinese with --zh' says 'TCP 状态' "$report" show states --zh "$run"
	it 'speaks Chinese with LANG' says 'TCP 状态' env LC_ALL= LANG=zh_CN.UTF-8 "$report" show states "$run"
	printf 'No SYN.\n    never tcp.tx flags=S\n' >"$dir/never"
	it 'judges in Chinese' fails 1 '绝不应出现，却出现了 1 次；第一个是事件 48' "$report" check --zh "$run" "$dir/never"
	it 'answers in Chinese' says '因为 10.0.0.0/24（在表 main 中）是匹配的最长前缀' "$report" show answers --zh --width 300 "$run"
	it 'speaks Chinese in every form' speaks_chinese
	it 'finds no text outside of a damaged catalogue' damaged
else
	skip 'translates every text' 'no gettext here'
fi
# a name of eight East Asian columns, and one as wide of ASCII letters: the column behind them begins at one place
cp -r "$run" "$dir/wide"
sed -i 's/"comm":"client"/"comm":"客户端端"/; s/"comm":"server"/"comm":"serverse"/' "$dir/wide/events.jsonl"
aligned() {
	LC_ALL=$1 "$report" write "$dir/wide" "$expect"
	sed -n '/^System calls/,/^$/p' "$dir/wide/report.txt" | sed 's/客户端端/12345678/' >"$dir/calls"
	grep -c 12345678 "$dir/calls"
	awk '/12345678|serverse/ { at = match($0, /[a-z]+\(/); if (seen && at != seen) bad = 1; seen = at } END { exit bad || !seen }' "$dir/calls"
}
it 'aligns East Asian letters' aligned C.UTF-8
it 'aligns them in a file where the terminal is ASCII' aligned C
it 'speaks English otherwise' says 'TCP states' "$report" show states "$run"
it 'has every option and view in the manual page' manual_knows_all
if command -v man >/dev/null; then
	it 'has a manual page without a mistake' sh -c '! man --warnings -l report/ktreport.1 2>&1 >/dev/null | grep .'
else
	skip 'has a manual page without a mistake' 'no man here'
fi
# the text after -c is for the inner shell
it 'completes commands' says 'check' completes "$report" ch
it 'completes views' says 'neighbours' completes "$report" show nei
it 'completes options' says '--filter=' completes "$report" show --fil
# typed TEXT: what a person at a terminal sees who types it; \t is the tab
typed() {
	printf '. report/ktreport.bash\nbuild/ktreport %b\n\004' "$1" |
		TERM=dumb PS1='> ' script -qec 'bash --norc --noprofile -i' /dev/null 2>&1 | tr -d '\r'
}
it 'completes an option at a terminal, ready for its value' says "segments --filter='" typed "show segments --fil\t'n>1'"
it 'completes a view at a terminal, and goes on' says 'show segments --width' typed 'show seg\t--width'
tap_end
