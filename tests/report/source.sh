#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Lines of the kernel's source in the page: the line and two around it, of files inside of the source folder alone.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/tree/net/ipv4"
seq -f 'line %.0f <b>&amp;' 1 433 >"$dir/tree/net/ipv4/ip_output.c"
echo secret >"$dir/outside.c"
cp -r "$run" "$dir/run"
# the first frame of one stack lies outside of the folder, of another at an absolute path
sed -i '/^{"n":48,/s/"stack":\[{/"stack":[{"fn":"a","file":"..\/outside.c","line":1,"inlined":false},{/
	/^{"n":74,/s|"stack":\[{|"stack":[{"fn":"b","file":"'"$dir"'/outside.c","line":1,"inlined":false},{|' "$dir/run/events.jsonl"
"$report" write --source "$dir/tree" "$dir/run" "$expect"

# source PYTHON: is it true of the page's sources, `of`?
source_lines() {
	python3 -c "
import json, re, sys
page = open('$dir/run/report.html').read()
of = json.loads(re.search(r'id=\"data\">(.*?)</script>', page, re.S).group(1))['sources']
print({place: of[place] for place in of})
sys.exit(not ($1))"
}

it 'shows the line and two around it' source_lines "of['net/ipv4/ip_output.c:126'] == {'from': 124, 'lines': ['line %d <b>&amp;' % n for n in range(124, 129)]}"
it 'ends where the file ends' source_lines "of['net/ipv4/ip_output.c:432'] == {'from': 430, 'lines': ['line %d <b>&amp;' % n for n in range(430, 434)]}"
it 'shows nothing of a file that is not there' source_lines "all(place.startswith('net/ipv4/ip_output.c:') for place in of)"
it 'reads no file outside of the folder' sh -c "! grep -q secret '$dir/run/report.html'"
it 'lets no markup of the source through' sh -c "! grep -q 'line 126 <b>' '$dir/run/report.html'"
sed -i "1s|\"source\":null|\"source\":\"$dir/tree\"|" "$dir/run/events.jsonl"
"$report" write "$dir/run" "$expect"
it 'reads nothing of a folder that a run names, unless it is a kernel source' source_lines 'of == {}'
touch "$dir/tree/net/ipv4/tcp_ipv4.c"
"$report" write "$dir/run" "$expect"
it 'reads a kernel source that a run names' source_lines "'net/ipv4/ip_output.c:126' in of"
"$report" write --source "$dir/none" "$dir/run" "$expect"
it 'does without the source' source_lines 'of == {}'
it 'links to no tag for a release that has none' sh -c "sed -i '1s/5\.4\.286/5.4.286-custom/' '$dir/run/events.jsonl'; '$report' write '$dir/run' '$expect'; ! grep -q 'git.kernel.org' '$dir/run/report.md'"
it 'links to v5.4 for 5.4.0' sh -c "sed -i '1s/5\.4\.286-custom/5.4.0/' '$dir/run/events.jsonl'; '$report' write '$dir/run' '$expect'; grep -q 'h=v5\.4#' '$dir/run/report.md'"
it 'links to nothing for an empty release' sh -c "sed -i '1s/5\.4\.0/ /; 1s/\"release\":\" \"/\"release\":\"\"/' '$dir/run/events.jsonl'; '$report' write '$dir/run' '$expect'; ! grep -q 'git.kernel.org' '$dir/run/report.md'"
tap_end
