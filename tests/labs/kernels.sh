#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The table of kernels: its rows from what labs/all.sh says, each run in the place of the one before.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/kernel-config" "$work/labs"
cp labs/kernels.sh "$work/labs/"
cd "$work" || exit 1
mkdir kdir
# what it makes first is there
printf '%%:\n\t@:\n' >Makefile
echo "KTLAB_RELEASE='6.12.9'" >kdir/kernel.env
printf '#!/bin/sh\necho "$PWD/kdir"\n' >kernel-config/kernel.sh
# what it says is in the file `all`
printf '#!/bin/sh\ncat all; exit "$(cat status)"\n' >labs/all.sh
printf '#!/bin/sh\necho QEMU emulator version 9.9.1\n' >qemu
chmod +x kernel-config/kernel.sh labs/all.sh qemu
printf '# table\n\n| kernel | engine | mode | QEMU | held | not |\n|---|---|---|---|---|---|\n| 5.4.1 | gdb | live | 7 | 1 of 1 | |\n\n| host |\n|---|\n| Debian |\n\nend\n' >table
export KTLAB_TABLE=$work/table QEMU=$work/qemu ENGINES=gdb MODES=live

# row STATUS WANTED: the run's status, and its row in the table
row() {
	local status=0
	labs/kernels.sh distro || status=$?
	cat table
	[ $status = "$1" ] && [ "$(grep '^| 6.12' table)" = "$2" ] && [ "$(wc -l <table)" = 12 ] && tail -n 1 table | grep -q end
}
{
	echo 'lab            kernel       hits expectations     time  verdict'
	echo 'arp            6.12.9        391     34 of 34      9 s  held'
	echo 'ipv6           6.12.9        391     34 of 34      9 s  held'
	echo '2 of 2 labs in 18 s'
} >all
echo 0 >status
it 'has a row for a kernel whose labs all held' row 0 '| 6.12.9 | gdb | live | 9.9.1 | 2 of 2 | |'
sed -i 's/^arp.*/arp            6.12.9        391     33 of 34      9 s  failed\n  FAILED  A SYN|ACK comes.\n  FAILED  Nor this./' all
echo 1 >status
it 'names a lab that did not hold with its first expectation that failed, in the same row' \
	row 1 '| 6.12.9 | gdb | live | 9.9.1 | 1 of 2 | arp: A SYN/ACK comes. |'
it 'keeps the other rows' grep -q '^| 5.4.1 | gdb' table
sed -i '/FAILED/d; s/34 of 34      9 s  held/     -      9 s  run failed/' all
it 'says of one that did not come to its end what became of it' \
	row 1 '| 6.12.9 | gdb | live | 9.9.1 | 0 of 2 | arp: failed<br> ipv6: run failed |'
tap_end
