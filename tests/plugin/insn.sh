#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The instructions that are counted later complete always: objdump's reading of the kernel is the witness.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh

work=$(mktemp -d /tmp/ktlab-insn-XXXXXX)
trap 'rm -rf "$work"' EXIT
gcc -std=c11 -Wall -Wextra -Werror -O2 -Iqemu-plugin -o "$work/insn" tests/plugin/insn.c qemu-plugin/insn.c

# no memory but an address that is not followed; no division; no jump, stack or system instruction
harmless() {
	[ -s "$1" ] && ! grep -vE '^(lea|nop)' "$1" | grep -F '(' &&
		! grep -E '^(i?div|push|pop|call|ret|j|int|ud|rd|wr|in |out|lods|stos|movs[bwlq] |cmps|scas|rep|lock|leave|hlt|f|v|cli|sti)' "$1"
}

for kernel in $(kernel-config/kernel.sh built); do
	objdump -d --insn-width=16 "$kernel/vmlinux" | "$work/insn" >"$work/completes"
	it "finds only instructions that always complete in ${kernel##*/}" harmless "$work/completes"
	it "finds a third of a million or more of them" [ "$(grep -vc '^nop' "$work/completes")" -gt 300000 ]
done
tap_end
