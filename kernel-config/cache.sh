# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The cache folder:
#   registered   source folders of your own, one a line, the newest last
#   tarballs/    verified downloads; NAME.part while they arrive
#   sources/     unpacked tarballs
#   building/    builds under way, interrupted, or kept for the next change
#   kernels/     built kernels, RELEASE-TREE-BUILDID; by-inputs/HASH leads to the one that these inputs gave
#   locks/       one file a thing that only one process may make

cache_open() {
	case $KTLAB_CACHE in
	*[[:space:]:]*)
		die 2 "cannot build kernels under '$KTLAB_CACHE': the kernel's makefiles split paths at spaces and colons" \
			"set KTLAB_CACHE to a folder without them, such as /var/tmp/ktlab"
		;;
	esac
	mkdir -p "$KTLAB_CACHE"/{tarballs,sources,building,kernels/by-inputs,locks} 2>/dev/null ||
		die 2 "cannot create the cache '$KTLAB_CACHE': no permission or no space" \
			"set KTLAB_CACHE to a folder that you may write to"
	[ -w "$KTLAB_CACHE/kernels" ] ||
		die 2 "cannot write to the cache '$KTLAB_CACHE': permission denied" \
			"set KTLAB_CACHE to a folder that you may write to"
}

# cache_lock NAME FD: takes the lock NAME; waits, and says so, while another process has it
cache_lock() {
	eval "exec $2>\"\$KTLAB_CACHE/locks/\$1\""
	flock -n "$2" && return
	say "$1: another ktlab on this machine is at it; waiting for it to finish"
	flock "$2"
}

cache_unlock() {
	eval "exec $1>&-"
}

# cache_room MIB WHAT: refuses to begin what the disk cannot hold
cache_room() {
	local free
	free=$(df -Pm "$KTLAB_CACHE" | awk 'NR == 2 { print $4 }')
	((free >= $1)) ||
		die 2 "not enough space for $2: $free MiB are free in '$KTLAB_CACHE', $1 MiB are needed" \
			"make room, or set KTLAB_CACHE to a folder on a larger disk"
}
