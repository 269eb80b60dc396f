#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds each kernel that this machine can have, before the other tests look for them.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh

for SPEC in 5.4 distro; do
	kernel_there "$SPEC" 'is built' || continue
	it "Linux $SPEC is built" test -s "$KTLAB_KDIR/vmlinux"
done
tap_end
