# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A clone for the tests of ktrun in which every other program is a small script that does what it is told:
# FAKE_AT=PHASE stops that phase for ever, FAKE_STATUS_NAME=N ends a program with that status. FAULT=PATTERN breaks the
# program whose name and words fit: FAULT_WAY=KILL by that signal, a number by that exit status before it has done anything.
set -uo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$repo/tests/tap.sh"

work=$(mktemp -d)
# names that need quoting
clone="$work/a clone with 'quotes', é and 中"
run="$clone/out/handshake"
export FAKE="$work/fake" XDG_RUNTIME_DIR="$work/sockets"
trap 'rm -rf "$work"' EXIT

# script NAME: the body comes from stdin
script() {
	{ printf '#!/bin/bash\n. %q\n' "$work/common"; cat; } >"$clone/$1"
	chmod +x "$clone/$1"
}

fake_clone() {
	mkdir -p "$clone"/{build,gdb-scripts,ktrun,labs/topology,labs/handshake,labs/hand,kernel} "$FAKE" "$XDG_RUNTIME_DIR"
	# KTRUN: another build of it, such as one with sanitizers
	[ -n "${KTRUN:-}" ] || make -s -C "$repo" build/ktrun >&2 || return
	cp "${KTRUN:-$repo/build/ktrun}" "$clone/build/ktrun"
	cp "$repo"/labs/topology/* "$clone/labs/topology/"
	touch "$clone"/labs/handshake/{guest.sh,points,expect} "$clone/labs/hand/guest.sh" "$clone/initrd"
	touch "$clone"/kernel/{bzImage,vmlinux}
	printf '%s\n' 'KTLAB_RELEASE=5.4.286' "KTLAB_NOTE='it'\\''s a note'" >"$clone/kernel/kernel.env"

	cat >"$work/common" <<-'EOF'
	echo $$ >>"$FAKE/pids"
	# fault NAME WORD...
	fault() {
		# shellcheck disable=SC2053 # a pattern
		[[ "$*" == ${FAULT:-} ]] || return 0
		touch "$FAKE/fault"
		case $FAULT_WAY in
		[0-9]*) exit "$FAULT_WAY" ;;
		*) kill -s "$FAULT_WAY" $$ ;;
		esac
	}
	fault "${0##*/}" "$@"
	[ -z "${FAKE_DEAF:-}" ] || trap '' TERM
	# says N WHAT: to ktrun, as a program that has done all of it
	says() { echo "$1 of $1 $2" >&"$KTLAB_TALLY"; }
	# at PHASE: here a test may stop it for ever; the sleep is in a process of its own
	at() {
		# FAKE_WORKS="PHASE SECONDS": of processor time
		if [ "${FAKE_WORKS% *}" = "$1" ]; then
			until [ "$(awk '{ print int(($14 + $15) / 100) }' /proc/$$/stat)" -ge "${FAKE_WORKS#* }" ]; do
				for ((turn = 0; turn < 50000; turn++)); do :; done
			done
		fi
		fault "${0##*/} at $1"
		[ "${FAKE_AT:-}" = "$1" ] || return 0
		sleep 1000 &
		echo $! >>"$FAKE/pids"
		touch "$FAKE/at"
		wait
	}
	EOF
	script gdb-scripts/plan.sh <<-'EOF'
	at plan
	[ -z "${FAKE_STATUS_PLAN:-}" ] || echo "points:3: unknown function 'tcp_v4_conect'" >&2
	echo '{"points":[{"name":"tcp_ack"}]}' >"$3"
	says 1 plans
	exit "${FAKE_STATUS_PLAN:-0}"
	EOF
	script ktrun/untraced.sh <<-'EOF'
	[ "$1" = keep ] || { echo 'left out: untraced: not known' >&"$KTLAB_TALLY"; exit 0; }
	says 1 runs
	EOF
	script run-qemu.sh <<-'EOF'
	fault "${0##*/} $KTLAB_MODE"
	echo $$ >"$FAKE/qemu"
	printf '%b' "${FAKE_CONSOLE:-}" >"$KTLAB_RUN/console.log"
	head -c "${FAKE_CONSOLE_BYTES:-0}" /dev/zero >>"$KTLAB_RUN/console.log"
	[ -z "${FAKE_STATUS_QEMU:-}" ] || { echo 'qemu: no such machine' >&2; exit "$FAKE_STATUS_QEMU"; }
	# untraced: to its end at once
	[ "$KTLAB_MODE" != record ] || { echo it >"$KTLAB_RECORDING"; exit 33; }
	touch "$KTLAB_GDB"
	until [ -e "$FAKE/guest-ends" ]; do
		[ ! -e "$FAKE/in-lab" ] || fault "${0##*/} at lab"
		sleep 0.02
	done
	exit "${FAKE_STATUS_GUEST:-33}"
	EOF
	script gdb-scripts/trace-gdb.sh <<-'EOF'
	echo $$ >"$FAKE/gdb"
	[ -e "$2" ] || exit 3
	echo 'phase boot'; at boot
	[ -z "${FAKE_STATUS_ENGINE:-}" ] || { echo 'no room for captures' >&2; exit "$FAKE_STATUS_ENGINE"; }
	head -c "${FAKE_CAPTURES_BYTES:-9}" /dev/zero >"$3/captures.bin" || exit 3
	echo 'phase lab'; printf '%b' "${FAKE_SAYS:-}"; printf 'hits 4'; sleep 0.1; echo 2; at lab
	touch "$FAKE/in-lab"
	while [ "${FAULT:-}" = 'run-qemu.sh at lab' ]; do kill -0 "$(cat "$FAKE/qemu")" 2>/dev/null || exit 3; done
	[ -z "${FAKE_ENDS_EARLY:-}" ] || exit 0
	touch "$FAKE/guest-ends"
	echo 'phase end'; at end
	EOF
	script gdb-scripts/decode.sh <<-'EOF'
	at decode
	echo '{"type":"meta"}' >"$2/events.jsonl"
	echo '{"type":"end","hits":'"${FAKE_DECODED:-42}"',"complete":true,"points":[{"name":"tcp_ack","hits":42}]}' >>"$2/events.jsonl" || exit 3
	says 42 hits
	exit "${FAKE_STATUS_DECODE:-0}"
	EOF
	script gdb-scripts/wire.sh <<-'EOF'
	at wire
	echo 'wire: as the events say'
	says 9 frames
	exit "${FAKE_STATUS_WIRE:-0}"
	EOF
	script build/ktreport <<-'EOF'
	case $1 in
	write) at report; echo "${FAKE_WRITTEN:-7 of 7} files" >&"$KTLAB_TALLY"; exit "${FAKE_STATUS_WRITE:-0}" ;;
	show) echo "the $2"; says 1 views ;;
	check) [ "$2" != --syntax ] || { says 2 expectations; exit "${FAKE_STATUS_SYNTAX:-0}"; }
		says "${FAKE_JUDGED:-2}" expectations
		echo 'held  it is so'; echo '2 held, 0 failed, 0 skipped'; exit "${FAKE_STATUS_CHECK:-0}" ;;
	esac
	EOF
}

# ktrun ARG...: in the fake clone
ktrun() {
	rm -rf "${FAKE:?}"/*
	(cd "$clone" && exec build/ktrun --kernel kernel --initrd initrd --out out "$@" labs/handshake)
}

# nothing_left: no process and no socket of the last run
nothing_left() {
	local pid
	while read -r pid; do
		! kill -0 "$pid" 2>/dev/null || { echo "process $pid is still there"; return 1; }
	done <"$FAKE/pids"
	[ -z "$(ls -A "$XDG_RUNTIME_DIR")" ] || { ls "$XDG_RUNTIME_DIR"; return 1; }
}

# recorded FILTER VALUE: run.json says so
recorded() {
	local found
	found=$(jq -r "$1" "$run/run.json") || return
	printf '%s: %s, wanted %s\n' "$1" "$found" "$2"
	[ "$found" = "$2" ]
}

# wait_until COMMAND...: 10 s at most
wait_until() {
	local tries=500
	until "$@"; do
		((--tries)) || { echo "'$*' did not come true"; return 1; }
		sleep 0.02
	done
}

# ktrun_begin ARG...: in the background, until it is where FAKE_AT says
ktrun_begin() {
	rm -rf "${FAKE:?}"/*
	(cd "$clone" && exec build/ktrun --kernel kernel --initrd initrd --out out "$@" labs/handshake) \
		>"$work/said" 2>&1 &
	ktrun_pid=$!
	wait_until test -e "$FAKE/at"
}

# ktrun_ends STATUS TEXT
ktrun_ends() {
	local status=0
	wait "$ktrun_pid" || status=$?
	cat "$work/said"
	echo "exit status $status, wanted $1; wanted '$2'"
	[ $status = "$1" ] && grep -qF -- "$2" "$work/said"
}
