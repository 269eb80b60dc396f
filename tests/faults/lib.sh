# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # faults.sh sets qemu
# What each row of the table starts from: a clone in an awkward folder whose lab has the faults, a kernel of its own,
# and the events of a run without a fault.

. tests/tap.sh

work=$(mktemp -d /tmp/ktlab-faults-XXXXXX)
clone="$work/a clone with 'quotes', é and 中"
kernel=$work/kernel
# all that a row starts has this in its environment
export KTLAB_FAULTS=$work XDG_RUNTIME_DIR=$work/sockets TMPDIR=$work/tmp

faults_end() {
	# shellcheck disable=SC2046 # numbers
	kill -KILL $(left_running) 2>/dev/null
	awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | xargs -r umount
	rm -rf "$work"
}
trap faults_end EXIT
trap 'exit 143' INT TERM HUP

# the programs that a row has started and that still run; this shell has the variable only since it began
left_running() {
	local environ pid
	for environ in $(grep -lzsxF "KTLAB_FAULTS=$work" /proc/[0-9]*/environ); do
		pid=${environ#/proc/}
		pid=${pid%/environ}
		! kill -0 "$pid" 2>/dev/null || echo "$pid"
	done
}

# make_clone: of the programs, not of the labs
make_clone() {
	local app
	mkdir -p "$clone"/{build/apps,labs/fault} "$XDG_RUNTIME_DIR" "$TMPDIR" "$work/bin"
	chmod 755 "$work"
	cp -r run-qemu.sh gdb-scripts rootfs apps qemu-plugin "$clone/"
	install -D ktrun/untraced.sh "$clone/ktrun/untraced.sh"
	cp -r labs/topology "$clone/labs/"
	cp build/ktrun build/ktlab-plugin-*.so "$clone/build/"
	cp tests/faults/lab/* "$clone/labs/fault/"
	for app in apps/*.c; do
		app=$(basename "$app" .c)
		cp "build/apps/$app" "$clone/build/apps/"
	done
	gcc -O2 -Wall -Wextra -Werror -static -o "$clone/build/apps/irqs-off" tests/faults/irqs-off.c || return
	(cd "$clone" && rootfs/pack.sh build/none.cpio) || return
	wrappers
}

# make_kernel KDIR: its files, where a row may change them; vmlinux stays where it is
make_kernel() {
	rm -rf "$kernel"
	mkdir "$kernel"
	cp "$1"/{bzImage,kernel.env,config} "$kernel/"
	ln -s "$1/vmlinux" "$kernel/vmlinux"
}

# wrappers: HOLD=VERB stops what does that verb for ever, once it has said so with the file `held`; FILL=VERB fills the disk
wrappers() {
	cat >"$work/bin/gdb" <<-EOF
	#!/bin/bash
	case \$* in
	*"cli.run('\${HOLD:-none}')"*) touch '$work/held'; exec sleep 1000 ;;
	esac
	exec '$(command -v gdb)' "\$@"
	EOF
	cat >"$clone/build/ktreport" <<-EOF
	#!/bin/bash
	[ "\$1" != "\${HOLD:-none}" ] || { touch '$work/held'; exec sleep 1000; }
	[ "\$1" != "\${FILL:-none}" ] || head -c 30M /dev/zero >'$work/out/other' 2>/dev/null
	exec '$PWD/build/ktreport' "\$@"
	EOF
	cat >"$work/bin/qemu" <<-EOF
	#!/bin/bash
	case \$* in
	*-serial*) ;;
	*) exec "$qemu" "\$@" ;;
	esac
	words=()
	for word; do words+=("\${word/#e1000,/\${NIC:-e1000},}"); done
	status=0
	"$qemu" "\${words[@]}" || status=\$?
	[ "\${HOLD:-}" != end ] || { touch '$work/held'; exec sleep 1000; }
	exit \$status
	EOF
	chmod +x "$work"/bin/* "$clone/build/ktreport"
}

# initramfs FAULT: its path; it differs from the faultless one in the name of the fault alone
initramfs() {
	local image=build/$1.cpio name=$1........
	[ -e "$clone/$image" ] || sed "s/^fault=none\.\.\.\./fault=${name:0:8}/" "$clone/build/none.cpio" >"$clone/$image"
	printf '%s\n' "$image"
}

# ktrun OPTION…: the lab with the FAULT in the guest, if one is set, started by what is in `via`, else as from a terminal,
# even if the suite itself was told by nohup to ignore SIGHUP
ktrun() {
	# shellcheck disable=SC2086,SC2154 # a program and its options
	cd "$clone" && exec ${via:-env --default-signal=HUP} build/ktrun --kernel "$kernel" --initrd "$(initramfs "${FAULT:-none}")" \
		--out "$work/out" --limit "${LIMIT:-60}" "$@" labs/fault
}

# wait_for COMMAND…: 60 s at most, and no longer than ktrun runs
wait_for() {
	local tries=3000
	until "$@"; do
		((--tries)) && kill -0 "$ktrun_pid" 2>/dev/null || { echo "'$*' did not come true" >&2; return 1; }
		sleep 0.02
	done
}

# begin OPTION…: ktrun in the background
begin() {
	rm -f "$work/held"
	(ktrun "$@") &
	ktrun_pid=$!
}

# in_lab OPTION…: the same, until the guest is where the fault is to come
in_lab() {
	begin "$@"
	wait_for grep -qs '^== fault' "$work/out/fault/console.log"
}

# child NAME: the number of the program that ktrun runs under that name
child() { pgrep -P "$ktrun_pid" "$1" | head -n 1; }

# the events without the lines meta and end
events() { sed '1d; $d' "$1"; }

# reference_keep NAME OUT: the events of a run without a fault, in all and until where a fault would come
reference_keep() {
	events "$2/fault/events.jsonl" >"$work/$1"
	sed '/"type":"step".*"name":"fault"/q' "$work/$1" >"$work/$1.fault"
	[ -s "$work/$1" ] && ! cmp -s "$work/$1" "$work/$1.fault"
}

# well_formed EVENTS: meta, events numbered without a gap, end with their number
well_formed() {
	jq -es '.[0].type == "meta" and .[-1].type == "end" and .[-1].events == length - 2
		and ([.[1:-1][].n] == [range(1; length - 1)])' "$1" >/dev/null || { echo "'$1' is not well formed"; return 1; }
}

# events_are KIND REFERENCE: what of the faultless run's events a run must have, to the nanosecond
events_are() {
	local events=$work/out/fault/events.jsonl captures=$work/out/fault/captures.bin wanted=$2
	case $1 in
	none)
		[ ! -e "$events" ] || { echo 'there are events'; return 1; }
		return
		;;
	# QEMU may have ended before there was an engine
	begun) [ -e "$captures" ] || [ -e "$events" ] || return 0 ;;
	fault) wanted=$2.fault ;;
	all) ;;
	esac
	well_formed "$events" || return
	events "$events" >"$work/found"
	events_compare "$1" "$wanted" | cut -c 1-200 | head -n 5
	return "${PIPESTATUS[0]}"
}

events_compare() {
	case $1 in
	begun) diff "$work/found" <(head -n "$(wc -l <"$work/found")" "$2") ;;
	fault) diff <(head -n "$(wc -l <"$2")" "$work/found") "$2" ;;
	all) diff "$work/found" "$2" ;;
	esac
}

# nothing_left: no process, no socket, no temporary file
nothing_left() {
	local left
	left=$(left_running)
	[ -z "$left" ] || { echo 'still running:'; ps -o pid,args -p "${left//$'\n'/,}"; return 1; }
	left=$(find "$XDG_RUNTIME_DIR" "$TMPDIR" -mindepth 1)
	[ -z "$left" ] || { echo "left in the temporary folders: $left"; return 1; }
	left=$(find "$work/out" -name '*.new' 2>/dev/null)
	[ -z "$left" ] || { echo "left in the run's folder: $left"; return 1; }
}
