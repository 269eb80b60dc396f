#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The supervisor: verdicts, faults of everything that it starts, and what it leaves behind. No guest is booted.
. "$(dirname "$0")/fake.sh"
fake_clone || exit 1

# ktrun_in LABDIR
ktrun_in() { (cd "$clone" && exec build/ktrun --kernel kernel --initrd initrd --out out "$1"); }

# broken SENTENCE VERDICT NAME=VALUE... [-- OPTION...]: the run fails so, says so, and leaves nothing
broken() {
	local sentence=$1 verdict=$2 settings=()
	shift 2
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		settings+=("$1")
		shift
	done
	[ $# = 0 ] || shift
	(
		[ ${#settings[@]} = 0 ] || export "${settings[@]}"
		fails 3 "$sentence" ktrun "$@"
	) && nothing_left && recorded .verdict "$verdict" && recorded .status 3
}

# fills SAYS SENTENCE: the plugin says so, and ktrun that
fills() { (export FAKE_SAYS="$1 lines.bin\n"; says "ktrun: lines.bin $2" ktrun); }

it 'runs a lab to its verdict' says 'verdict: held (2 held, 0 failed, 0 skipped), 42 hits, wall: plan' ktrun
it 'shows the ladder' says 'the ladder' ktrun
it 'leaves no process and no socket' nothing_left
it 'records the verdict' recorded .verdict held
it 'records the hits' recorded .hits 42
it 'records each phase once, in order' \
	recorded '[.phases[].name] | join(" ")' 'plan boot lab end decode report wire'
it 'records QEMU'\''s status' recorded .qemu.status 33
it 'hands the topology to the decoders' \
	test "$(jq -r '.topology[1].mac' "$run/settings.json")" = 52:54:00:00:00:02
it 'takes the quotes from kernel.env' test "$(jq -r .note "$run/settings.json")" = "it's a note"
it 'prints one line a phase where no terminal is' \
	test "$(ktrun 2>&1 >/dev/null | cut -d' ' -f1 | tr '\n' ' ')" = 'plan boot lab end decode report wire '

it 'says when half of what may be recorded is' fills 'half 1024' 'has half of the 1024 MiB that it may have (KTLAB_RECORD_MIB)'
it 'says when all of it is' fills 'full 1024' 'has the 1024 MiB that it may have (KTLAB_RECORD_MIB): what it has is good, what comes now is not recorded'

it 'ends with 1 when an expectation fails' env FAKE_STATUS_CHECK=1 bash -c \
	'"$@"; [ $? = 1 ]' - env -C "$clone" build/ktrun --kernel kernel --initrd initrd labs/handshake
it 'records that' recorded .verdict failed

it 'ends with 1 when the events are not what tshark reads on the wire' env FAKE_STATUS_WIRE=1 bash -c \
	'"$@"; [ $? = 1 ]' - env -C "$clone" build/ktrun --kernel kernel --initrd initrd labs/handshake
it 'records that too' recorded .verdict failed
it 'says that the wires cannot be compared' broken 'the wires cannot be compared' 'run failed' FAKE_STATUS_WIRE=2

it 'finds a mistake in the expectations before the boot' \
	fails 2 "the expectations in 'labs/handshake/expect' cannot be read" env FAKE_STATUS_SYNTAX=2 \
	env -C "$clone" build/ktrun --kernel kernel --initrd initrd labs/handshake

it 'refuses a bad points file with the plan'\''s own words' \
	fails 2 "points:3: unknown function 'tcp_v4_conect'" env FAKE_STATUS_PLAN=2 \
	env -C "$clone" build/ktrun --kernel kernel --initrd initrd labs/handshake
it 'takes no folder for a lab that has no name of its own' fails 2 "'labs/handshake/.' does not name a lab" ktrun_in labs/handshake/.
it 'takes the parent for none' fails 2 "'labs/handshake/..' does not name a lab" ktrun_in labs/handshake/..
printf '../handshake/cards\n' >"$clone/labs/handshake/topology"
cp "$clone/labs/topology/two-nodes" "$clone/labs/handshake/cards"
it 'takes no topology from elsewhere' fails 2 "unknown topology '../handshake/cards'" ktrun
rm "$clone"/labs/handshake/{topology,cards}
it 'names the labs there are, the nearest first' fails 2 "unknown lab 'handshak'
known: handshake hand" env -C "$clone" build/ktrun labs/handshak
it 'refuses a folder without a kernel' fails 2 "'labs' is not a built kernel: no 'kernel.env'" ktrun --kernel labs
recorded_not_run() { recorded .verdict 'not run' && recorded .status 2 && recorded .step settings; }
it 'leaves a record of that, and none of the run before' recorded_not_run
it 'refuses an unknown engine' fails 2 "unknown engine 'x'" ktrun --engine x
it 'names the engines there are' fails 2 'known: gdb' ktrun --engine x
it 'refuses a limit that is no number' fails 2 "bad limit '2m'" ktrun --limit 2m
it 'refuses an unknown option' fails 2 "unknown option '--fast'" ktrun --fast
it 'says which tool is missing' fails 2 "cannot find 'qemu-none' in PATH" ktrun --qemu qemu-none
it 'says that the initramfs is missing' fails 2 "cannot read the initramfs 'none'" ktrun --initrd none
it 'prints its options' says '--limit SECONDS' ktrun --help
it 'takes a setting from the environment' says "unknown engine 'y'" bash -c '! ENGINE=y "$@" 2>&1' - \
	env -C "$clone" build/ktrun labs/handshake

panic='[    1.2] Kernel panic - not syncing: Attempted to kill init!\r\n'
it 'says that the guest panicked, and why' broken 'the guest panicked: Attempted to kill init!' 'run failed' \
	FAKE_STATUS_GUEST=0 FAKE_CONSOLE="$panic"
it 'says that the guest ended without a word' broken 'the guest ended without an exit status' 'run failed' \
	FAKE_STATUS_GUEST=0
it 'says that the lab'\''s script failed' broken "the lab's guest.sh ended with status 7" 'run failed' \
	FAKE_STATUS_GUEST=47
it 'decodes and reports what a failed run has' test -s "$run/events.jsonl"
it 'says what QEMU said when it does not run' broken 'QEMU did not run: qemu: no such machine' 'run failed' \
	FAKE_STATUS_QEMU=1
it 'says what GDB said when it fails' broken 'GDB ended with status 3: no room for captures' 'run failed' \
	FAKE_STATUS_ENGINE=3
it 'says that GDB ended too early, also where GDB is content' broken "GDB has not seen the lab's end" 'run failed' \
	FAKE_ENDS_EARLY=1
it 'keeps its record when a guest prints what is not UTF-8' broken 'the guest panicked: Attempted' 'run failed' \
	FAKE_STATUS_GUEST=0 FAKE_CONSOLE='Kernel panic - not syncing: Attempted\xff\xc3 \xed\xa0\x80\n'
it 'keeps there that something was said' recorded .reason "the guest panicked: Attempted$(printf '\357\277\275%.0s' 1 2) $(printf '\357\277\275%.0s' 1 2 3)"
it 'finds what a guest says after a zero byte' broken 'the guest panicked: it' 'run failed' \
	FAKE_STATUS_GUEST=0 FAKE_CONSOLE='\0000 Kernel panic - not syncing: it\n'
it 'fails when fewer hits were decoded than taken' broken "step 'self-check': the engine has taken 42 hits, 41 were decoded" \
	'run failed' FAKE_DECODED=41
it 'fails when fewer expectations were judged than read' broken "step 'check': 1 of the 2 expectations" 'run failed' FAKE_JUDGED=1
it 'fails when a program says that it has done a part' \
	broken "step 'write': the report cannot be written: ktreport ended with status 0 and has come to 6 of 7 files" 'run failed' \
	FAKE_WRITTEN='6 of 7'
it 'ends a guest that floods its console' broken 'the guest has written more than 8 MB to its console' 'run failed' \
	FAKE_AT=lab FAKE_CONSOLE_BYTES=9M
it 'lets a guest say much' says 'verdict: held' env FAKE_CONSOLE_BYTES=7M \
	env -C "$clone" build/ktrun --kernel kernel --initrd initrd labs/handshake
it 'says that the guest ran out of memory' broken "the guest's memory ran out: Killed process 71 (tail)" 'run failed' \
	FAKE_STATUS_GUEST=233 FAKE_CONSOLE='[ 2.1] Out of memory: Killed process 71 (tail)\r\n'
it 'says that the guest ran out of processes' broken "the guest's programs have taken every process that it can have" 'run failed' \
	FAKE_STATUS_GUEST=0 FAKE_CONSOLE="/init: line 23: can't forkOut of memory: Killed\r\nKernel panic - not syncing: it\r\n"
it 'ends a phase at the limit' broken "phase 'lab' was not over after 5 s" 'run failed' FAKE_AT=lab -- --limit 5
# crowded: on one processor with three others who want it, in less of which a phase has not its time
crowded() {
	local others=() status=0
	for _ in 1 2 3; do
		taskset -c 0 bash -c 'while :; do :; done' &
		others+=($!)
	done
	taskset -c 0 bash -c 'cd "$1" && exec build/ktrun --kernel kernel --initrd initrd --out out --limit 3 labs/handshake' - "$clone" || status=$?
	kill "${others[@]}"
	return $status
}
export FAKE_WORKS='lab 2'
it 'does not count the time that other programs had the processors' says 'verdict: held' crowded
unset FAKE_WORKS
it 'ends what does not listen to SIGTERM' broken "phase 'lab' was not over" 'run failed' \
	FAKE_AT=lab FAKE_DEAF=1 -- --limit 5
it 'says that captures cannot be decoded' broken 'cannot be decoded' 'run failed' FAKE_STATUS_DECODE=1

# stopped SIGNAL PHASE: ktrun itself gets the signal in that phase
stopped() {
	export FAKE_AT=$2
	ktrun_begin && kill -s "$1" "$ktrun_pid" &&
		ktrun_ends 3 "interrupted by SIG$1 in phase '$2'" && nothing_left && recorded .verdict interrupted
}
for phase in plan boot lab end decode report; do
	it "ends cleanly when Ctrl-C comes in phase $phase" stopped INT $phase
done
it 'ends cleanly when it is terminated' stopped TERM lab

# killed WHAT NAME: QEMU or GDB gets SIGKILL in the lab
killed() {
	export FAKE_AT=lab
	ktrun_begin && kill -s KILL "$(cat "$FAKE/$1")" &&
		ktrun_ends 3 "$2 was killed by SIGKILL in phase 'lab'" && nothing_left &&
		[ -s "$run/events.jsonl" ]
}
it 'says that QEMU was killed' killed qemu QEMU
it 'says that GDB was killed' killed gdb GDB

# gone NAME: the process whose number is in that file has ended
gone() {
	wait_until bash -c '! kill -0 "$0" 2>/dev/null' "$(cat "$FAKE/$1")"
}

dies_alone() {
	local status=0
	export FAKE_AT=lab
	ktrun_begin && kill -s KILL "$ktrun_pid" && ! wait "$ktrun_pid" && gone qemu && gone gdb || status=1
	xargs -r kill -s KILL 2>/dev/null <"$FAKE/pids" || true
	return $status
}
it 'takes QEMU and GDB along when it is killed itself' dies_alone
it 'cannot remove its folder with the socket then' test -n "$(ls "$XDG_RUNTIME_DIR")"
mkdir "$XDG_RUNTIME_DIR/ktlab-run-abcde" "$XDG_RUNTIME_DIR/ktlab-run-abcdef"
it 'removes that of a killed run, and no other' bash -c \
	'"$@" && [ "$(ls "$XDG_RUNTIME_DIR")" = ktlab-run-abcde ]' - env -C "$clone" build/ktrun --kernel kernel --initrd initrd labs/handshake
rmdir "$XDG_RUNTIME_DIR/ktlab-run-abcde"

second() {
	local status=0
	export FAKE_AT=lab
	ktrun_begin || return
	(FAKE_AT='' && env -C "$clone" build/ktrun --kernel kernel --initrd initrd labs/handshake) \
		>"$work/second" 2>&1 || status=$?
	kill -s TERM "$ktrun_pid"
	wait "$ktrun_pid"
	cat "$work/second"
	[ $status = 2 ] && grep -q "another run holds 'out/handshake'" "$work/second"
}
it 'refuses a second run in the same folder' second

two_folders() {
	local sockets
	export FAKE_AT=lab
	ktrun_begin || return
	sockets=$(ls "$XDG_RUNTIME_DIR")
	(unset FAKE_AT; mkdir "$work/fake2"; FAKE="$work/fake2" env -C "$clone" build/ktrun --kernel kernel \
		--initrd initrd --out "$work/out2" labs/handshake) || return
	[ -n "$sockets" ] && [ "$(ls "$XDG_RUNTIME_DIR")" = "$sockets" ] || { echo "the other run's socket is gone"; return 1; }
	kill -s TERM "$ktrun_pid"
	! wait "$ktrun_pid"
}
it 'runs beside another run in another folder' two_folders

stale() {
	unset FAKE_AT
	touch "$run/report.html" "$run/wire-x-y.pcap" "$run/my-notes"
	ktrun && [ ! -e "$run/report.html" ] && [ ! -e "$run/wire-x-y.pcap" ] && [ -e "$run/my-notes" ]
}
it 'removes the files of the run before, and no others' stale

elsewhere() {
	mkdir -p "$work/elsewhere" "$clone/linked"
	ln -sfn "$work/elsewhere" "$clone/linked/handshake"
	fails 2 "cannot write in 'linked/handshake': Not a directory" ktrun --out linked && [ -z "$(ls -A "$work/elsewhere")" ]
}
it 'does not write through a folder that is a link' elsewhere

unset FAKE_AT
it 'says that it cannot write there' fails 2 "cannot write in '/proc/ktlab/handshake'" ktrun --out /proc/ktlab
if mkdir "$work/small" && mount -t tmpfs -o size=28m none "$work/small" 2>/dev/null; then
	trap 'umount "$work/small"; rm -rf "$work"' EXIT
	it 'says that the space ran out' env FAKE_CAPTURES_BYTES=30M bash -c '"$@" 2>&1 | grep "no space left in"' - \
		env -C "$clone" build/ktrun --kernel kernel --initrd initrd --out "$work/small" labs/handshake
	it 'has a record of that, where there was no room for another' \
		jq -e '.verdict == "run failed" and .status == 3' "$work/small/handshake/run.json"
	it 'does not leave a record that the run goes on, also where there is no room for another' \
		fails 1 '' grep '"running"' "$work"/small/handshake/*.json
	rm "$work"/small/*/captures.bin
	head -c 10M /dev/zero >"$work/small/other"
	it 'says before the boot that there is too little space' fails 2 'no space left in' ktrun --out "$work/small"
	mount -o remount,ro "$work/small"
	it 'says that the folder is read-only' fails 2 'Read-only file system' ktrun --out "$work/small/x"
else
	skip 'says that the space ran out' 'only root can mount a small file system'
	skip 'says before the boot that there is too little space' 'only root can mount a small file system'
	skip 'says that the folder is read-only' 'only root can mount a read-only file system'
fi

if command -v script >/dev/null; then
	it 'keeps one line moving on a terminal' bash -c 'script -qec "$1" /dev/null | tr "\r" "\n" | grep -c "^.\[Klab  *0"' - \
		"env -C $(printf %q "$clone") build/ktrun --kernel kernel --initrd initrd labs/handshake"
else
	skip 'keeps one line moving on a terminal' 'script is not installed'
fi
tap_end
