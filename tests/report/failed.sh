#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a run that fails, skips or is damaged looks like to a CI job: JUnit, TAP, exit status, and the page's badge.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/expect" <<'END'
A SYN "with quotes" & more.
    tcp.tx flags=S
A reset.
    tcp.tx flags=R
Something new.
    [kernel >= 6.5] it came then
    tcp.tx flags=R
END
cp -r "$run" "$dir/run"
sed -i '40s/"t_ns":[0-9]*,//' "$dir/run/events.jsonl"
status=0
"$report" write "$dir/run" "$dir/expect" 2>"$dir/err"
"$report" check "$dir/run" "$dir/expect" >/dev/null 2>&1 || status=$?

# xml PYTHON: is it true of the document `suite`?
xml() {
	python3 -c "
import sys, xml.etree.ElementTree as tree
suite = tree.parse('$dir/run/junit.xml').getroot()
sys.exit(not ($1))"
}

it 'ends with 2 for a damaged run' [ $status = 2 ]
it 'ends with 1 when an expectation fails' fails 1 '2 held, 1 failed, 1 skipped' "$report" check "$run" "$dir/expect"
it 'counts in JUnit' xml "(suite.get('tests'), suite.get('failures'), suite.get('errors'), suite.get('skipped')) == ('4', '2', '1', '1')"
it 'tells the damage in JUnit' xml "'missing field' in suite.find('system-err').text"
it 'keeps the sentence in JUnit' xml "suite.findall('testcase')[0].get('name') == 'A SYN \"with quotes\" & more.'"
it 'has a failure in JUnit, with its place and reason' xml "suite.findall('testcase')[1].find('failure').get('message') == '$dir/expect:4' and 'nearest is' in suite.findall('testcase')[1].find('failure').text"
it 'has what was skipped in JUnit, with the reason' xml "'it came then' in suite.findall('testcase')[2].find('skipped').text"
it 'passes what holds in JUnit' xml "len(suite.findall('testcase')[0]) == 0"
it 'has times, files and lines in JUnit' xml "suite.findall('testcase')[1].get('file') == '$dir/expect' and suite.findall('testcase')[1].get('line') == '3' and float(suite.get('time')) > 0 and all(float(c.get('time')) >= 0 for c in suite.findall('testcase'))"
it 'names a file for each case of JUnit' xml "all(c.get('file') == '$dir/expect' for c in suite.findall('testcase'))"
it 'says in JUnit what was traced' xml "{p.get('name') for p in suite.iter('property')} >= {'kernel', 'engine', 'mode', 'digest'}"
it 'attaches the page to what failed, and to that alone' xml "all((c.find('system-out') is None) == (c.find('failure') is None) for c in suite.findall('testcase')) and '[[ATTACHMENT|$dir/run/report.html]]' in suite.findall('testcase')[1].find('system-out').text"
it 'says not ok in TAP, with the place and the reason in YAML' says "not ok 2 - A reset.
  ---
  message: |2
    nearest is" cat "$dir/run/report.tap"
it 'says the place in TAP' says "  at:
    file: \"$dir/expect\"
    line: 4
" cat "$dir/run/report.tap"
it 'says SKIP in TAP' says 'ok 3 - Something new. # SKIP only for kernel >= 6.5: it came then' cat "$dir/run/report.tap"
it 'marks a damaged run in the page' says '"problems":["events.jsonl:40: missing field ' cat "$dir/run/report.html"
it 'marks a damaged run in the text' says 'This run is damaged; problems: ' cat "$dir/run/report.txt"
it 'marks a damaged run in JSON' sh -c "'$report' show states --json '$dir/run' 2>/dev/null | jq -e '.run.damaged and (.run.problems | length > 0)'"
tap_end
