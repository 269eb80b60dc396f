#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What events say of routes and neighbours is what `ip` prints of them in the guest, and what they say of sockets what `ss`
# does, for a drawn set of them; SEEDS="1 2 3" draws others.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh

make -s build/ktrun build/ktreport rootfs || exit 1

# drawn JUDGE SEED LAB: a drawn lab, and a guest that has it; the kernel unpacks one archive after the other
drawn() {
	rm -rf "$3" && python3 -B "tests/collector/$1.py" draw "$2" "$3" || exit 1
	mkdir -p "$3/tree/labs/$(basename "$3")"
	cp "$3/guest.sh" "$3/tree/labs/$(basename "$3")/"
	(cd "$3/tree" && find labs | busybox cpio -o -H newc 2>/dev/null) | cat build/initramfs.cpio - >"$3/initramfs.cpio"
}

# compared JUDGE WHAT: on the kernel SPEC
compared() {
	local seed lab
	for seed in ${SEEDS:-1}; do
		lab=build/tests/$1/$SPEC-$seed
		drawn "$1" "$seed" "$lab"
		it "Linux $SPEC, seed $seed: the lab of $2 runs" build/ktrun --limit 600 --initrd "$lab/initramfs.cpio" --out "$lab.out" "$lab"
		it "Linux $SPEC, seed $seed: says of $2 what is printed" \
			python3 -B "tests/collector/$1.py" check "$lab.out/$SPEC-$seed"
	done
}

for SPEC in 5.4 distro; do
	kernel_there "$SPEC" 'says what is printed' || continue
	compared printed 'routes and neighbours'
	compared sockets sockets
done
tap_end
