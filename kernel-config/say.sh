# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What kernel.sh says: errors, and the progress of long phases. Everything goes to stderr; stdout is for results.

say() {
	printf '%s\n' "$@" >&2
}

# die STATUS SENTENCE [REMEDY…]: ends with one sentence, each remedy on a line of its own
die() {
	local status=$1
	shift
	printf 'kernel.sh: %s\n' "$1" >&2
	shift
	[ $# -eq 0 ] || printf '  %s\n' "$@" >&2
	exit "$status"
}

elapsed() {
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

phase_pid=
trap 'phase_end; exit 130' INT
trap 'phase_end; exit 143' TERM HUP

# ends the command of the phase under way and waits for it, so that nothing is left behind
phase_end() {
	[ -n "$phase_pid" ] || return 0
	kill -TERM "$phase_pid" 2>/dev/null || :
	wait "$phase_pid" 2>/dev/null || :
	phase_pid=
	[ ! -t 2 ] || printf '\n' >&2
}

# run_phase TITLE LOG COUNTER COMMAND…: runs COMMAND with its output in LOG and shows how far it is:
# one line that is rewritten on a terminal, a line every half minute elsewhere. COUNTER is a command whose
# output is shown beside the time, or `:`. Returns COMMAND's status.
run_phase() {
	local title=$1 log=$2 counter=$3 start=$SECONDS shown=$SECONDS status=0
	shift 3
	[ -t 2 ] || say "$title"
	"$@" >>"$log" 2>&1 &
	phase_pid=$!
	while kill -0 "$phase_pid" 2>/dev/null; do
		if [ -t 2 ]; then
			printf '\r%s  %s  %s\033[K' "$title" "$(elapsed $((SECONDS - start)))" "$($counter)" >&2
		elif ((SECONDS - shown >= 30)); then
			say "$title  $(elapsed $((SECONDS - start)))  $($counter)"
			shown=$SECONDS
		fi
		sleep 0.2
	done
	wait "$phase_pid" || status=$?
	phase_pid=
	if [ -t 2 ]; then
		printf '\r%s  %s  %s\033[K\n' "$title" "$(elapsed $((SECONDS - start)))" "$($counter)" >&2
	fi
	return "$status"
}
