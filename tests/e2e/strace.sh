#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that are traced twice at once, by ktlab and in the guest by strace: what an event says of a system call on a
# socket is what strace says of it, in each task, call by call.
# WILD="7": which of the programs drawn by a seed (wild.c); KERNELS, ENGINE as for make lab.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
# shellcheck source=tests/lib/kernel.sh
. tests/lib/kernel.sh

WILD=${WILD:-7}
KERNELS=${KERNELS:-5.4}
ENGINE=${ENGINE:-plugin}
work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-strace.XXXXXX") || exit 1
trap '[ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
[ -z "${KEEP:-}" ] || echo "# kept in $work"
# what the lab leaves out, because shells call it so often
often='__x64_sys_poll __x64_sys_close __x64_sys_dup2 __x64_sys_fcntl'
strace=$(command -v strace)

# under NAME COMMAND: arguments of strace that trace a command, whose lines go to the console when it has ended
under() { printf '%s' "-y -f -o '|cat >$1.strace; cat $1.strace >/dev/console' sh -c '$2'"; }

# traced NAME KERNEL CLIENT SERVER: by one command; the client ends when the server has
traced() {
	make -s lab LAB=programs KERNEL="$2" ENGINE="$ENGINE" POINTS="$often" OUT="$work/$1" CLIENT="$strace" SERVER="$strace" FILES="$work/every_call $work/wild" \
		CLIENT_ARGS="$(under client "$3; sleep 3")" SERVER_ARGS="$(under server "exec $4")" >"$work/$1.log" 2>&1 &&
		grep -q '^verdict: held' "$work/$1.log" || { tail -n 30 "$work/$1.log"; false; }
}

# compared NAME: the lines of both
compared() {
	tr -d '\r' <"$work/$1/programs/console.log" | grep -aE '^[0-9]+ +[a-z<+?-]' >"$work/$1.strace"
	python3 -B tests/e2e/strace.py "$work/$1/programs" "$work/$1.strace" >"$work/$1.said" || { head -n 60 "$work/$1.said"; false; }
}

# counted NAME: how many calls were compared
counted() { tail -n 1 "$work/$1.said" | cut -d : -f 1 | sed 's/^/# /'; }

for program in every_call wild; do
	it "$program compiles" gcc -std=gnu11 -O2 -static -pthread -w -o "$work/$program" "tests/e2e/$program.c"
done
for kernel in $KERNELS; do
	kernel_there "$kernel" 'says of system calls what strace says' || continue
	it "Linux $kernel: traces each call, with strace" traced "every-$kernel" "$kernel" './every_call client 10.0.0.2' './every_call server'
	it "Linux $kernel: says of each what strace says" compared "every-$kernel"
	counted "every-$kernel"
	for seed in $WILD; do
		it "Linux $kernel: traces what seed $seed draws, with strace" traced "$seed-$kernel" "$kernel" "./wild client $seed" "./wild server $seed"
		it "Linux $kernel: says of it what strace says" compared "$seed-$kernel"
		counted "$seed-$kernel"
	done
done
tap_end
