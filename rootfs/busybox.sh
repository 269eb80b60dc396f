#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds a static busybox from a source tree: busybox.sh SRC prints the path of the binary. The tree is left as it is.
set -eu

cd "$(dirname "$0")/.."
src=$1
program=build/busybox/busybox
log=build/busybox.log
# busybox's makefiles take no spaces in the path of the build, which the clone's may have
build=$(mktemp -d /tmp/ktlab-busybox.XXXXXX)
trap 'rm -rf "$build"' EXIT

die() {
	printf 'busybox.sh: %s\n%s\n' "$1" "$2" >&2
	exit 2
}

# set_option NAME y|n: in the configuration
set_option() {
	sed -i "/^CONFIG_$1=/d; /^# CONFIG_$1 is not set/d" "$build/.config"
	echo "CONFIG_$1=$2" >>"$build/.config"
}

if [ ! -r "$src/Makefile" ] || [ ! -d "$src/libbb" ]; then
	die "'$src' is not a busybox source tree" "it has Makefile and libbb/; see https://busybox.net"
fi
src=$(cd "$src" && pwd)
mkdir -p build/busybox
{
	make -C "$src" O="$build" defconfig
	# one file, without libraries
	set_option STATIC y
	# its tc does not compile with headers of Linux 6.8 and later; the guest has the real one
	set_option TC n
	# questions about what these two bring get the default answer
	yes '' | make -C "$build" oldconfig
	make -C "$build" -j2 busybox
	cp "$build/busybox" $program
} >$log 2>&1 || die "busybox from '$src' does not build" "see '$log'"
echo $program
