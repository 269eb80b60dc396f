#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Finds kernel sources, builds them with the lab's options, and keeps the results in one cache.
#
#   kernel.sh build SPEC   makes sure that a built kernel exists; prints its folder
#   kernel.sh add DIR      registers a kernel source folder of your own
#   kernel.sh list         what SPEC can be on this machine
#   kernel.sh built        the folders of the kernels that are built
#
# SPEC: auto, a release (5.4.302) or series (5.4), distro, a source folder, or a vmlinux that you built.
# Exit status: 0 done; 1 the build failed; 2 usage or set-up; 4 that kernel cannot be had on this machine.
set -euo pipefail

# where verified tarballs, unpacked sources and built kernels live
KTLAB_CACHE=${KTLAB_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME or KTLAB_CACHE}/.cache}/ktlab}
# where the pinned releases are downloaded from: https, or http on this machine
KTLAB_KERNEL_URL=${KTLAB_KERNEL_URL:-https://cdn.kernel.org/pub/linux/kernel}
# seconds to wait for that server to answer
KTLAB_CONNECT_S=${KTLAB_CONNECT_S:-5}
# hours before a server that could not be reached is tried again
KTLAB_RETRY_HOURS=${KTLAB_RETRY_HOURS:-12}
# where distributions put their kernel source tarballs
KTLAB_DISTRO_DIR=${KTLAB_DISTRO_DIR:-/usr/src}
# the compiler, a command that may have arguments; empty means gcc, and in which C the kernel is written where gcc has to be told
KTLAB_CC=${KTLAB_CC:-}
# parallel jobs of a build
KTLAB_JOBS=${KTLAB_JOBS:-$(nproc)}
# keep a build's objects, so that a changed tree builds in seconds: yes, no, or registered (trees of your own only)
KTLAB_KEEP_OBJECTS=${KTLAB_KEEP_OBJECTS:-registered}
# what says whether plans can be made for a source, before its build; see gdb-scripts/source.sh
KTLAB_SOURCE_CHECK=${KTLAB_SOURCE_CHECK:-$(dirname "$0")/../gdb-scripts/source.sh}
# which folder of fragments makes the configuration
KTLAB_FRAGMENTS=${KTLAB_FRAGMENTS:-$(dirname "$0")}

# what the make that calls this and the user's shell may set, and the kernel's makefiles would obey
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES V O M ARCH CROSS_COMPILE KBUILD_OUTPUT KCONFIG_CONFIG KCFLAGS LOCALVERSION

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=kernel-config/say.sh
. "$here/say.sh"
# shellcheck source=kernel-config/cache.sh
. "$here/cache.sh"
# shellcheck source=kernel-config/source.sh
. "$here/source.sh"
# shellcheck source=kernel-config/fetch.sh
. "$here/fetch.sh"
# shellcheck source=kernel-config/config.sh
. "$here/config.sh"
# shellcheck source=kernel-config/build.sh
. "$here/build.sh"
# shellcheck source=kernel-config/own.sh
. "$here/own.sh"

usage() {
	sed -n 's/^#   kernel.sh/usage: kernel.sh/p' "$0" >&2
	exit 2
}

# a function, so that bash has read all of it before a build during which this file may change
main() {
	local verb=${1:-}
	case $verb:$# in
	build:2)
		cache_open
		source_find "$2"
		if [ -n "$src_built" ]; then kernel_own; else kernel_build; fi
		;;
	add:2) cache_open; source_add "$2" ;;
	list:1) source_list ;;
	built:1) kernel_built ;;
	*) usage ;;
	esac
	exit
}
main "$@"
