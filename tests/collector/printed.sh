#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What events say of routes and neighbours is what `ip` prints of them in the guest, for a drawn set of routes; SEEDS="1 2 3"
# draws others.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh

make -s build/ktrun build/ktreport rootfs || exit 1

# drawn SEED LAB: a drawn lab, and a guest that has it; the kernel unpacks one archive after the other
drawn() {
	rm -rf "$2" && python3 -B tests/collector/printed.py draw "$1" "$2" || exit 1
	mkdir -p "$2/tree/labs/$(basename "$2")"
	cp "$2/guest.sh" "$2/tree/labs/$(basename "$2")/"
	(cd "$2/tree" && find labs | busybox cpio -o -H newc 2>/dev/null) | cat build/initramfs.cpio - >"$2/initramfs.cpio"
}

for SPEC in 5.4 distro; do
	kernel_there "$SPEC" 'says of routes what is printed' || continue
	for seed in ${SEEDS:-1}; do
		lab=build/tests/printed/$SPEC-$seed
		drawn "$seed" "$lab"
		it "Linux $SPEC, seed $seed: the lab runs" build/ktrun --limit 600 --initrd "$lab/initramfs.cpio" --out "$lab.out" "$lab"
		it "Linux $SPEC, seed $seed: says of routes and neighbours what is printed" \
			python3 -B tests/collector/printed.py check "$lab.out/$SPEC-$seed"
	done
done
tap_end
