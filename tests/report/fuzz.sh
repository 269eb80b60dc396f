#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzes what reads untrusted input, two seconds each, with FUZZ=long sixty, or FUZZ_S of them, under ASan and UBSan; the stored
# run gives the seeds.
# FUZZ_DIR keeps the inputs found from run to run; FUZZ_TARGETS names some of the targets.
set -eu
cd "$(dirname "$0")/../.."
. tests/report/lib.sh

[ "${FUZZ:-}" = long ] && seconds=60 || seconds=2
seconds=${FUZZ_S:-$seconds}
dir=${FUZZ_DIR:-$(mktemp -d)}
[ -n "${FUZZ_DIR:-}" ] || trap 'rm -rf "$dir"' EXIT
run=tests/report/handshake
all_targets='events pcap expect tree diff record plan writes'
for name in $all_targets found; do mkdir -p "$dir/$name"; done

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

for first in 20 60 100; do
	{ cat "$dir/events/$first" | sed '/"type":"end"/q'; sed "s/\"t_ns\":1/\"t_ns\":2/" "$dir/events/$((first + 20))" | sed '/"type":"end"/q'; } >"$dir/diff/$first"
done
printf '%s\n' '{"type":"meta","format":1,"root":"root"}' \
	'{"n":1,"type":"tree.call","t_ns":64,"tree":1,"depth":0,"parent":null,"fn":"root","enter":1,"leave":9,"self":10,"total":85,"interrupts":0,"away":0}' \
	'{"n":2,"type":"tree.interrupt","t_ns":64,"tree":1,"depth":1,"parent":1,"fn":"below","enter":2,"leave":null,"self":75,"total":75,"interrupts":0,"away":0}' \
	'{"type":"end","trees":1,"calls":2,"unlisted":1,"missed":0,"open":0}' >"$dir/tree/1"
echo '{"phases":[{"name":"boot","wall_s":6.6},{"name":"lab","wall_s":1}],"hits":396,"untraced":"same","exact":"x","engines":null}' >"$dir/record/1"
echo '{"format":2,"facts":{"registers":["rax","rbx","rcx","rdx","rsi","rdi","rbp","rsp","r8","r9","r10","r11","r12","r13","r14","r15","rip"],"memory":[["0x1000","0x8000"]],"devices":[["0x2000","0x3000"]],"near_bytes":64},"arm":"boot","takes":[[{"name":"sk","terms":[["reg","rdi"]],"add":"0x0","len":8},{"name":"net","terms":[["field",0,0,8,1],["in","rsi",2]],"add":"0x10","top":4096,"mask":7}]],"sites":[{"point":"a","fn":"a","at":"return","addr":"0x1000","takes":0}],"faults":[["0x1",16]],"notes":{"address":"0x1","bytes":"0aff"},"tree":{"root":0,"functions":[["0x1","a"]],"stack_bytes":16384,"interrupt_stack":"0x8","text":["0x1","0x2","0x3","0x4"],"entry":["0x1","0x2"]}}' >"$dir/plan/1"
# two packets with one buffer, a socket whose state is set, and their ends
python3 - "$dir/writes/1" <<'END'
import struct, sys
plan = b'{"writes":{"kinds":[{"name":"sock","bytes":16,"fields":[["sk_state",16,8,"uint",1],["flag",24,1,"uint",1],["next",64,64,"ptr",8]],' \
    b'"words":{"sk_state":{"1":"ESTABLISHED"}}},{"name":"skb","bytes":32,"data":{"head":8},"fields":[["cb",0,64,"bytes",1],["head",64,64,"ptr",8],' \
    b'["transport_header",128,16,"uint",2],["network_header",144,16,"uint",2]]},{"name":"data","bytes":0,"fields":[]}],"headers":{"tcphdr":[["seq",32,32,"be",4],' \
    b'["syn",105,1,"uint",2]],"ethhdr":[["h_dest",0,48,"bytes",1]],"iphdr":[["saddr",96,32,"ip",4]]},"control":{"tcp_skb_cb":["net/ipv4/tcp",[["seq",0,32,"uint",4]]]}}}'
head = lambda what, number, icount: struct.pack("<BIQ", what, number, icount)
born = lambda number, kind, address, content: head(1, number, 1) + struct.pack("<BQII", kind, address, 0xffffffff, len(content)) + content
store = lambda number, offset, value: head(3, number, 6) + struct.pack("<IIIIIIIB", 16, 17, 17, 33, 0, 0, offset, len(value)) + value
packet = bytes(8) + struct.pack("<QHH", 0x3000, 20, 14) + bytes(12)
records = born(0, 0, 0x1000, bytes(16)) + born(1, 1, 0x2000, packet) + born(2, 2, 0x3000, bytes(64)) + store(0, 2, b"\1") + store(1, 0, b"\1\2\3\4") \
    + store(2, 32, b"\0\2") + store(2, 4, b"\1\2\3\4\5\6") + head(4, 2, 7) + struct.pack("<II", 1, 2) + b"ab" + head(2, 1, 8) + b"\0" + head(2, 0, 9) + b"\2" + b"\5\0" + bytes(8)
open(sys.argv[1], "wb").write(plan + b"\0" + records)
END

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
for target in ${FUZZ_TARGETS:-$all_targets}; do
	number=$((number + 1))
	# shellcheck disable=SC2086
	case $target in
	plan) parts='qemu-plugin/plan.c qemu-plugin/plan_*.c -Iqemu-plugin' libraries='-ljansson -l:libglib-2.0.so.0' ;;
	*) parts="$dir/obj/*.o" libraries=$report_libraries ;;
	esac
	# shellcheck disable=SC2086
	$linker $flags -o "$dir/fuzz-$target" "tests/report/fuzz/$target.c" $parts $libraries
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
