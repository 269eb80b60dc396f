#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The README's command on a bare Debian 13 without a way to kernel.org, in a chroot of its own: packages, sources, kernel
# and run from nothing; the same with a 5.4 tree if one is registered here; with HOSTS=all then every lab with each engine,
# and make check.
# Takes 3 GB and the time of a kernel or two, so it is first run by HOSTS=all, and from then on once after each change of
# WHAT. What the first run said stays in build/hosts/.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# the release that is made
SUITE=trixie
# a change of which makes it run again
WHAT='setup kernel-config gdb-scripts'
# all: in any case, and every lab; changed: after a change
HOSTS=${HOSTS:-changed}
# the checksum of WHAT with which it held last on this machine
HELD=${KTLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ktlab}/hosts/$SUITE

leave() { echo "1..0 # SKIP $1"; exit 0; }
# shellcheck disable=SC2086 # a word a folder
now=$(find $WHAT -type f -not -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
if [ "$HOSTS" != all ]; then
	[ -e "$HELD" ] || leave 'takes the time of a kernel, and never held here: HOSTS=all make test T=tests/hosts'
	[ "$now" != "$(cat "$HELD")" ] || leave "held before with this $WHAT"
fi
[ "$(id -u)" = 0 ] || leave 'only root can make a chroot'
command -v debootstrap >/dev/null || leave 'needs debootstrap: apt-get install debootstrap'
# the archive that this machine's own apt asks
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 2>/dev/null | grep -v security | head -n 1)
[ -n "$archive" ] || leave "this machine's apt knows no Debian archive: apt-get update"

# the tree of 5.4 that is registered on this machine
tree=$(kernel-config/kernel.sh list | awk '$1 ~ /^5\.4\./ && $2 == "registered" { print $3; exit }')

root=$(mktemp -d /var/tmp/ktlab-host.XXXXXX)
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 143' INT TERM HUP

# inside COMMAND…: with mounts and processes of its own, which end with it, and nothing of this user's settings; the tree
# is at /tree, and cannot be written to
inside() {
	unshare --mount --pid --fork --kill-child bash -c '
		root=$1 tree=$2
		shift 2
		mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount -t tmpfs tmpfs "$root/tmp" || exit
		[ -z "$tree" ] || { mount --bind "$tree" "$root/tree" && mount -o remount,bind,ro "$root/tree"; } || exit
		exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
			KTLAB_KERNEL_URL=https://127.0.0.1:1 chroot "$root" "$@"' - "$root" "$tree" "$@"
}

# the bare system, with this clone in it and this machine's way to the archive
bare() {
	debootstrap --variant=minbase --include=ca-certificates,make "$SUITE" "$root" "$archive" &&
		apt-config dump | grep -iE '^Acquire::(https?|ftp)::' >"$root/etc/apt/apt.conf.d/99host"
	cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
	mkdir "$root/tree" "$root/root/ktlab" && tar -c --exclude=./build --exclude=./out --exclude=./.git . | tar -x -C "$root/root/ktlab"
}

ktlab() { inside make -s -C /root/ktlab "$@"; }

bare >"$root.log" 2>&1 || { said=$(tail -n 1 "$root.log"); rm -f "$root.log"; leave "debootstrap cannot make $SUITE: $said"; }
rm -f "$root.log"
mkdir -p build/hosts
said=build/hosts/$SUITE.said
said_5_4=build/hosts/$SUITE-5.4.said
# first_run: one try
first_run() {
	ktlab lab >"$said" 2>&1
	tail -n 60 "$said"
	grep -q '^verdict: held' "$said"
}
it 'holds at the first make lab on a bare machine' first_run
it 'says which kernel it took in the place of 5.4' grep '^\*\*\* Linux [0-9.]*, not 5.4: ' "$said"
it 'shows the ladder' grep 'tcp_connect()' "$said"
it 'has all that make lab needs, says the doctor' ktlab doctor
# on_5_4: the README's command on that tree
on_5_4() {
	ktlab kernel-add SRC=/tree && ktlab lab KERNEL=5.4 >"$said_5_4" 2>&1
	tail -n 60 "$said_5_4"
	grep -q '^verdict: held' "$said_5_4" && grep -q '^compiling Linux 5\.4\.' "$said_5_4"
}
if [ -n "$tree" ]; then
	it 'holds at the first make lab on the 5.4 tree that is registered here' on_5_4
else
	skip 'holds on 5.4' 'no tree of it is registered here'
fi
[ "$HOSTS" != all ] || {
	for engine in gdb plugin; do
		it "holds in every lab, ENGINE=$engine" ktlab labs KERNEL=distro ENGINE="$engine"
	done
	it "passes make check with that release's clang-format and cppcheck" ktlab check
}
[ "$tap_failed" != 0 ] || { mkdir -p "${HELD%/*}" && echo "$now" >"$HELD"; }
tap_end
