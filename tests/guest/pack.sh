#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The initramfs: what is in it, that its bytes repeat, and what is said when something is missing.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
make -s build/apps/client build/apps/server >&2 || exit 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image="$work/an image, é/initramfs.cpio"
mkdir "$work/an image, é" "$work/empty"

contains() {
	grep -qx "$1" "$work/list"
}

# the libraries that the program wants are there under their own paths
libraries_of() {
	local library
	for library in $(ldd "$(PATH=$PATH:/usr/sbin:/sbin command -v "$1")" | grep -o '/[^ ]*'); do
		contains "${library#/}" || return
	done
}

it 'packs into a folder with a strange name' rootfs/pack.sh "$image"
cp "$image" "$work/first"
cpio -t --quiet <"$image" >"$work/list"
it 'leaves nothing else there' test "$(ls "$work/an image, é")" = initramfs.cpio
it 'gives the same bytes again, also with another umask and at another time' bash -c 'umask 077; sleep 1; rootfs/pack.sh "$1"; cmp "$1" "$2"' - "$image" "$work/first"
for name in init bin/sh bin/client bin/server ktlab/lib.sh ktlab/topology/two-nodes labs/handshake/guest.sh; do
	it "contains $name" contains $name
done
for name in ip ss tc; do
	it "contains the libraries of $name" libraries_of $name
done
it 'belongs to root and has no device nodes' bash -c '! cpio -tv --quiet <"$1" | grep -v "^[-dl][^ ]* *[0-9]* root *root"' - "$image"
it 'is compressed by nothing' test "$(head -c 6 "$image")" = 070701

it 'wants the programs' fails 2 "no program 'client' in '$work/empty'" env APPS="$work/empty" rootfs/pack.sh "$image"
it 'wants a static busybox' fails 2 "'/bin/ls' is not a static program" env BUSYBOX=/bin/ls rootfs/pack.sh "$image"
it 'wants the host'\''s programs' fails 2 "the guest needs 'no-such', which is not installed" \
	env HOST_PROGRAMS=no-such rootfs/pack.sh "$image"
it 'wants a busybox source tree' fails 2 "'$work/empty' is not a busybox source tree" \
	env BUSYBOX_SRC="$work/empty" rootfs/pack.sh "$image"
it 'keeps the old image when packing fails' cmp "$image" "$work/first"
it 'leaves nothing of a failed packing' test "$(ls "$work/an image, é")" = initramfs.cpio

# a source tree whose make does what busybox's does
mkdir -p "$work/src/libbb"
cat >"$work/src/Makefile" <<'EOF'
defconfig:
	printf '%s\n' '# CONFIG_STATIC is not set' CONFIG_TC=y >$(O)/.config
	cp $(CURDIR)/second $(O)/Makefile
EOF
cat >"$work/src/second" <<'EOF'
oldconfig:
busybox:
	grep -qx CONFIG_STATIC=y .config && grep -qx CONFIG_TC=n .config
	cp "$$(command -v busybox)" busybox
EOF
it 'builds busybox statically from a source tree' says build/busybox/busybox rootfs/busybox.sh "$work/src"
rm "$work/src/second"
rm -rf build/busybox
it 'names the log of a busybox that does not build' fails 2 "see 'build/busybox.log'" rootfs/busybox.sh "$work/src"
rm -rf build/busybox build/busybox.log
tap_end
