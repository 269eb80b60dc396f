# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the report's tests share: the program, the stored run, and how each golden file is made.

report=${KTREPORT:-build/ktreport}
[ -n "${KTREPORT:-}" ] || make -s build/ktreport >&2
# the stored run: handshake is one on Linux 5.4, handshake-6.1 on 6.1
run=${REPORT_RUN:-tests/report/handshake}
golden=tests/report/golden${run#tests/report/handshake}
# what the stored runs are judged by: the lab itself goes on
expect=tests/report/expect
export LC_ALL=C.UTF-8
. tests/seal.sh
# what a program made from the report's objects is linked with
# shellcheck disable=SC2034 # by those who source this
report_libraries=$(sed -n 's/^ktreport_libraries := //p' Makefile)

# written FILE: what "write" puts there, in a copy of the run that is made once
written() {
	if [ ! -d "build/tests/written$run" ]; then
		mkdir -p "build/tests/written$run"
		cp "$run"/* "build/tests/written$run/"
		"$report" write "build/tests/written$run" "$expect"
	fi
	cat "build/tests/written$run/$1"
}
rm -rf "build/tests/written$run"

# golden_output NAME: what the golden file NAME.txt must hold; "VIEW", "VIEW.ascii" or a file that is written
golden_output() {
	case $1 in
	check) "$report" check "$run" "$expect" ;;
	report.md) written report.md | sed '/^## Calls/,$d' ;; # what follows are the trees and stacks
	report.tap | junit.xml | trace.json) written "$1" ;;
	comments) written wire.pcapng | tshark -r - -T fields -e frame.number -e frame.comment 2>/dev/null ;;
	*.ascii) LC_ALL=C "$report" show "${1%.ascii}" --width 80 "$run" ;;
	*) "$report" show "$1" --expect "$expect" "$run" ;;
	esac
}

same_as_golden() { golden_output "$1" | diff -u "$golden/$1.txt" -; }

# the names of all views that take no argument, as the help lists them
view_names() { "$report" --help | sed -n '/^Views:/,/^$/s/^  \([a-z]*\)  *[a-z].*/\1/p'; }

every_view_is_golden() {
	for name in $(view_names); do
		[ -f "$golden/$name.txt" ] || { echo "no golden file for '$name'"; return 1; }
	done
}

# repeat EVENTS FILE: the stored run's events over and over, numbered and timed on
repeat() {
	awk -v wanted="$1" '
		NR == 1 { print; next }
		/^{"type":"end"/ { end = $0; next }
		{ match($0, /"n":[0-9]+/); head[++count] = substr($0, 1, RSTART + 3); tail[count] = substr($0, RSTART + RLENGTH) }
		END {
			for (n = 1; n <= wanted; n++) {
				i = (n - 1) % count + 1
				print head[i] n tail[i]
			}
			print end
		}' "$run/events.jsonl" >"$2"
	seal "$2"
}

# two_connections: the stored run with its connection twice: the second one a second later, from another port
two_connections() {
	last=$(sed -n '$!p' "$run/events.jsonl" | tail -1 | jq .n)
	sed '$d' "$run/events.jsonl"
	jq -c 'select(.conn == 1) | .conn = 2 | .t_ns += 1000000000 | if .dport == 8080 then .sport = 40002 else .dport = 40002 end' "$run/events.jsonl" |
		awk -v n="$last" '{ sub(/"n":[0-9]+/, "\"n\":" ++n); print }'
	tail -1 "$run/events.jsonl"
}
