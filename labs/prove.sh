#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Proves two things of the tracer on the kernel KTLAB_KDIR, with each engine of ENGINES in each mode of MODES.
# 1. It misses nothing: while it traces each lab of COUNTED, with COUNT connections where a lab can make many, the guest's
#    own function tracer counts the calls of every function that is watched; both counts must be equal, one by one. A point that has no code of its own is
#    counted at the function that is watched in its stead.
# 2. It repeats exactly: each lab of LABS runs RUNS times while all processors are busy with other work. Each run's
#    expectations hold, and all runs have the same events, wires and console, byte for byte.
# 3. With the plugin: the lines that a run of each lab of LINED has recorded are those that GDB single-steps through on a
#    replay, as often and in the same order (gdb-scripts/steps.sh); and the changes of fields that it has recorded are those
#    at which GDB's watchpoints stop, at the same instructions (gdb-scripts/watches.sh). LINED empty leaves the part out.
# With MUTATE=1 something else: that the report's checks find what is wrong. In the stored runs of tests/report and all runs
# in OUT, each event and each frame is deleted, each field and each byte of a header changed, one at a time; a table tells
# how many of the changes are found, field by field, and why the others cannot be. EVERY=10 takes a tenth of the fields.
# A line for each run of the second part is kept in OUT/prove/runs, and the folders of the first run and of each that
# differs; RESUME=1 goes on after the last line.
# Exit status: 0 proved, 1 not, 3 a run failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

# engines that are proved: gdb plugin
ENGINES=${ENGINES:-gdb}
# live; exact: each run is compared with an untraced one, too
MODES=${MODES:-${EXACT:+exact}}
MODES=${MODES:-live}
# labs of the first part, and connections: 130 of the handshake make more than 10,000 calls; 0 leaves the part out
COUNTED=${COUNTED:-handshake}
connections=${COUNT:-130}
# labs and runs of the second part
LABS=${LABS:-handshake route arp}
RUNS=${RUNS:-3}
# labs of the third part
LINED=${LINED-handshake}
# seconds that a phase of a run may take on a machine as busy as this one is made
LIMIT=${LIMIT:-900}
if [ -n "${MUTATE:-}" ]; then
	mapfile -t runs < <(find "${OUT:-out}" -name events.jsonl -not -path '*/prove/*' -printf '%h\n' 2>/dev/null | sort)
	exec build/mutate "${EVERY:-1}" tests/report/handshake tests/report/handshake-6.1 "${runs[@]}"
fi
OUT=${OUT:-out}/prove
unset COUNT EXACT FROM EXERCISE

# what was compared; a proof of nothing is none
status=0 running="" proved=0
worse() { [ "$1" -le "$status" ] || status=$1; }

# trace MODE ENGINE LAB OUT: one run, which a signal to this script ends, too. Its exit status is ktrun's
trace() {
	local exact=
	[ "$1" = live ] || exact=1
	mkdir -p "$4"
	EXACT=$exact ENGINE=$2 OUT=$4 LIMIT=$LIMIT setpriv --pdeathsig TERM qemu-plugin/engine.sh "labs/$3" >"$4/log" 2>&1 &
	running=$!
	wait "$running"
}

failed() {
	echo "$1"
	grep -A 1 '^ktrun:' "$2" || tail -n 3 "$2"
}

# proved_untraced MODE RUN: an exact run has said that it is the untraced one
proved_untraced() { [ "$1" = live ] || jq -e '.exact // "" | startswith("traced run = untraced run")' "$2/run.json" >/dev/null; }

# count MODE ENGINE LAB: the first part
count() {
	local out=$OUT/$1-$2-count run=$OUT/$1-$2-count/$3 plan=$OUT/plan.json functions ended=0
	gdb-scripts/plan.sh "$KTLAB_KDIR" "labs/$3" "$plan" || exit 2
	functions=$(jq -r '[.sites[] | select(.at == "enter" and .point != "comm_write") | .fn] | unique | join(",")' "$plan")
	KTLAB_COUNT=$connections KTLAB_PROFILE=$functions trace "$1" "$2" "$3" "$out" || ended=$?
	# an expectation may fail, since the handshake expects one connection
	[ $ended -le 1 ] || { failed "engine $2, $1: the run to be counted failed" "$out/log" >&2; worse 3; return; }
	proved_untraced "$1" "$run" || { echo "engine $2: the traced run is not the untraced run" >&2; worse 3; return; }
	grep -q '^lost 0' "$run/console.log" || { echo "the guest's tracer ran over" >&2; worse 3; return; }
	join -a 1 -e 0 -o 0,1.2,2.2 \
		<(jq -nr --slurpfile plan "$plan" --slurpfile events "$run/events.jsonl" '
			($events[-1].points | map({key: .name, value: .entered}) | from_entries) as $entered
			| [$plan[0].points[] | select(.name != "comm_write" and .as != "inlined") | [.fn, $entered[.name]]]
			| .[] | "\(.[0]) \(.[1])"' | sort) \
		<(tr -d '\r' <"$run/console.log" | sed '1,/^-- profile/d' | sort) |
		awk -v title="$3, engine $2, $1" '
			BEGIN { printf "%-34s %8s %8s %6s %6s\n", title, "hits", "calls", "lost", "extra" }
			{ lost = $3 > $2 ? $3 - $2 : 0; extra = $2 > $3 ? $2 - $3 : 0; hits += $2; calls += $3; wrong += lost + extra
			  printf "%-34s %8d %8d %6d %6d\n", $1, $2, $3, lost, extra }
			END { printf "%-34s %8d %8d\n", "all", hits, calls; exit wrong > 0 || hits == 0 }' || worse 1
	proved=$((proved + 1))
	echo "hits with their returns: $(jq -r 'select(.type == "end").hits' "$run/events.jsonl")"
}

# lined LAB: the third part
lined() {
	local out=$OUT/lined ended=0 said what
	trace live plugin "$1" "$out" || ended=$?
	[ $ended -le 1 ] || { failed "engine plugin: the run whose lines and stores are compared failed" "$out/log" >&2; worse 3; return; }
	for what in steps watches; do
		ended=0
		said=$("gdb-scripts/$what.sh" "$out/$1" "$KTLAB_KDIR") || ended=$?
		printf '%s, %s: %s\n' "$1" "$what" "$said"
		worse $((ended > 1 ? 3 : ended))
		proved=$((proved + 1))
	done
}

# digest RUN: of events, wires, console; fails if one of them has none
digest() {
	local sums
	sums=$(printf '%.12s %.12s %.12s' "$(tail -n 1 "$1/events.jsonl" | jq -r .sha256)" \
		"$(cat "$1"/wire-*.pcap | sha256sum)" "$(sha256sum <"$1/console.log")")
	[[ $sums =~ ^([0-9a-f]{12}( |$)){3}$ ]] && echo "$sums"
}

# repeat MODE ENGINE LAB: the second part
repeat() {
	local key="$1 $2 $3" out=$OUT/$1-$2-$3 n began ended first again said
	for ((n = 1 + $(grep -c "^$key " "$OUT/runs"); n <= RUNS; n++)); do
		began=$SECONDS ended=0 said=
		trace "$1" "$2" "$3" "$out/$n" || ended=$?
		[ $ended != 0 ] || proved_untraced "$1" "$out/$n/$3" || ended=3
		again='- - -'
		[ $ended -gt 1 ] || again=$(digest "$out/$n/$3") || { again='- - -'; ended=3; }
		first=$(awk -v key="$key " 'index($0, key) == 1 && $6 != "-" { print $6, $7, $8; exit }' "$OUT/runs")
		printf '%s %d %d %s %d s\n' "$key" "$n" "$ended" "$again" $((SECONDS - began)) | tee -a "$OUT/runs"
		if [ $ended != 0 ]; then
			failed "$3, engine $2, $1: run $n ended with status $ended" "$out/$n/log"
		elif [ -n "$first" ] && [ "$again" != "$first" ]; then
			echo "$3, engine $2, $1: run $n differs from the first"
			said=$(build/ktreport diff "$out/1/$3" "$out/$n/$3")
			head -n 20 <<<"$said"
		elif [ "$n" != 1 ]; then
			rm -rf "${out:?}/$n"
		fi
	done
}

# summary MODE ENGINE LAB: what became of all runs
summary() {
	proved=$((proved + 1))
	awk -v key="$1 $2 $3" -v wanted="$RUNS" -v title="$3, engine $2, $1" '
		index($0, key " ") == 1 { runs++; if ($5) { failed++; if ($5 > worst) worst = $5 }
		  if ($6 != "-" && !seen[$6, $7, $8]++) digests++; one = "events " $6 ", wires " $7 ", console " $8 }
		END { if (!runs) exit 3
		  printf "%s: %d runs, %d failed, ", title, runs, failed
		  print digests == 1 ? "one digest: " one : digests + 0 " digests"
		  exit worst > 1 || runs < wanted ? 3 : worst || digests != 1 }' "$OUT/runs" || worse $?
}

# all FUNCTION ARGUMENT…: for each mode and engine
all() {
	local mode engine
	for mode in $MODES; do for engine in $ENGINES; do "$1" "$mode" "$engine" "${@:2}"; done; done
}

[ -n "${RESUME:-}" ] || rm -rf "$OUT"
mkdir -p "$OUT"
touch "$OUT/runs"
trap 'kill $running 2>/dev/null && wait $running; trap - EXIT; kill "${busy[@]}" 2>/dev/null; exit 3' INT TERM HUP
if [ "$connections" != 0 ]; then
	for lab in $COUNTED; do all count "$lab"; done
fi
case " $ENGINES " in
*' plugin '*)
	for lab in $LINED; do lined "$lab"; done
	;;
esac
finish() {
	[ $proved -gt 0 ] || { echo 'prove.sh: nothing was proved' >&2; echo 'COUNT and RUNS are not both 0' >&2; worse 2; }
	exit $status
}
[ "$RUNS" != 0 ] || finish

busy=()
trap 'kill "${busy[@]}" 2>/dev/null' EXIT
for ((n = $(nproc); n > 0; n--)); do
	setpriv --pdeathsig KILL sha256sum /dev/zero &
	busy+=($!)
done
for lab in $LABS; do all repeat "$lab"; done
for lab in $LABS; do all summary "$lab"; done
finish
