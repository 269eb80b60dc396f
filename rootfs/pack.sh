#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Packs the guest's files into an initramfs: pack.sh OUTPUT. Needs no root rights; the same input gives the same bytes.
set -eu

cd "$(dirname "$0")/.."

# folder with the compiled programs
APPS=${APPS:-build/apps}
# busybox: a static binary, or made from the source tree BUSYBOX_SRC
BUSYBOX=${BUSYBOX:-$(command -v busybox || true)}
BUSYBOX_SRC=${BUSYBOX_SRC:-}
# what rootfs/own.sh made: files of the user's programs, their settings, scripts of labs; empty: none
OWN=${OWN:-}
# programs of the host that the guest gets with their libraries
HOST_PROGRAMS=${HOST_PROGRAMS:-ip ss tc}
# where sbin is not in a user's PATH
PATH=$PATH:/usr/sbin:/sbin

die() {
	echo "pack.sh: $1" >&2
	[ $# -lt 2 ] || echo "$2" >&2
	exit 2
}

[ $# = 1 ] || die "usage: pack.sh OUTPUT"
output=$1
tree=$output.tree
trap 'rm -rf "$tree" "$output.new"' EXIT
trap 'exit 130' INT TERM

# put FILE NAME: copies a file into the guest's tree
put() {
	mkdir -p "$tree/$(dirname "$2")"
	cp -L "$1" "$tree/$2"
}

# put_program NAME: a program of the host and its libraries
put_program() {
	path=$(command -v "$1") || die "the guest needs '$1', which is not installed" "apt-get install iproute2"
	put "$path" "bin/$1"
	put_libraries "$path"
}

# put_libraries PROGRAM: those that ldd finds for it; a static one has none
put_libraries() {
	ldd "$1" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) .*/\1/p' |
		while read -r library; do put "$library" "$library"; done
}

if [ -n "$BUSYBOX_SRC" ]; then
	BUSYBOX=$(rootfs/busybox.sh "$BUSYBOX_SRC")
fi
[ -n "$BUSYBOX" ] || die "the guest needs busybox, which is not installed" "apt-get install busybox-static"
! ldd "$BUSYBOX" >/dev/null 2>&1 || die "'$BUSYBOX' is not a static program" "apt-get install busybox-static"
for app in client server; do
	[ -x "$APPS/$app" ] || die "no program '$app' in '$APPS'" "make apps"
done

rm -rf "$tree"
mkdir -p "$tree/dev" "$tree/proc" "$tree/sys" "$tree/run/netns" "$tree/tmp" "$tree/root" "$tree/home" "$tree/bin"
put "$BUSYBOX" bin/busybox
"$BUSYBOX" --list | while read -r applet; do
	[ "$applet" = busybox ] || ln -s busybox "$tree/bin/$applet"
done
for program in $HOST_PROGRAMS; do
	rm -f "$tree/bin/$program"
	put_program "$program"
done
for app in "$APPS"/*; do
	strip -o "$tree/bin/${app##*/}" "$app" 2>/dev/null || put "$app" "bin/${app##*/}" # a script
	put_libraries "$app"
done
if [ -n "$OWN" ]; then
	cp -R "$OWN/home/." "$tree/home"
	put "$OWN/own" ktlab/own
fi
put rootfs/init init
put rootfs/lib.sh ktlab/lib.sh
put rootfs/welcome ktlab/welcome
cp -R labs/topology "$tree/ktlab/topology"
for lab in labs/*/guest.sh; do
	put "$lab" "$lab"
done
# a lab's script of the user's own stands in place of the lab's
[ -z "$OWN" ] || [ ! -d "$OWN/labs" ] || cp -R "$OWN/labs/." "$tree/labs"

chmod -R u=rwX,go=rX "$tree"
chmod +x "$tree/init"
find "$tree" -exec touch -h -d @0 {} +
(cd "$tree" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) >"$output.new"
mv "$output.new" "$output"
