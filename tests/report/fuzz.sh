#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzes what reads untrusted input, FUZZ_S seconds each, under ASan and UBSan; the stored run gives the seeds.
# FUZZ_DIR keeps the inputs found from run to run; FUZZ_TARGETS names some of the targets.
set -eu
cd "$(dirname "$0")/../.."

seconds=${FUZZ_S:-10}
dir=${FUZZ_DIR:-$(mktemp -d)}
[ -n "${FUZZ_DIR:-}" ] || trap 'rm -rf "$dir"' EXIT
run=tests/report/handshake
mkdir -p "$dir/events" "$dir/pcap" "$dir/expect" "$dir/found"

# some events a seed, with short stacks, and half of the capture behind them: short inputs are quick
short_stack='s/"stack":.*/"stack":[{"fn":"a","file":"net\/ipv4\/tcp.c","line":1,"inlined":false}]}/'
for first in 20 40 60 80 100 120; do
	{ head -1 $run/events.jsonl | cut -c1-700 | sed 's/"points":.*/"points":[]}/'
	  sed -n "$first,$((first + 9))p" $run/events.jsonl | sed "$short_stack"
	  echo '{"type":"end","hits":1,"events":10,"complete":true,"points":[],"sha256":"x"}'
	  head -c $((24 + 90 * (first / 20))) $run/wire-client-eth0.pcap; } >"$dir/events/$first"
done
cp $run/*.pcap "$dir/pcap/"
for lab in labs/*/expect; do cp "$lab" "$dir/expect/$(basename "$(dirname "$lab")")"; done

# libFuzzer where clang brings it, else changes made blindly
if echo 'int LLVMFuzzerTestOneInput(const void *d, long n) { return d && !n; }' |
	clang -fsanitize=fuzzer -x c -o "$dir/probe" - 2>/dev/null; then
	compiler='clang -fsanitize=fuzzer-no-link' linker='clang -fsanitize=fuzzer'
else
	echo '# no libFuzzer here (apt-get install clang libclang-rt-14-dev): changes are made blindly'
	compiler=gcc linker='gcc tests/report/fuzz/blind.c'
fi

# fuzz TARGET
fuzz() {
	case $compiler in
	gcc) "$dir/fuzz-$1" "$seconds" "$dir/$1" ;;
	*) "$dir/fuzz-$1" -max_total_time="$seconds" -max_len=20000 -rss_limit_mb=2048 -timeout=20 -artifact_prefix="$dir/found/$1-" "$dir/$1" ;;
	esac
}

flags='-std=gnu11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -Ireport'
mkdir -p "$dir/obj"
make -s build/page.html >&2
# shellcheck disable=SC2086 # lists of options
for source in report/*/*.c; do
	$compiler $flags -c -o "$dir/obj/$(echo "$source" | tr / -).o" "$source" # two rooms may have a file of one name
done
number=0
failed=0
for target in ${FUZZ_TARGETS:-events pcap expect}; do
	number=$((number + 1))
	# shellcheck disable=SC2086
	$linker $flags -o "$dir/fuzz-$target" "tests/report/fuzz/$target.c" "$dir"/obj/*.o -lpcap -lm
	if fuzz "$target" >"$dir/$target.log" 2>&1; then
		echo "ok $number - $target: $(grep -o 'Done [0-9]* runs in [0-9]* second' "$dir/$target.log" || echo 'no figures')"
	else
		echo "not ok $number - $target"
		grep -E 'ERROR|SUMMARY|runtime error|Test unit' "$dir/$target.log" | head -5 | sed 's/^/#   /'
		failed=1
	fi
done
echo "1..$number"
exit $failed
