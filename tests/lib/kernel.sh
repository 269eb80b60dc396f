# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What tests that need a built kernel share; source it after tests/tap.sh.

# kernel_there SPEC WHAT: KTLAB_KDIR is the folder of that kernel, built if need be. Where it cannot be had here WHAT is
# skipped, where it cannot be built that is a failure, and the status is 1
kernel_there() {
	local status=0 log
	mkdir -p build/tests
	# files that run side by side have a log each
	log=build/tests/kernel-$(basename "$0").log
	KTLAB_KDIR=$(kernel-config/kernel.sh build "$1" 2>"$log") || status=$?
	export KTLAB_KDIR
	case $status in
	0) return ;;
	4) skip "Linux $1: $2" "$(grep -m 1 '^kernel.sh:' "$log")" ;;
	*) it "Linux $1 is built" sh -c "cat '$log'; false" ;;
	esac
	return 1
}
