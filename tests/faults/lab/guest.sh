#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One connection, and then a fault.
set -eu
# the suite puts the name of another there, as long, into the packed file: until the fault, the guest does the very same
fault=none....
# shellcheck source=SCRIPTDIR/../../../rootfs/lib.sh
. /ktlab/lib.sh

connection() {
	on server server >/dev/null &
	wait_for listens server 8080
	on client client >/dev/null
	wait $!
}

# PID 1 finds zeros where its program was
init_wiped() {
	range=$(sed -n 's/^\([0-9a-f]*\)-\([0-9a-f]*\) r-xp .*busybox$/0x\1 0x\2/p' /proc/1/maps)
	dd if=/dev/zero of=/proc/1/mem bs=4096 seek=$((${range% *} / 4096)) conv=notrunc \
		count=$(((${range#* } - ${range% *}) / 4096)) 2>/dev/null
}

# escape PATH: in whatever the host gets to read of the guest there is a file's name
escape() {
	echo escaped >"$1"
	step "$1"
	echo "$1" >/proc/self/comm
	on client sh -c "echo '$1' >/proc/self/comm; exec 3<>/dev/null"
	witness client "$1" path="$1"
	on client ip link add "$(basename "$1")" type dummy 2>/dev/null || :
}

step links
up client server
step connect
connection

step fault
case ${fault%%.*} in
none) ;;
waits) while :; do usleep 100000; done ;;
connects) while :; do connection; done ;;
panics) echo c >/proc/sysrq-trigger ;;
init) init_wiped ;;
hangs) irqs-off ;;
halts) halt -f ;;
floods) yes 'the quick brown fox jumps over the lazy dog' | head -c 104857600 >/dev/console ;;
memory) tail /dev/zero ;;
escapes) escape ../../../../../../tmp/ktlab-escaped ;;
*) exit 7 ;;
esac
step end
