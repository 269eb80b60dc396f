#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A card that is taken down while others send to it: the wire is the same at every run, however busy the host is.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
make -s build/initramfs.cpio >&2 || exit 1

# runs on each kernel
RUNS=${RUNS:-5}
work=$(mktemp -d)
busy=()
trap 'kill "${busy[@]}" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 143' INT TERM

# the labs' guest and, behind it, a second archive that adds the lab
mkdir -p "$work/tree/labs/down"
cat >"$work/tree/labs/down/guest.sh" <<'E2'
set -eu
. /ktlab/lib.sh
step links
up client server
on server sock bind 10.0.0.2:8080 listen 2 accept recv 5 sleep 60000 & server=$!
wait_for listens server 8080
step ask
on client sock connect 10.0.0.2:8080 send 5 sleep 500 send 7 sleep 4000 close & client=$!
usleep 250000
step down
on server ip link set eth0 down
wait $client
kill $server
step end
E2
cp build/initramfs.cpio "$work/initramfs.cpio"
(cd "$work/tree" && find . | cpio -o -H newc --quiet) >>"$work/initramfs.cpio"
export KTLAB_INITRD=$work/initramfs.cpio KTLAB_LAB=down KTLAB_GDB=''

# run KDIR N
run() {
	local status=0
	KTLAB_KERNEL=$1/bzImage KTLAB_RUN=$work/$2 timeout 300 ./run-qemu.sh 2>"$work/qemu" || status=$?
	[ $status = 33 ] || { echo "QEMU's exit status $status"; cat "$work/qemu" "$work/$2/console.log"; return 1; }
}
# same N: console and wires of that run are those of the first
same() {
	local file
	for file in console.log wire-client-eth0.pcap wire-server-eth0.pcap; do cmp "$work/1/$file" "$work/$1/$file" || return; done
}
again() { run "$1" "$2" && same "$2"; }

for ((core = $(nproc); core > 0; core--)); do
	while :; do :; done &
	busy+=($!)
done
for kernel in ${KERNELS:-$(kernel-config/kernel.sh built)}; do
	it "${kernel##*/}: takes the server's card down" run "$kernel" 1
	it "${kernel##*/}: has every frame on both wires at the same time" cmp "$work/1/wire-client-eth0.pcap" "$work/1/wire-server-eth0.pcap"
	for ((n = 2; n <= RUNS; n++)); do
		it "${kernel##*/}: is the same once more ($n of $RUNS)" again "$kernel" $n
	done
done
tap_end
