#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The guest itself, booted untraced with each kernel that is built on this machine.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
make -s build/initramfs.cpio >&2 || exit 1

work=$(mktemp -d)
busy=()
trap 'rm -rf "$work"; kill "${busy[@]}" 2>/dev/null' EXIT
export KTLAB_INITRD=$PWD/build/initramfs.cpio KTLAB_GDB=

# boot NAME: QEMU's exit status is the result; the files go to a folder that needs quoting
boot() {
	export KTLAB_RUN="$work/$1, 'é'"
	timeout 60 ./run-qemu.sh 2>"$work/qemu"
}

# boot_with SED: like boot, with a changed QEMU command line
boot_with() {
	export KTLAB_RUN="$work/with"
	mkdir -p "$KTLAB_RUN"
	./run-qemu.sh --dry-run | sed "$1" >"$work/command"
	timeout 60 sh "$work/command" 2>"$work/qemu"
}

ends_with() {
	local status=0 wanted=$1
	shift
	"$@" || status=$?
	echo "QEMU's exit status $status, wanted $wanted"
	cat "$work/qemu"
	[ $status = "$wanted" ]
}

# frames NODE FILTER: how many frames of the node's wire tshark finds
frames() {
	tshark -r "$work/first, 'é'/wire-$1-eth0.pcap" -Y "$2" 2>/dev/null | wc -l
}

console() {
	grep -qF -- "$1" "$work/first, 'é'/console.log" || { cat "$work/first, 'é'/console.log"; return 1; }
}

# counted NODE NAME VALUE: the node's kernel says so in /proc/net/snmp
counted() {
	local found
	found=$(awk -v "head=-- $1: cat /proc/net/snmp" -v "name=$2" '
		{ sub(/\r$/, "") }
		/^-- / { inside = $0 == head }
		inside && $1 == "Tcp:" && column { print $column; exit }
		inside && $1 == "Tcp:" { for (i = 2; i <= NF; i++) if ($i == name) column = i }' \
		"$work/first, 'é'/console.log")
	echo "$2 of $1: $found, wanted $3"
	[ "$found" = "$3" ]
}

# same NAME: this run's console and wires are those of the first
same() {
	local file
	boot "$1" || [ $? = 33 ] || return
	for file in console.log wire-client-eth0.pcap wire-server-eth0.pcap; do
		cmp "$work/first, 'é'/$file" "$work/$1, 'é'/$file" || return
	done
}

# shell: types into the guest's shell, and leaves it
shell() {
	mkfifo "$work/keys"
	KTLAB_MODE=person KTLAB_RUN=$work/shell timeout 60 ./run-qemu.sh <"$work/keys" >"$work/screen" 2>&1 &
	local qemu=$! tries=600
	exec 3>"$work/keys"
	until grep -q '/home # ' "$work/screen"; do
		((--tries)) || { cat "$work/screen"; return 1; }
		sleep 0.1
	done
	echo 'on client ip -o address show eth0; poweroff' >&3
	wait $qemu || return
	exec 3>&-
	cat "$work/screen"
	grep -q '10.0.0.1/24' "$work/screen"
}

while read -r folder; do
	release=$(. "$folder/kernel.env" && echo "$KTLAB_RELEASE")
	export KTLAB_KERNEL=$folder/bzImage
	rm -rf "${work:?}"/*
	it "runs the lab on $release" ends_with 33 boot first
	it "lets the server hear the client on $release" console 'server: received 17 bytes: Hello from client'
	it "lets the client hear the server on $release" console 'client: received 17 bytes: Hello from server'
	for node in client server; do
		it "puts one SYN on the wire of $node on $release" \
			test "$(frames $node 'tcp.flags.syn == 1 && tcp.flags.ack == 0')" = 1
		it "puts the server's announcement on the wire of $node on $release" \
			test "$(frames $node 'arp.isannouncement && arp.src.proto_ipv4 == 10.0.0.2')" = 1
		it "puts nothing but TCP and ARP on the wire of $node on $release" \
			test "$(frames $node '!(tcp || arp)')" = 0
		it "sees no retransmission on the wire of $node on $release" \
			test "$(frames $node 'tcp.analysis.retransmission')" = 0
	done
	it "counts the client's open on $release" counted client ActiveOpens 1
	it "counts the server's open on $release" counted server PassiveOpens 1
	it "ends with the client in TIME_WAIT on $release" console 'TIME-WAIT 0      0           10.0.0.1'
	for _ in 1 2; do
		while :; do :; done &
		busy+=($!)
	done
	for n in 1 2 3; do
		it "gives the same bytes on a busy machine, time $n, on $release" same "again $n"
	done
	kill "${busy[@]}"
	busy=()
	it "hands over the status of a lab that fails on $release" ends_with 37 boot_with 's/ktlab.lab=handshake/ktlab.lab=none/'
	it "ends when init fails on $release" ends_with 0 boot_with 's/topology=two-nodes/topology=none/'
	it "ends when the kernel panics on $release" ends_with 0 boot_with 's/ktlab.lab/rdinit=\/bin\/false ktlab.lab/'
	it "ends when there is no init on $release" ends_with 0 boot_with 's/init=.init/rdinit=none init=none/'
	it "gives a person a shell on $release" shell
done < <(kernel-config/kernel.sh built)
[ -n "${release:-}" ] || skip 'runs the lab' 'no kernel is built on this machine'

export KTLAB_KERNEL=$KTLAB_INITRD
it 'says that the kernel cannot be read' fails 1 "cannot read the kernel 'none'" env KTLAB_KERNEL=none ./run-qemu.sh
it 'says that the initramfs cannot be read' fails 1 "cannot read the initramfs 'none'" env KTLAB_INITRD=none ./run-qemu.sh
it 'names the topologies there are' fails 1 'two-nodes' env KTLAB_TOPOLOGY=none ./run-qemu.sh
it 'names the modes there are' fails 1 'replay person' env KTLAB_MODE=none ./run-qemu.sh
it 'refuses an unknown option' fails 1 'usage:' ./run-qemu.sh --gui
it 'prints a command that opens no port' bash -c '! KTLAB_GDB=/x/gdb ./run-qemu.sh --dry-run | grep -iE "tcp:|-s$|-netdev user|vnc|telnet"'
tap_end
