#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Proves two things of the tracer on the kernel KTLAB_KDIR, with each engine of ENGINES.
# 1. It misses nothing: while it traces COUNT connections, the guest's own function tracer counts the calls of every
#    function that is watched; both counts must be equal, function by function.
# 2. It repeats exactly: each lab of LABS runs RUNS times while all processors are busy with other work; the digests of
#    events and wires must be equal.
# Exit status: 0 proved, 1 not, 3 a run failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

# engines that are proved
ENGINES=${ENGINES:-gdb}
# connections of the first part: 50 make more than 10,000 hits
connections=${COUNT:-50}
unset COUNT
# labs and runs of the second part
LABS=${LABS:-handshake route arp}
RUNS=${RUNS:-3}
OUT=${OUT:-out}/prove

status=0
worse() { [ "$1" -le "$status" ] || status=$1; }

# trace LAB OUT ENGINE: one run; an expectation may fail, since the labs expect one connection
trace() {
	local ended=0
	OUT=$2 ENGINE=$3 LIMIT=${LIMIT:-900} qemu-plugin/engine.sh "labs/$1" >"$OUT/log" 2>&1 || ended=$?
	[ $ended -le 1 ] || { tail -n 3 "$OUT/log" >&2; worse 3; return 1; }
}

# count ENGINE: the first part
count() {
	local run=$OUT/count-$1/handshake plan=$OUT/plan.json functions
	mkdir -p "$OUT"
	gdb-scripts/plan.sh "$KTLAB_KDIR" labs/handshake "$plan" || exit 2
	functions=$(jq -r '[.sites[] | select(.at == "enter" and .point != "comm_write") | .fn] | unique | join(",")' "$plan")
	KTLAB_COUNT=$connections KTLAB_PROFILE=$functions trace handshake "$OUT/count-$1" "$1" || return
	grep -q '^lost 0' "$run/console.log" || { echo "the guest's tracer ran over" >&2; worse 3; return; }
	join -a 1 -e 0 -o 0,1.2,2.2 \
		<(jq -nr --slurpfile plan "$plan" --slurpfile events "$run/events.jsonl" '
			($events[-1].points | map({key: .name, value: .entered}) | from_entries) as $entered
			| [$plan[0].points[] | select(.name != "comm_write" and .as != "inlined") | [.fn, $entered[.name]]]
			| .[] | "\(.[0]) \(.[1])"' | sort) \
		<(tr -d '\r' <"$run/console.log" | sed '1,/^-- profile/d' | sort) |
		awk -v engine="$1" '
			BEGIN { printf "%-34s %8s %8s %6s %6s\n", "function, engine " engine, "hits", "calls", "lost", "extra" }
			{ lost = $3 > $2 ? $3 - $2 : 0; extra = $2 > $3 ? $2 - $3 : 0; hits += $2; calls += $3; wrong += lost + extra
			  printf "%-34s %8d %8d %6d %6d\n", $1, $2, $3, lost, extra }
			END { printf "%-34s %8d %8d\n", "all", hits, calls; exit wrong > 0 || hits == 0 }' || worse 1
	echo "hits with their returns: $(jq -r 'select(.type == "end").hits' "$run/events.jsonl")"
}

digest() { { tail -n 1 "$1/events.jsonl" | jq -r .sha256; cat "$1"/wire-*.pcap | sha256sum; } | sha256sum | cut -c1-16; }

# repeat ENGINE LAB: the second part
repeat() {
	local first='' again n
	for ((n = 1; n <= RUNS; n++)); do
		trace "$2" "$OUT/repeat-$1-$n" "$1" || return
		again=$(digest "$OUT/repeat-$1-$n/$2")
		[ -n "$first" ] || first=$again
		if [ "$again" != "$first" ]; then
			echo "$2, engine $1: run $n differs from run 1"
			build/ktreport diff "$OUT/repeat-$1-1/$2" "$OUT/repeat-$1-$n/$2" | head -n 20
			worse 1
			return
		fi
	done
	echo "$2, engine $1: $RUNS runs, one digest $first"
}

rm -rf "$OUT"
mkdir -p "$OUT"
for engine in $ENGINES; do
	count "$engine"
done

busy=()
trap 'kill "${busy[@]}" 2>/dev/null' EXIT
trap 'exit 3' INT TERM HUP
for ((n = $(nproc); n > 0; n--)); do
	sha256sum /dev/zero &
	busy+=($!)
done
for engine in $ENGINES; do
	for lab in $LABS; do
		repeat "$engine" "$lab"
	done
done
exit "$status"
