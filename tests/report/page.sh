#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The page's files: all of them are joined.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh

page=report/forms/page
make -s build/page.html >&2

# each file is in the page once, but for the one that names the others
joins_all() {
	sed -n 's/^@include //p' $page/page.html | sort >"$dir/joined"
	find $page -type f ! -name page.html -printf "%f\n" | sort | diff - "$dir/joined"
	! grep '^@include' build/page.html
}

make -s build/ktreport >&2
# facts: words that only C and what it knows them from may have: types of events, states of neighbours, names of errors, of
# functions and of files of the kernel, of the kernel's threads, and of the flags of a segment
facts() {
	build/ktreport format --json | jq -r '.. | .const? // empty | strings' | grep '\.' | sed 's/\./\\./g'
	printf '%s\n' INCOMPLETE REACHABLE STALE 'E(INVAL|ACCES|HOSTUNREACH|NETUNREACH|AGAIN)' '[a-z0-9]+_[a-z0-9_]+\(\)' \
		fib4_rule_action __do_softirq ksoftirqd '(net|kernel|include|drivers)/[a-z0-9_/]+\.[ch]' "'(SYN|FIN|RST|PSH|ACK)'"
}
# knows_none FILE…: none of them stands there, but in comments
knows_none() {
	facts >"$dir/facts"
	[ "$(wc -l <"$dir/facts")" -gt 20 ] && ! sed 's|/\*.*\*/||; s|^// .*||' "$@" | grep -nEf "$dir/facts"
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
it 'joins each file of the page once' joins_all
it 'knows nothing that C knows' knows_none $page/*.js
for fact in "e.type === 'route.result'" "e.err === 'EINVAL'" "f.fn === 'fib4_rule_action'" "f.file === 'kernel/softirq.c'" "{ S: 'SYN' }"; do
	echo "const is = (e, f) => $fact;" >"$dir/knows.js"
	it "would find: $fact" fails 1 "$fact" knows_none "$dir/knows.js"
done
# depths and numbers are the cells' own, not read from what is written for people
it 'reads no depth and no number from a text' sh -c '! grep -nE "strspn|strtol|atoi|sscanf" report/forms/form_html.c report/forms/page_facts.c'
tap_end
