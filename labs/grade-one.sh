#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs one submission: grade-one.sh GRADES NAME, as GRADES/settings says (grade.sh). Whatever it does, it costs its limit
# and a line. GRADES/NAME/TASK.outcome says how each task went; ktreport grade judges it.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

grades=$1 name=$2
# shellcheck source=/dev/null
. "$grades/settings"
from=$SUBMISSIONS/$name to=$grades/$name
# what a compiler may take: seconds, and bytes of memory and of a file
COMPILE_S=60
COMPILE_KB=4000000
FILE_KB=500000

# one_of WORD: the submission's program of that name, a source or not; fails if there are several
one_of() {
	local file found=''
	for file in "$from/$1" "$from/$1".*; do
		[ -e "$file" ] || [ -L "$file" ] || continue
		[ -z "$found" ] || { echo "there are two: '${found##*/}' and '${file##*/}'" >&2; return 2; }
		[ -f "$file" ] && [ ! -L "$file" ] || { echo "'${file##*/}' is no plain file" >&2; return 2; }
		found=$file
	done
	printf %s "$found"
}

# key TASK: what the task was made from; the same gives the same
key() {
	{ cat "$grades/settings"; git rev-parse HEAD; find "$from" -type f -print0 | sort -z | xargs -0r sha256sum; } 2>/dev/null |
		sha256sum | cut -d' ' -f1
}

# guest PROGRAM…: packs the guest with what is in $to/own
guest() {
	(
		ulimit -t $COMPILE_S -v $COMPILE_KB -f $FILE_KB
		rm -rf "$to/own/labs"
		env "$@" timeout -k 5 $COMPILE_S rootfs/own.sh "$to/own"
	) || return 2
	[ ! -f "$from/guest.sh" ] || [ "$task" != exercise ] ||
		{ mkdir -p "$to/own/labs/$LAB" && cp "$from/guest.sh" "$to/own/labs/$LAB/"; } || return 2
	OWN=$to/own APPS=$to/own/apps rootfs/pack.sh "$to/initramfs.cpio"
}

# lab NAME: runs it; no phase outlasts LIMIT, and no run five of them
lab() { OUT=$to KTLAB_INITRD=$to/initramfs.cpio timeout -k 10 $((5 * LIMIT)) qemu-plugin/engine.sh "labs/$1"; }

programs() {
	local client server
	client=$(one_of client) && server=$(one_of server) || return 2
	guest CLIENT="${client:-$CLIENT}" SERVER="${server:-$SERVER}" || return 2
	EXERCISE='' lab programs
}

exercise() {
	[ ! -L "$from/guest.sh" ] || { echo "'guest.sh' is no plain file" >&2; return 2; }
	guest CLIENT='' SERVER='' || return 2
	lab "$LAB"
}

# task NAME LAB EXPECT COMMAND…: unless it was done before, with the same files
task() {
	local task=$1 lab=$2 expect=$3 now status=0 began=$EPOCHREALTIME
	shift 3
	now=$(key)
	[ "$(sed -n 's/^key=//p' "$to/$task.outcome" 2>/dev/null)" != "$now" ] || return 0
	rm -rf "$to/$task.outcome" "${to:?}/$lab"
	"$@" >"$to/$task.said" 2>&1 || status=$?
	rm -rf "$to/own" "$to/initramfs.cpio" "$to/initramfs.cpio.tree"
	printf '%s\n' "task=$task" "lab=$lab" "run=$lab" "expect=$expect" "status=$status" \
		"ms=$(((${EPOCHREALTIME/[.,]/} - ${began/[.,]/}) / 1000))" "key=$now" >"$to/$task.outcome.new"
	mv "$to/$task.outcome.new" "$to/$task.outcome"
	ran="$ran, $task: $(words $status)"
}

# words STATUS
words() {
	case $1 in
	0 | 1) sed -nE 's/^verdict: ([a-z ]+[a-z]).*/\1/p' "$to/$task.said" | tail -n 1 | grep . || echo judged ;;
	2) echo 'not run' ;;
	124 | 137) echo "ended after $((5 * LIMIT)) s" ;;
	*) echo 'run failed' ;;
	esac
}

# stopped from outside, nothing is told of it: the next time it runs again
trap 'exit 130' INT TERM HUP

mkdir -p "$to"
ran=
: "${CLIENT:=}" "${SERVER:=}" "${LAB:=handshake}" "${EXERCISE:=}"
if compgen -G "$from/client*" >/dev/null || compgen -G "$from/server*" >/dev/null; then
	task programs programs "$EXPECT" programs
fi
if [ -e "$from/guest.sh" ]; then
	task exercise "$LAB" "labs/$LAB/expect${EXERCISE:+-$EXERCISE}" exercise
fi
for answers in "$from"/*.answers; do
	[ -f "$answers" ] || continue
	lab=$(basename "$answers" .answers)
	cp "$answers" "$to/$lab.answers"
	printf '%s\n' task=answers "lab=$lab" "run=$(realpath -m "$OUT/$lab")" status=0 ms=0 >"$to/$lab-answers.outcome"
	ran="$ran, answers of $lab"
done
ls "$to"/*.outcome >/dev/null 2>&1 || { echo 'task=none' >"$to/none.outcome"; ran=', hands in nothing to run'; }
echo "$name: $(sed 's/^, //' <<<"${ran:-, as before}")" | tee "$to/said"
