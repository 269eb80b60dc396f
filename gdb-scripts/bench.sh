#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures what a stop of GDB costs: bench.sh KDIR prints two tables (Markdown). In one run of the guest take turns an
# empty stop(), the engine's with the whole plan of the handshake lab, and the plain script of a course: `bt` and
# `info args` at the same functions. Then the engine alone goes on to 10,000 hits.
# cpu is the user and system time of QEMU and GDB together, which other work on the machine changes less than wall.
set -euo pipefail
cd "$(dirname "$0")/.."

# turns of each way, and hits of a turn; the medians are of the turns
export ROUNDS=${ROUNDS:-5} BLOCK=${BLOCK:-200}
# hits at which the engine's time and memory are told; empty: not at all
export MARKS=${MARKS-1000 10000}

kernel=$1
. qemu-plugin/bench/lib.sh
trap 'kill "${qemu:-}" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 3' INT TERM HUP

bench_guest
# more connections than will be measured: GDB ends the guest when it has enough
export KTLAB_EXERCISE=5000
qemu_waits
printf '%s; %s; medians of %s turns of %s hits\n\n' "$(machine "${QEMU:-qemu-system-x86_64}")" \
	"$(gdb --version | head -n 1)" "$ROUNDS" "$BLOCK"
KTLAB_PLAN=$plan KTLAB_GDB=$socket KTLAB_VMLINUX=$kernel/vmlinux KTLAB_QEMU_PID=$qemu \
	gdb-scripts/run.sh bench 3>&1 >"$work/out" 2>"$work/gdb.log" </dev/null || { tail -n 3 "$work/gdb.log" >&2; exit 3; }
