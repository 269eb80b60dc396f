#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs of a user's own that do what they should not: each row of bad.tsv that is drawn ends with its status and its
# sentence, its report is there, and QEMU is gone. DRAW=2 rows are drawn, those of the day or of SEED; BAD=REGEX takes
# those whose name matches.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
# shellcheck source=tests/lib/kernel.sh
. tests/lib/kernel.sh

DRAW=${DRAW:-2}
SEED=${SEED:-$(date +%j)}
BAD=${BAD:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-bad.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
run=$work/programs
program=tests/e2e/bad.c

# rows: those that are taken this time
rows() {
	if [ -n "$BAD" ]; then
		grep -v '^#' tests/e2e/bad.tsv | grep -E -- "^[^	]*($BAD)"
	else
		grep -v '^#' tests/e2e/bad.tsv | shuf -n "$DRAW" --random-source=<(yes "$SEED")
	fi
}

# traced CLIENT SERVER POINTS STATUS SENTENCE: by one command
traced() {
	local server=$program
	[ ! -e "$2" ] || server=$2
	rm -rf "$run"
	make -s lab KERNEL=5.4 ENGINE=plugin OUT="$work" CLIENT=$program CLIENT_ARGS="$1" SERVER="$server" \
		SERVER_ARGS="$2" POINTS="$3" >"$work/said" 2>&1
	tail -n 5 "$work/said"
	jq -e --argjson status "$4" '.status == $status' "$run/run.json" && grep -qE -- "$5" "$work/said"
}

# ended PROGRAMS: as the report says
ended() {
	local found
	found=$(build/ktreport show programs --json "$run" |
		jq -r '[.tables[] | select(.name == "programs").rows[] | "\(.program) \(.status)"] | join(",")')
	printf '%s\n' "$found"
	[ "$found" = "$1" ]
}

# harmless: no file or terminal has a byte of control of a program's, the page no script, and readers can read them
harmless() {
	local text=("$work/said" "$run"/{events.jsonl,report.html,report.md,report.txt,report.tap,junit.xml,run.json,console.log})
	[ -s "$run/report.html" ] && [ -s "$run/junit.xml" ] || { echo 'there is no report'; return 1; }
	! LC_ALL=C grep -laP '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]' "${text[@]}" || return
	! grep -lF '<script>x=1' "$run/report.html" "$run/junit.xml" || return
	# what stands in a block is text
	awk '/^```/ { block = !block } !block && /<script>x=1/ { print FILENAME ":" FNR; wrong = 1 } END { exit wrong }' "$run/report.md" || return
	for file in "${text[@]}"; do iconv -f UTF-8 -t UTF-8 "$file" >/dev/null || return; done
	python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$run/junit.xml" &&
		jq -es 'length > 1' "$run/events.jsonl" >/dev/null
}

# gone: no program of the run is left
gone() { ! pgrep -af -- "$work/programs"; }

if kernel_there 5.4 'traces programs that do what they should not'; then
	echo "# SEED=$SEED"
	while IFS='|' read -r name client server points status sentence programs; do
		it "a client that $name: its status and its sentence" traced "$client" "$server" "$points" "$status" "$sentence" </dev/null
		[ "$programs" = - ] || it "how both end" ended "$programs" </dev/null
		it "its report is there, and harms nobody" harmless </dev/null
		it "nothing runs on" gone </dev/null
	done < <(rows | tr '\t' '|')
fi
tap_end
