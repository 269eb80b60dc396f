#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs a lab with the engine that ENGINE names: engine.sh LABDIR.
#   gdb      breakpoints over the gdbstub; any QEMU
#   plugin   inside QEMU; a QEMU that loads plugins is found or fetched (get-qemu.sh)
#   auto     plugin where such a QEMU is found, or what it alone can is asked for (LINES, TREE); else gdb
#   both     plugin into OUT-plugin, gdb into OUT; then what they saw differently: gdb's stops move the guest's clock,
#            so what goes on at the same time may stand in another order. With EXACT=1 both have the same QEMU, and so one
#            and the same run: then their captures must be the same byte for byte, and the reports say so
# The exit status is that of ktrun, for `both` the worst of the two.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
OUT=${OUT:-out}
ENGINE=${ENGINE:-gdb}

# become ENGINE OUT LABDIR: ktrun in the place of this script, so that a signal to it reaches ktrun
become() { ENGINE=$1 OUT=$2 exec "$here/build/ktrun" "$3"; }

# run ENGINE OUT LABDIR: one of several; ended by what ends this script
run() {
	ENGINE=$1 OUT=$2 "$here/build/ktrun" "$3" &
	running=$!
	trap 'kill $running; wait $running; exit 3' INT TERM HUP
	wait $running
}

# finished COMMAND…: its exit status, 0 or 1, if it says that it has done all there is (ktrun/tally.h); else 3, and why
finished() {
	local status=0 tally
	{ tally=$(KTLAB_TALLY=9 "$@" 9>&1 >&8) || status=$?; } 8>&1
	[[ $status -le 1 && $tally =~ ^([0-9]+)\ of\ ([0-9]+)\  && ${BASH_REMATCH[1]} = "${BASH_REMATCH[2]}" ]] || {
		echo "engine.sh: '${1##*/}' ended with status $status and has said '${tally:-nothing}' of what it has done" >&2
		echo 'run again; if it comes again, dmesg tells whether memory ran out' >&2
		return 3
	}
	return $status
}

plugin_qemu() { QEMU=$("$here/qemu-plugin/get-qemu.sh" "$@") && [ -n "$QEMU" ] && export QEMU; }

# the same, or the end
need_plugin_qemu() {
	plugin_qemu && return
	echo "engine.sh: get-qemu.sh has named no QEMU for ENGINE=$ENGINE" >&2
	exit 2
}

case $ENGINE in
plugin)
	need_plugin_qemu
	become plugin "$OUT" "$1"
	;;
auto)
	ENGINE=gdb
	if [ -n "${KTLAB_LINES:-}${TREE:-}" ]; then
		need_plugin_qemu
		ENGINE=plugin
	elif plugin_qemu --no-fetch 2>/dev/null; then
		ENGINE=plugin
	fi
	printf 'engine: %s\n' "$ENGINE" >&2
	become "$ENGINE" "$OUT" "$1"
	;;
both)
	gdb_qemu=${QEMU:-qemu-system-x86_64} name=${1%/} status=0 other=0
	need_plugin_qemu
	runs=("$OUT-plugin/${name##*/}" "$OUT/${name##*/}")
	run plugin "$OUT-plugin" "$1" || status=$?
	[ -n "${EXACT:-}" ] || QEMU=$gdb_qemu
	TREE='' KTLAB_LINES='' run gdb "$OUT" "$1" || other=$?
	status=$((status > other ? status : other))
	if [ -z "${EXACT:-}" ]; then
		# what differs is no fault: stops move the guest's clock
		finished "$here/build/ktreport" diff "${runs[1]}" "${runs[0]}" || [ $? = 1 ] || status=3
	elif [ $status -le 1 ]; then
		finished "$here/gdb-scripts/compare.sh" "${runs[@]}" || status=3
		for run in "${runs[@]}"; do finished "$here/build/ktreport" write "$run" || status=3; done
	fi
	exit $((status > 3 ? 3 : status))
	;;
*) become "$ENGINE" "$OUT" "$1" ;;
esac
