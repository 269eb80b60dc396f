#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Does every fault of table.tsv to real runs. For each row: the exit status, the sentence, the events until the fault,
# a record of the run that does not say that it goes on, and nothing left behind.
# FAULTS=all does all rows, else those marked `short`; FAULTS=REGEX those whose name or how matches. The kernel is
# KTLAB_KDIR, or the first that is built here. LIMIT=SECONDS lets a phase take longer than 60 s, on a busy machine.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/faults/lib.sh
. tests/faults/how.sh

FAULTS=${FAULTS:-short}
libfaketime=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1
qemu=$(command -v qemu-system-x86_64)
plugin_qemu=$(qemu-plugin/get-qemu.sh --no-fetch 2>/dev/null)
# shellcheck disable=SC2034 # for the table
plugin="--engine plugin --qemu $plugin_qemu"
built=${KTLAB_KDIR:-$(kernel-config/kernel.sh built | head -n 1)}
[ -n "$built" ] || { echo '1..0 # SKIP no kernel is built on this machine'; exit 0; }
make -s build/ktrun build/ktreport build/ktlab-plugin-4.so build/ktlab-plugin-7.so apps >&2 || exit 1
release=$(. "$built/kernel.env" && echo "$KTLAB_RELEASE")

# missing HOW: what this machine lacks for a row
missing() {
	case $1 in
	disk_* | cache_* | as_other_user*) [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || echo 'only root can do it' ;;
	clock_jumps*) [ -e $libfaketime ] || echo 'libfaketime is not installed' ;;
	in_language\ zh*) [ -e /usr/share/i18n/locales/zh_CN ] || echo 'the package locales is not installed' ;;
	*FAULT=hangs*) [ "${release%%.*}" -lt 6 ] || echo 'no program can turn interrupts off since Linux 5.5' ;;
	esac
	case $1 in
	*\$plugin*) [ -n "$plugin_qemu" ] || echo 'no QEMU that loads plugins here: make qemu' ;;
	esac
}

# reference NAME OPTION…: a run without a fault, for the events that others must have
reference() {
	local name=$1
	shift
	rm -rf "$work/out"
	(ktrun "$@") >"$work/said" 2>&1 || { cat "$work/said"; return 1; }
	reference_keep "$name" "$work/out"
}

# recorded_status STATUS: where the run has got as far as a record of itself, it is this
recorded_status() {
	local record=$work/out/fault/run.json
	[ ! -e "$record" ] || jq -e --argjson wanted "$1" '.status == $wanted and .verdict != "running"' "$record" >/dev/null ||
		{ echo "run.json: $(jq -c '[.verdict, .status]' "$record")"; return 1; }
}

# sentence_said TEXT FILE: a … in the text stands for anything
sentence_said() {
	local said
	said=$(<"$2")
	[[ $said == *${1//…/*}* ]]
}

# row FAULT STATUS SENTENCE EVENTS HOW
row() {
	local status=0 stream=$work/said reference=$work/gdb
	rm -rf "$work/out"
	case $5 in
	*\$plugin*) reference=$work/plugin ;;
	asks_again* | *--exact*) reference=$work/exact ;;
	esac
	# results are on stdout, all else on stderr
	[ "$2" != 0 ] || stream=$work/results
	eval "$5" >"$work/results" 2>"$work/said" || status=$?
	[ "$status" = "$2" ] || { echo "exit status $status, wanted $2:"; tail -n 5 "$work/said"; }
	sentence_said "$3" "$stream" || sentence_said "$3" "$work/said" || { echo "it did not say '$3' but:"; tail -n 5 "$work/said"; false; } &&
		[ "$status" = "$2" ] && events_are "$4" "$reference" && recorded_status "$2" && nothing_left
}

# wanted SET LINE
wanted() {
	case $FAULTS in
	all) ;;
	short) [ "$1" = short ] ;;
	*) [[ $2 =~ $FAULTS ]] ;;
	esac
}

make_clone >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
make_kernel "$built"
it "runs a lab without a fault, in a folder with spaces, quotes and other than ASCII letters, on Linux $release" reference gdb
[ -z "$plugin_qemu" ] || it 'runs it with the plugin' eval "reference plugin $plugin"
rows=0 done=0
while IFS=$'\t' read -r set fault status sentence events how; do
	rows=$((rows + 1))
	wanted "$set" "$fault $how" || continue
	done=$((done + 1))
	why=$(missing "$how")
	if [ -n "$why" ]; then
		skip "$fault: $sentence" "$why"
	else
		began=$SECONDS
		it "$fault: $sentence" row "$fault" "$status" "$sentence" "$events" "$how"
		echo "# $((SECONDS - began)) s"
	fi
done < <(grep -v '^#' tests/faults/table.tsv)
echo "# $done of $rows faults; FAULTS=all does all"
tap_end
