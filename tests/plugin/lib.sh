# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of the plugin engine share: kernels, plans, and runs of QEMU without ktrun.

. tests/tap.sh
export KTLAB_INITRD=$PWD/build/initramfs.cpio KTLAB_MODE=live
work=$(mktemp -d /tmp/ktlab-plugin-XXXXXX)
busy=()
trap 'kill "${busy[@]}" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 143' INT TERM

# the built kernels, one folder a line
kernels() { kernel-config/kernel.sh built; }

# ready FILE: leaves with one skipped test where this machine has no QEMU for plugins, or no kernel
ready() {
	make -s build/ktlab-plugin-4.so build/ktlab-plugin-7.so build/initramfs.cpio >&2 || exit 1
	if ! QEMU=$(qemu-plugin/get-qemu.sh --no-fetch 2>/dev/null); then
		echo "1..0 # SKIP no QEMU that loads plugins here: make qemu"
		exit 0
	fi
	[ -n "$(kernels)" ] || { echo '1..0 # SKIP no kernel is built here'; exit 0; }
	export QEMU
}

# lab_settings KDIR LAB FOLDER: what run-qemu.sh needs
lab_settings() {
	export KTLAB_KERNEL=$1/bzImage KTLAB_LAB=$2 KTLAB_RUN=$3 KTLAB_TOPOLOGY=two-nodes KTLAB_GDB='' KTLAB_PLAN=''
	[ ! -r "labs/$2/topology" ] || KTLAB_TOPOLOGY=$(cat "labs/$2/topology")
	mkdir -p "$3"
	[ -r "$3/plan.json" ] || gdb-scripts/plan.sh "$1" "labs/$2" "$3/plan.json"
}

# qemu_ends STATUS: runs QEMU with the settings; its status must be this
qemu_ends() {
	local status=0
	timeout 120 ./run-qemu.sh >"$KTLAB_RUN/stdout" 2>"$KTLAB_RUN/stderr" || status=$?
	[ "$status" = "$1" ] || { echo "QEMU's exit status $status, wanted $1"; cat "$KTLAB_RUN/stderr"; return 1; }
}

# traced KDIR LAB FOLDER: a run with the plugin
traced() {
	lab_settings "$@"
	KTLAB_PLAN=$3/plan.json qemu_ends 33
}

# untraced KDIR LAB FOLDER
untraced() {
	lab_settings "$@"
	qemu_ends 33
}

# alike FOLDER FOLDER: console and wires are the same, byte for byte
alike() {
	local file
	for file in "$1"/console.log "$1"/wire-*.pcap; do
		cmp "$file" "$2/${file##*/}" || return 1
	done
}

# events KDIR FOLDER: decodes a run into events.jsonl
events() {
	echo '{"topology":[]}' >"$2/settings.json"
	gdb-scripts/decode.sh "$2/plan.json" "$2" "$1"
}

# load: keeps both cores busy until the test ends
load() {
	local core
	for core in 1 2; do
		while :; do :; done &
		busy[core]=$!
	done
}
