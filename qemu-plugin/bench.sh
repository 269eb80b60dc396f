#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures what tracing costs: bench.sh KDIR prints a table (Markdown). The points are those of the handshake lab;
# the guest makes as many connections as each row says.
#   untraced  the guest alone
#   plugin    the plugin engine: hits, the lines of the watched functions, and every store into the kernel's objects
#   net       the same with LINES=net/: the lines of every function there, too
#   gdb       the gdb engine
#   course    a plain GDB script: at each of the same functions `bt` and `info args`, then `continue`
# wall and cpu are medians in seconds; cpu is the user and system time of QEMU and GDB, which other work on the machine
# changes less. The next columns are of it: times the untraced run, and what a hit costs over that; MiB is the resident
# memory of the largest QEMU, and MB what the run has written down.
set -euo pipefail
cd "$(dirname "$0")/.."

# how many connections
COUNTS=${COUNTS:-1 10 100 1000}
# runs that the medians are of
RUNS=${RUNS:-3}
# no more connections than this with gdb, and with the course script: a stop takes milliseconds
GDB_MOST=${GDB_MOST:-100}
COURSE_MOST=${COURSE_MOST:-10}

kernel=$1
. qemu-plugin/bench/lib.sh
trap 'rm -rf "$work"' EXIT
QEMU=$(qemu-plugin/get-qemu.sh)
export QEMU

# the course's way: breakpoints with commands
course_script() {
	printf 'set pagination off\nset confirm off\ntarget remote %s\n' "$socket"
	# a write into /proc/self/comm that begins with `ktlab start`: from there on
	jq -r '.sites[] | select(.point == "comm_write") | "tbreak *\(.addr) if $_streq((char *)$rsi, \"ktlab start\\n\")"' "$plan"
	echo continue
	jq -r '.sites[] | select(.point != "comm_write" and .at == "enter") |
		"break *\(.addr)\ncommands\nbt\ninfo args\ncontinue\nend"' "$plan"
	echo continue
}

# with_gdb COMMAND…: QEMU waits for GDB, which the command is
with_gdb() {
	qemu_waits
	"$@" >"$work/out" 2>"$work/gdb.log" || :
	wait $qemu || [ $? = 33 ]
}

run_untraced() { ./run-qemu.sh 2>"$work/qemu.log" || [ $? = 33 ]; }
run_plugin() { KTLAB_PLAN=${1:-$plan} ./run-qemu.sh >"$work/out" 2>"$work/qemu.log" || [ $? = 33 ]; }
run_net() { run_plugin "$work/net.json"; }
run_gdb() { with_gdb gdb-scripts/trace-gdb.sh "$plan" "$socket" "$KTLAB_RUN"; }
run_course() { with_gdb gdb -nx -batch -x "$work/course.gdb" "$kernel/vmlinux"; }

# how often a run has stopped or been hit
hits() {
	case $1 in
	untraced) echo 0 ;;
	course) grep -c '^#0 ' "$work/out" ;;
	*) sed -n 's/^hits //p' "$work/out" | tail -n 1 ;;
	esac
}

# watch_memory FILE: QEMU's peak memory in KiB, from /proc while it runs
watch_memory() {
	local pid kib
	while sleep 0.2; do
		for pid in $(pgrep -f "$KTLAB_RUN/console.log"); do
			kib=$(awk '/^VmHWM:/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && echo "${kib:-0}"
		done
	done >>"$1"
}

# written: bytes that the engine has recorded in the run's folder
written() { find "$KTLAB_RUN" -name '*.bin' -printf '%s\n' | awk '{ all += $1 } END { print all + 0 }'; }

# measure WAY COUNT: adds lines `wall cpu hits bytes` to a file
measure() {
	local TIMEFORMAT='%R %U %S' took
	export KTLAB_EXERCISE=$2
	rm -f "$KTLAB_RUN"/*.bin
	watch_memory "$work/memory-$1-$2" &
	took=$({ time "run_$1"; } 2>&1)
	kill $!
	awk -v hits="$(hits "$1")" -v bytes="$(written)" '{ print $1, $2 + $3, hits, bytes }' <<<"$took" >>"$work/$1-$2"
}

# row WAY COUNT
row() {
	local wall cpu hits bytes base mib
	wall=$(cut -d' ' -f1 "$work/$1-$2" | median) cpu=$(cut -d' ' -f2 "$work/$1-$2" | median)
	hits=$(cut -d' ' -f3 "$work/$1-$2" | median) bytes=$(cut -d' ' -f4 "$work/$1-$2" | median) base=$(cut -d' ' -f2 "$work/untraced-$2" | median)
	mib=$(sort -n "$work/memory-$1-$2" | tail -n 1)
	awk -v way="$1" -v count="$2" -v wall="$wall" -v cpu="$cpu" -v hits="$hits" -v base="$base" -v kib="$mib" -v bytes="$bytes" 'BEGIN {
		printf "| %d | %s | %d | %.2f | %.2f | %.2f | %s | %d | %s |\n", count, way, hits, wall, cpu, cpu / base,
			hits ? sprintf("%.0f", (cpu - base) * 1e6 / hits) : "-", kib / 1024,
			bytes ? sprintf("%.1f", bytes / 1e6) : "-" }'
}

bench_guest
KTLAB_LINES=net/ gdb-scripts/plan.sh "$kernel" labs/handshake "$work/net.json"
course_script >"$work/course.gdb"
printf '%s; medians of %s\n\n' "$(machine "$QEMU")" "$RUNS"
echo '| connections | run | hits | wall | cpu | times untraced | us/hit | MiB | MB |'
echo '|---|---|---|---|---|---|---|---|---|'
for count in $COUNTS; do
	ways="untraced plugin net"
	[ "$count" -gt "$GDB_MOST" ] || ways+=" gdb"
	[ "$count" -gt "$COURSE_MOST" ] || ways+=" course"
	# in turns: what else the machine does changes all of them alike
	for ((run = 0; run < RUNS; run++)); do
		for way in $ways; do measure "$way" "$count"; done
	done
	for way in $ways; do row "$way" "$count"; done
done
