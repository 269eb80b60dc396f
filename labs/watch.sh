#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Watches functions drawn at random, on the kernel KTLAB_KDIR, and proves that it makes no difference who watches, or
# whether. For each of SEEDS seeds from SEED on, 100 functions with their returns, those preferred that begin in the byte
# behind another's return, are watched in LAB by gdb live, by gdb on a replay, and by the plugin. It must hold that
# - the plugin's run and the replay are the untraced run: console and wires, byte for byte;
# - gdb on the replay and the plugin have the same hits, byte for byte;
# - with gdb live, whose stops move the guest's time, each call that was entered returned or is under way, the programs print
#   what they print untraced, and the wires have the same frames but for what tells time. Counts that differ are listed.
# The untraced run, its recording and the counts of calls are made once and kept in OUT/watch/KERNEL.
# Exit status: 0 proved, 1 not, 3 a run failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

# the first seed, and how many
SEED=${SEED:-1}
SEEDS=${SEEDS:-1}
# the lab: with two nodes
LAB=${LAB:-handshake}
# who watches, the plugin first, with whose run the others are compared
WAYS=${WAYS:-plugin replay live}
# seconds that a run may take
LIMIT=${LIMIT:-900}
[ "${WATCH:-random}" = random ] || { echo "watch.sh: unknown WATCH '$WATCH'; known: random" >&2; exit 2; }
KTLAB_KERNEL=$KTLAB_KDIR/bzImage KTLAB_LAB=$LAB
QEMU=$(qemu-plugin/get-qemu.sh) || exit 2
export KTLAB_KERNEL KTLAB_LAB QEMU KTLAB_INITRD=${KTLAB_INITRD:-build/initramfs.cpio}

out=${OUT:-out}/watch/${KTLAB_KDIR##*/}
sockets=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-watch-XXXXXX")
qemu=''
trap 'kill $qemu 2>/dev/null; rm -rf "$sockets"' EXIT
trap 'exit 3' INT TERM HUP
status=0
worse() { [ "$1" -le "$status" ] || status=$1; }

# verb NAME [SETTING=VALUE…]: of gdb-scripts/run.sh, on this kernel
verb() { env "${@:2}" KTLAB_KDIR="$KTLAB_KDIR" gdb-scripts/run.sh "$1" "$KTLAB_KDIR/vmlinux" 2>>"$out/gdb.log"; }

# guest FOLDER MODE [SETTING=VALUE…]: one run of the lab in the background, whose number is `qemu`
guest() {
	mkdir -p "$1"
	env KTLAB_RUN="$1" KTLAB_MODE="$2" KTLAB_RECORDING="$out/untraced/recording.bin" "${@:3}" \
		timeout "$LIMIT" ./run-qemu.sh >"$1/said" 2>"$1/qemu.log" &
	qemu=$!
}
# ended FOLDER [0]: a replay may end without the guest's status
ended() {
	local ended=0
	wait "$qemu" || ended=$?
	[ $ended = 33 ] || [ $ended = "${2:-33}" ] || { echo "QEMU's exit status was $ended" >&2; tail -n 3 "$1/qemu.log" "$1/console.log" >&2; return 3; }
}

# same FOLDER: its console and wires are the untraced run's
same() {
	local file
	for file in "$out"/untraced/{console.log,wire-*.pcap}; do cmp "$file" "$1/${file##*/}" || return; done
}

plugin() { guest "$1" live KTLAB_PLAN="$2" && ended "$1" && same "$1"; }
# with_gdb FOLDER PLAN MODE STATUS
with_gdb() {
	guest "$1" "$3" KTLAB_GDB="$sockets/gdb"
	until [ -S "$sockets/gdb" ] || ! kill -0 "$qemu" 2>/dev/null; do sleep 0.1; done
	timeout "$LIMIT" gdb-scripts/trace-gdb.sh "$2" "$sockets/gdb" "$1" >"$1/engine" 2>&1 || { tail -n 2 "$1/engine" >&2; return 3; }
	ended "$1" "$4"
	local ended=$?
	rm -f "$sockets/gdb"
	return $ended
}
replay() {
	with_gdb "$1" "$2" replay 0 && same "$1" && { [[ $WAYS != *plugin* ]] || gdb-scripts/compare.sh "$1" "${1%/*}/plugin" 2>>"$out/gdb.log"; }
}
# untimed FOLDER: what the programs print, and each frame's fields but those that tell time or come of it
untimed() {
	grep -aE '^(client|server|sock): ' "$1/console.log" | sort
	local wire
	for wire in "$1"/wire-*.pcap; do
		tshark -n -r "$wire" -o tcp.analyze_sequence_numbers:TRUE -T fields -e eth.src -e eth.dst -e arp.opcode -e arp.dst.proto_ipv4 \
			-e ip.src -e ip.dst -e tcp.flags -e tcp.seq -e tcp.ack -e tcp.len -e tcp.window_size_value 2>/dev/null
	done
}
live() {
	with_gdb "$1" "$2" live 33 && diff <(untimed "$out/untraced" | sed "$ports") <(untimed "$1" | sed "$ports") &&
		{ [[ $WAYS != *plugin* ]] || verb watched KTLAB_PLAN="$2" KTLAB_RUN="$1" KTLAB_OTHER="${1%/*}/plugin"; }
}
# a port that the kernel chooses depends on the time
ports='s/10\.0\.0\.1:[0-9]*/10.0.0.1:PORT/g'

prepare() {
	[ ! -e "$out/ready" ] || return 0
	rm -rf "$out"
	mkdir -p "$out/counts"
	echo "the untraced run, and how often it calls what"
	guest "$out/untraced" record && ended "$out/untraced" &&
		ktrun/untraced.sh keep "$out/untraced/console.log" &&
		verb counting KTLAB_PLAN="$out/counts/plan.json" &&
		plugin "$out/counts" "$out/counts/plan.json" && touch "$out/ready"
}

# seed N
seed() {
	local folder=$out/$1 way said
	rm -rf "$folder"
	mkdir -p "$folder"/{plugin,replay,live}
	verb drawn KTLAB_SEED="$1" KTLAB_PLAN="$folder/plan.json" KTLAB_COUNTING="$out/counts/plan.json" KTLAB_RUN="$out/counts" || return 3
	for way in $WAYS; do cp "$folder/plan.json" "$folder/$way/plan.json"; done
	for way in $WAYS; do
		said=0
		"$way" "$folder/$way" "$folder/plan.json" || said=$?
		[ $said = 0 ] || { echo "seed $1, $way: differs" >&2; worse $((said == 3 ? 3 : 1)); }
	done
}

prepare || exit 3
for ((n = SEED; n < SEED + SEEDS; n++)); do
	began=$SECONDS
	before=$status status=0
	said=$(seed "$n" 2>&1; exit $status) || worse $?
	ended=$status
	[ $ended = 0 ] || worse 1
	printf '%s\n' "$said" | sed "s/^/seed $n: /"
	printf 'seed %d: %s, %d s\n' "$n" "$([ $ended = 0 ] && echo 'no difference' || echo 'differs')" $((SECONDS - began))
	[ $ended != 0 ] || rm -rf "${out:?}/$n"
	status=$((ended > before ? ended : before))
done
exit $status
