# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # the caller sets kernel
# What benches share: a folder of their own, a guest that has their lab, the plan of the handshake, and the words of a
# table's head.

work=$(mktemp -d /tmp/ktlab-bench-XXXXXX)
plan=$work/plan.json
socket=$work/gdb
export KTLAB_KERNEL=$kernel/bzImage KTLAB_RUN=$work/run KTLAB_INITRD=$work/initramfs.cpio KTLAB_MODE=live

# bench_guest: the labs' guest and, behind it, a second archive that adds the bench's lab
bench_guest() {
	mkdir -p "$work/tree/labs/bench"
	cp qemu-plugin/bench/guest.sh "$work/tree/labs/bench"
	cp build/initramfs.cpio "$KTLAB_INITRD"
	(cd "$work/tree" && find . | cpio -o -H newc --quiet) >>"$KTLAB_INITRD"
	export KTLAB_LAB=bench
	gdb-scripts/plan.sh "$kernel" labs/handshake "$plan"
}

# qemu_waits: QEMU in the background, whose number is `qemu`, until GDB may connect
qemu_waits() {
	rm -f "$socket"
	KTLAB_GDB=$socket ./run-qemu.sh 2>"$work/qemu.log" &
	qemu=$!
	until [ -S "$socket" ]; do kill -0 $qemu || { cat "$work/qemu.log" >&2; exit 3; }; sleep 0.02; done
}

# machine QEMU: what the figures are of
machine() {
	printf '%s, %s cores, load %s; %s; Linux %s' "$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)" \
		"$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)" "$("$1" --version | head -n 1)" \
		"$(. "$kernel/kernel.env" && echo "$KTLAB_RELEASE")"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
