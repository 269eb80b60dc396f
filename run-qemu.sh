#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The one place that starts QEMU: run-qemu.sh [--dry-run]. The settings come from the environment.
# QEMU's exit status is 33 + 2 * the lab's status; 0 if the guest ended without a word, 1 if QEMU itself failed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# the beat, the date at power-on
. "$here/gdb-scripts/facts.env"

# the kernel that boots
KTLAB_KERNEL=${KTLAB_KERNEL:-$here/build/bzImage}
# the initramfs that rootfs/pack.sh made
KTLAB_INITRD=${KTLAB_INITRD:-$here/build/initramfs.cpio}
# folder for console.log and wire-NODE-NIC.pcap
KTLAB_RUN=${KTLAB_RUN:-$here/build/run}
# the lab that the guest runs
KTLAB_LAB=${KTLAB_LAB:-handshake}
# the lab's exercise; empty: the lab as it is
KTLAB_EXERCISE=${KTLAB_EXERCISE:-}
# how many connections the lab makes, one after the other, if it can make more than one
KTLAB_COUNT=${KTLAB_COUNT:-${COUNT:-1}}
# functions, separated by commas, whose calls the guest's kernel counts while the lab runs; see labs/prove.sh
KTLAB_PROFILE=${KTLAB_PROFILE:-}
# which cards there are and how they are joined: a file of labs/topology
KTLAB_TOPOLOGY=${KTLAB_TOPOLOGY:-two-nodes}
# live: repeatable, idle time is skipped; person: real time and a shell on this terminal;
# record, replay: the same run twice, the second time with a GDB that changes nothing
KTLAB_MODE=${KTLAB_MODE:-live}
# the recording that the modes record and replay write and read
KTLAB_RECORDING=${KTLAB_RECORDING:-$KTLAB_RUN/recording.bin}
# unix socket on which QEMU takes a GDB, and, but for a person's shell, waits for it before the first instruction; empty: no GDB
KTLAB_GDB=${KTLAB_GDB:-}
# plan that the plugin engine executes inside QEMU, into KTLAB_RUN/captures.bin and lines.bin; empty: no plugin
KTLAB_PLAN=${KTLAB_PLAN:-}
# which QEMU
QEMU=${QEMU:-qemu-system-x86_64}
# tcg emulates everywhere; kvm is for `make shell` on a machine whose KVM works
ACCEL=${ACCEL:-tcg}
# memory of the guest, MB
KTLAB_MEM=${KTLAB_MEM:-128}
# one guest instruction takes 2^KTLAB_SHIFT ns of virtual time
KTLAB_SHIFT=${KTLAB_SHIFT:-6}

case ${1:-} in
"") dry_run= ;;
--dry-run) dry_run=1 ;;
*)
	echo "usage: run-qemu.sh [--dry-run]" >&2
	exit 1
	;;
esac

topology_file=$here/labs/topology/$KTLAB_TOPOLOGY

die() {
	echo "run-qemu.sh: $1" >&2
	[ $# -lt 2 ] || echo "$2" >&2
	exit 1
}

# value TEXT: as a value inside a QEMU option, where a comma is doubled
value() { printf %s "$1" | sed 's/,/,,/g'; }

[ -r "$KTLAB_KERNEL" ] || die "cannot read the kernel '$KTLAB_KERNEL'" "make kernel, or set KTLAB_KERNEL"
[ -r "$KTLAB_INITRD" ] || die "cannot read the initramfs '$KTLAB_INITRD'" "make rootfs, or set KTLAB_INITRD"
[ -r "$topology_file" ] || die "unknown topology '$KTLAB_TOPOLOGY'" \
	"known: $(cd "$here/labs/topology" && echo *)"

# the kernel's command line: the console; a panic ends the VM; addresses as in vmlinux
append="console=ttyS0 quiet panic=-1 nokaslr"
# without /init the kernel panics, and does not try a shell
append="$append init=/init"
# a busy host may be late with the first timer interrupts; the kernel must not conclude that there are none
append="$append no_timer_check"
# randomness comes from the emulated CPU, which -seed makes repeatable
append="$append random.trust_cpu=on"
# IPv6 has its sockets, and no card: the wire is left to what the lab does over IPv4
append="$append ipv6.disable_ipv6=1"
append="$append ktlab.lab=$KTLAB_LAB ktlab.topology=$KTLAB_TOPOLOGY"
append="$append${KTLAB_EXERCISE:+ ktlab.exercise=$KTLAB_EXERCISE}"
[ "$KTLAB_COUNT" = 1 ] || append="$append ktlab.count=$KTLAB_COUNT"
append="$append${KTLAB_PROFILE:+ ktlab.profile=$KTLAB_PROFILE}"

# QEMU counts the guest's date in the zone that it is in (net/dump.c), and captures are to be the same anywhere
TZ=UTC0
export TZ

set -- "$QEMU"
set -- "$@" -no-user-config -nodefaults     # nothing that is not asked for
# a QEMU that was built with seccomp gives up what an attacker in the guest would want of the host: new programs, rights
if "$QEMU" -sandbox on -version >/dev/null 2>&1; then
	set -- "$@" -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
fi
set -- "$@" -display none -vga none         # no screen: its firmware is not repeatable
set -- "$@" -machine q35,accel="$ACCEL"     # a PC whose cards need no slow ACPI call to get an interrupt; it has an HPET
set -- "$@" -cpu qemu64,+rdrand             # a CPU with a random number instruction
set -- "$@" -smp 1                          # one CPU: one order of events
set -- "$@" -m "$KTLAB_MEM"
set -- "$@" -seed 1                         # the emulated random numbers are the same each run
set -- "$@" -no-reboot                      # a panic (panic=-1 reboots) ends QEMU
set -- "$@" -device isa-debug-exit,iobase=0xf4,iosize=1 # the guest's exit status becomes QEMU's
set -- "$@" -kernel "$KTLAB_KERNEL"
set -- "$@" -initrd "$KTLAB_INITRD"

# one card a line of the topology, all of a hub on one wire, each with its own capture
nics=$(sed '/^[[:space:]]*\(#\|$\)/d' "$topology_file")
while read -r node nic hub mac _; do
	id=$node-$nic
	set -- "$@" -netdev "hubport,id=$id,hubid=$hub"
	set -- "$@" -device "e1000,netdev=$id,mac=$mac,romfile=" # no boot ROM: it is not repeatable
	set -- "$@" -object "filter-dump,id=wire-$id,netdev=$id,file=$(value "$KTLAB_RUN/wire-$id.pcap")"
done <<EOF
$nics
EOF
# QEMU keeps a frame back while no other card of the hub takes any, as those that are down, and notes it on their wires
# when it stops or ends, at the host's time. An end of each hub without a card takes all, so that each wire has it at once
for hub in $(echo "$nics" | awk '{ print $3 }' | sort -u); do
	set -- "$@" -netdev "hubport,id=always-$hub,hubid=$hub"
done

console=$KTLAB_RUN/console.log
case $KTLAB_MODE in
live)
	set -- "$@" -icount "shift=$KTLAB_SHIFT,sleep=off"      # time is counted in instructions; idle time is skipped
	set -- "$@" -rtc "base=$POWER_ON,clock=vm"                # the date, too
	;;
record | replay)
	# what the outside gave the guest is recorded, and given again at the same instruction; as in
	# the mode live, idle time is skipped, so that two recordings are of one and the same run
	set -- "$@" -icount "shift=$KTLAB_SHIFT,sleep=off,rr=$KTLAB_MODE,rrfile=$(value "$KTLAB_RECORDING")"
	set -- "$@" -rtc "base=$POWER_ON,clock=vm"
	;;
person)
	append="$append ktlab.shell=1"
	console=
	set -- "$@" -chardev stdio,id=console,mux=on,signal=off # Ctrl-C goes to the guest; Ctrl-A x ends QEMU
	set -- "$@" -mon chardev=console                        # Ctrl-A c: QEMU's monitor
	;;
*) die "unknown KTLAB_MODE '$KTLAB_MODE'" "known: live record replay person" ;;
esac
if [ -n "$console" ]; then
	set -- "$@" -monitor none
	set -- "$@" -chardev "file,id=console,path=$(value "$console")"
fi
set -- "$@" -serial chardev:console
set -- "$@" -append "$append"

if [ -n "$KTLAB_GDB" ]; then
	# a socket in the caller's private folder, no TCP port
	set -- "$@" -chardev "socket,id=gdb,path=$(value "$KTLAB_GDB"),server=on,wait=off"
	set -- "$@" -gdb chardev:gdb
fi
# a person's shell does not wait for a GDB, which may come and go
if [ -n "$KTLAB_GDB" ] && [ "$KTLAB_MODE" != person ]; then
	set -- "$@" -S # not one instruction before GDB says so
	# the engine reads the guest's memory while it is stopped, which is quicker than to ask QEMU for it
	set -- "$@" -object "memory-backend-memfd,id=ram,size=${KTLAB_MEM}M,share=on" -machine memory-backend=ram
fi
if [ -n "$KTLAB_GDB" ] && [ "$KTLAB_MODE" = live ]; then
	# at a stop, virtual time runs on to QEMU's next timer. While the guest handles the end of an idle time none may
	# be set for a day; a filter on a wire of its own, which wakes up at each beat, bounds the jump
	set -- "$@" -netdev hubport,id=beat,hubid=99 -object filter-buffer,id=beat-timer,netdev=beat,interval=$BEAT_US
fi

if [ -n "$KTLAB_PLAN" ]; then
	built=$("$here/qemu-plugin/load.sh" "$QEMU") || exit 1
	plugin=$(value "$built"),plan=$(value "$KTLAB_PLAN"),out=$(value "$KTLAB_RUN/captures.bin")
	# where the plan asks for them
	plugin=$plugin,tree=$(value "$KTLAB_RUN/tree.jsonl"),lines=$(value "$KTLAB_RUN/lines.bin"),writes=$(value "$KTLAB_RUN/writes.bin")
	set -- "$@" -plugin "$plugin,shift=$KTLAB_SHIFT" # it tells time from the instructions executed
fi

if [ -n "$dry_run" ]; then
	# a line that a shell can run, each option on a line of its own
	for word; do
		case $word in
		-*) printf ' \\\n\t%s' "$word" ;;
		*[!a-zA-Z0-9_./:=,@+-]* | "") printf " '%s'" "$(printf %s "$word" | sed "s/'/'\\\\''/g")" ;;
		*) printf ' %s' "$word" ;;
		esac
	done | sed '1s/^ //'
	echo
	exit 0
fi
mkdir -p "$KTLAB_RUN"
exec "$@"
