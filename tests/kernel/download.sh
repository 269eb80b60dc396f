#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The sources of kernel.sh that come over the network, from a server on this machine.
. "$(dirname "$0")/fake.sh"

good=$(fake_tarball 5.4.302)
wanted=$(sum_of "$good")
mkdir "$work/served/v5.x"
served=$work/served/v5.x/linux-5.4.302.tar.xz
fake_pin 5.4.302 "$wanted"

env_of() {
	grep -h "$1" "$(kernel build "$2" 2>/dev/null)/kernel.env"
}

refuses() {
	local found
	found=$(sum_of "$served")
	fails 2 "refused 'linux-5.4.302.tar.xz'" kernel build "${1:-5.4.302}" &&
		fails 2 "sha256 found:  $found" kernel build "${1:-5.4.302}" &&
		fails 2 "sha256 wanted: $wanted" kernel build "${1:-5.4.302}" &&
		[ ! -e "$KTLAB_CACHE/sources/linux-5.4.302" ] && [ ! -e "$KTLAB_CACHE/tarballs/linux-5.4.302.tar.xz" ]
}

fake_server
cp "$good" "$served"
it 'downloads, checks and builds the pinned release' says 5.4.302- kernel build auto
it 'says where it came from' says KTLAB_ORIGIN=\'cache\' env_of KTLAB_ORIGIN auto
it 'takes a release of the series when only that is named' says 5.4.302- kernel build 5.4
it 'leaves what the lab never compiles in the tarball' test ! -e "$KTLAB_CACHE/sources/linux-5.4.302/sound/beep.c"
it 'drops the objects of a tarball that is built' test -z "$(ls "$KTLAB_CACHE/building")"

fresh
head -c 1000 "$good" >"$served"
it 'refuses a truncated tarball by name with both checksums' refuses
{ head -c 1000 "$good"; printf X; tail -c +1002 "$good"; } >"$served"
it 'refuses a corrupted tarball' refuses
printf 'please log in to this network\n' >"$served"
it 'refuses a wrong file, also when no release was asked for' refuses auto

fresh
cp "$good" "$served"
mkdir -p "$KTLAB_CACHE/tarballs"
head -c 1000 "$good" >"$KTLAB_CACHE/tarballs/linux-5.4.302.tar.xz.part"
it 'goes on with an interrupted download' kernel build 5.4.302
it 'asks the server only for what was missing' says 'from 1000' tail -n 1 "$work/requests"
fresh
mkdir -p "$KTLAB_CACHE/tarballs"
{ cat "$good"; echo more; } >"$KTLAB_CACHE/tarballs/linux-5.4.302.tar.xz.part"
it 'begins again where an old part is longer than the file' kernel build 5.4.302
fresh
mkdir -p "$KTLAB_CACHE/tarballs"
head -c 1000 "$good" >"$KTLAB_CACHE/tarballs/linux-5.4.302.tar.xz"
it 'refuses a damaged tarball in the cache before it unpacks it' fails 2 "sha256 wanted: $wanted" kernel build 5.4.302
it 'unpacks nothing of it' test ! -e "$KTLAB_CACHE/sources/linux-5.4.302"
fresh
rm "$served"
it 'says so when the server has no such file' fails 4 'cannot have Linux 5.4.302' kernel build 5.4.302
# tries_once: of a server that brings nothing it is said once that it is asked, and it is not asked again
tries_once() {
	kernel build 5.4.302 >"$work/tried" 2>&1
	cat "$work/tried"
	[ "$(grep -cE '^downloading|going on with' "$work/tried")" = 1 ]
}
it 'asks it once, and says so once' tries_once

# stays_inside KIND: the pinned tarball is refused with one sentence; nothing of it is left, nor anything outside
stays_inside() {
	fresh
	python3 tests/kernel/hostile.py "$1" "$work/tarballs/linux-5.4.302" "$outside" "$served" &&
		fake_pin 5.4.302 "$(sum_of "$served")" &&
		fails 2 "cannot unpack '$KTLAB_CACHE/tarballs/linux-5.4.302.tar.xz': " kernel build 5.4.302 &&
		[ "$(ls "$outside"):$(cat "$outside/kept"):$(find "$KTLAB_CACHE/sources" -mindepth 1 ! -name '*.log')" = 'kept:mine:' ]
}
outside=$work_plain/outside
mkdir "$outside"
echo mine >"$outside/kept"
it 'writes nothing where a name in the tarball leads up' stays_inside up
it 'writes nothing where a name in it is absolute' stays_inside absolute
it 'writes nothing through a link in it' stays_inside link
it 'writes nothing through a link that leads up' stays_inside link-up
it 'writes nothing through a link made through a link' stays_inside twice
it 'keeps no link that leads out' stays_inside only-link
it 'makes no hard link to a file outside' stays_inside hard-link
it 'makes no hard link to a file above' stays_inside hard-link-up
it 'keeps no device of it' stays_inside device
it 'keeps no pipe of it' stays_inside pipe
fake_pin 5.4.302 "$wanted"
fake_server_end

fresh
cp "$good" "$served"
fake_server 1000
it 'gets a tarball over a network that breaks every 1000 bytes' kernel build 5.4.302
fake_server_end

fresh
mkdir -p "$KTLAB_CACHE/tarballs"
head -c 1000 "$good" >"$KTLAB_CACHE/tarballs/linux-5.4.302.tar.xz.part"
fake_server -1
it 'begins again where the server cannot go on in the middle' kernel build 5.4.302
fake_server_end

fresh
cp "$(fake_tarball 6.1.77)" "$KTLAB_DISTRO_DIR/linux-source-6.1.tar.xz"
it 'insists on a release that is named' fails 4 'could not be reached' kernel build 5.4.302
it "says loudly that it falls back to the distribution's sources" says '*** Linux 6.1, not 5.4: ' kernel build auto
it 'writes that into kernel.env for the reports' says "KTLAB_NOTE='traced 6.1, not 5.4: " env_of KTLAB_NOTE auto
it 'writes no such note when the distribution was asked for' says "KTLAB_NOTE=''" env_of KTLAB_NOTE distro
it 'knows the release that the series of the distribution names' says 6.1.77- kernel build 6.1
it 'lists which of its kernels the distribution has here' says "distro       linux-source-6.1, in $KTLAB_DISTRO_DIR" kernel list
# what apt says where the package is not there yet
mkdir "$work/apt"
printf '#!/bin/sh\necho "  Depends: linux-source-6.12"\n' >"$work/apt/apt-cache"
chmod +x "$work/apt/apt-cache"
it 'lists which it would fetch' says 'distro       linux-source-6.12 of this distribution, to be fetched' \
	env PATH="$work/apt:$PATH" KTLAB_DISTRO_DIR="$work/apt" kernel-config/kernel.sh list
it 'does not download over plain http from elsewhere' \
	fails 2 'only https' env KTLAB_KERNEL_URL=http://192.0.2.1 kernel-config/kernel.sh build 5.4.302
# as Ubuntu has it: packed otherwise, in a folder of its own, a link beside that
ubuntu() {
	local folder=$work/ubuntu/linux-source-5.15.0
	fake_tarball 5.15.77 >"$work/packed"
	mkdir -p "$folder"
	tar -C "$work/tarballs" -cjf "$folder/linux-source-5.15.0.tar.bz2" linux-5.15.77
	ln -s linux-source-5.15.0/linux-source-5.15.0.tar.bz2 "$work/ubuntu/"
	fresh
	says 5.15.77- env KTLAB_DISTRO_DIR="$work/ubuntu" kernel-config/kernel.sh build distro
}
it "builds the distribution's sources where they lie as Ubuntu has them" ubuntu
fresh
head -c 2000 "$KTLAB_DISTRO_DIR/linux-source-6.1.tar.xz" >"$work/short"
mv "$work/short" "$KTLAB_DISTRO_DIR/linux-source-6.1.tar.xz"
it "says so when the distribution's tarball is damaged" fails 2 'cannot unpack' kernel build distro
it 'keeps no half of it' test ! -e "$(echo "$KTLAB_CACHE"/sources/linux-source-6.1-*/Makefile)"
tap_end
